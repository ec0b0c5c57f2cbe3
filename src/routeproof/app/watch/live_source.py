"""Folded rows of some orders, with the day's quotes and reference tables, as a source of days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.linked_fills import earlier_of
from routeproof.tables.measured.day import LONG_LIVED
from routeproof.tables.registry import TABLES
from routeproof.tables.wide import among, kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.watch.quotes import LiveQuotes
    from routeproof.stores.lake import Lake
    from routeproof.tables.lookup.quote_book import QuoteBook

OF_LAKE = ("market_status", "auctions", "trades")
"""Tables of the market that come from the lake."""


class MarketTables:
    """Market tables of the lake, read again once they have changed there."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._held: dict[tuple[str, date], tuple[str, pl.DataFrame]] = {}

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day as the lake has them now."""
        stored = self._lake.manifest().partitions.get((table, day.isoformat()))
        sha256 = stored.sha256 if stored else ""
        if (table, day) not in self._held or self._held[table, day][0] != sha256:
            self._held[table, day] = (sha256, self._lake.read(table, [day]).select(TABLES[table].names))
        return self._held[table, day][1]

    def let_go(self, days: set[date]) -> None:
        """Days that are not asked for any more."""
        self._held = {key: item for key, item in self._held.items() if key[1] not in days}


@dataclass(frozen=True, slots=True)
class LiveSource:
    """See `app.measuring.measure_range.DaySource`.

    Attributes:
        tables: canonical rows of some orders, all days.
        quotes: reference quotes.
        market: market tables beside quotes.
        asked: rows that were asked for before: a judgement asks for the same several times.
    """

    tables: Mapping[str, pl.DataFrame]
    quotes: LiveQuotes
    market: MarketTables
    asked: dict[tuple[str, date], pl.DataFrame] = field(default_factory=dict)

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        if (table, day) not in self.asked:
            self.asked[table, day] = self._rows(table, day)
        return self.asked[table, day]

    def _rows(self, table: str, day: date) -> pl.DataFrame:
        if table in OF_LAKE:
            return self.market.rows(table, day)
        frame = self.tables.get(table, TABLES[table].empty())
        return frame.filter(pl.col("trading_day") == day)

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day, of all symbols."""
        del symbols
        return self.quotes.book(day)

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Quotes of single venues are not looked up while the day goes on."""
        del kind, day
        return None  # as the protocol has it

    def market_days(self) -> Sequence[date]:
        """Days with own flow: quotes of other days concern nobody here."""
        found = pl.concat([self.tables[name]["trading_day"] for name in ("parent_orders", "executions")])
        return found.drop_nulls().unique().sort().to_list()

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """Routes of days before that have these identities, each once, as sent last."""
        return earlier_of(self.tables.get("routes", TABLES["routes"].empty()), day, route_ids)

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Orders that may outlive their day, and their versions."""
        orders, versions = self.tables["parent_orders"], self.tables["order_versions"]
        lasting = kept(versions, pl.col("time_in_force").is_in(LONG_LIVED)).select("order_id")
        return among(orders, lasting, ["order_id"]), among(versions, lasting, ["order_id"])

    def streamed(self) -> None:
        """It is asked for some orders at a time, which needs no streaming."""
