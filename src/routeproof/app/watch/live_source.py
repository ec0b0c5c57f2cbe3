"""Folded rows of some orders, with the day's quotes and reference tables, as a source of days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.catalog import TABLES
from routeproof.tables.day_measurement import LONG_LIVED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.watch.quotes import LiveQuotes
    from routeproof.stores.lake import Lake
    from routeproof.tables.quote_book import QuoteBook

OF_LAKE = ("market_status", "auctions", "trades")
"""Tables of the market that come from the lake."""


@dataclass(frozen=True, slots=True)
class LiveSource:
    """See `app.measuring.measure_range.DaySource`.

    Attributes:
        tables: canonical rows of some orders, all days.
        quotes: reference quotes.
        lake: market tables beside quotes.
    """

    tables: Mapping[str, pl.DataFrame]
    quotes: LiveQuotes
    lake: Lake

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        if table in OF_LAKE:
            return self.lake.read(table, [day]).select(TABLES[table].names)
        frame = self.tables.get(table, TABLES[table].empty())
        return frame.filter(pl.col("trading_day") == day)

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day, of all symbols."""
        del symbols
        return self.quotes.book(day)

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Quotes of single venues are not looked up while the day goes on."""
        del kind, day

    def market_days(self) -> Sequence[date]:
        """Days with own flow: quotes of other days concern nobody here."""
        found = pl.concat([self.tables[name]["trading_day"] for name in ("parent_orders", "executions")])
        return found.drop_nulls().unique().sort().to_list()

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Orders that may outlive their day, and their versions."""
        versions = self.tables["order_versions"]
        lasting = versions.filter(pl.col("time_in_force").is_in(LONG_LIVED)).select("order_id").unique()
        orders = self.tables["parent_orders"].join(lasting, on="order_id", how="semi")
        return orders, versions.join(lasting, on="order_id", how="semi")

    def streamed(self) -> None:
        """It is asked for some orders at a time, which needs no streaming."""
