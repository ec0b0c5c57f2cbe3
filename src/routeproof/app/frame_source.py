"""Canonical frames in memory as a source of days, for the library call that needs no workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.catalog import TABLES
from routeproof.tables.day_measurement import LONG_LIVED
from routeproof.tables.quote_book import QuoteBook, book_of

if TYPE_CHECKING:
    from datetime import date

REFERENCE_KINDS = ("nbbo", "composite")
"""Quote kinds that may serve as the reference."""


@dataclass(frozen=True, slots=True)
class FrameSource:
    """Canonical tables by name; an absent one is empty."""

    tables: dict[str, pl.DataFrame]

    def _table(self, name: str) -> pl.DataFrame:
        return self.tables[name] if name in self.tables else TABLES[name].empty()

    def days(self) -> tuple[date, ...]:
        """Days that have orders, executions or trades, ascending."""
        names = ("parent_orders", "executions", "trades")
        found = pl.concat([self._table(name)["trading_day"] for name in names]).drop_nulls().unique().sort()
        return tuple(found.to_list())

    def market_days(self) -> tuple[date, ...]:
        """Days that have quotes, ascending."""
        return tuple(self._table("quotes")["trading_day"].drop_nulls().unique().sort().to_list())

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        return self._table(table).filter(pl.col("trading_day") == day)

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day."""
        quotes = self.rows("quotes", day).filter(pl.col("kind").is_in(REFERENCE_KINDS))
        return book_of(quotes if symbols is None else quotes.filter(pl.col("symbol").is_in(symbols.implode())))

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Quotes of one day and one other kind."""
        found = self.rows("quotes", day).filter(pl.col("kind") == kind)
        return found if found.height else None

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Orders that may outlive their day, and their versions."""
        versions = self._table("order_versions")
        lasting = versions.filter(pl.col("time_in_force").is_in(LONG_LIVED)).select("order_id").unique()
        orders = self._table("parent_orders").join(lasting, on="order_id", how="semi")
        return orders, versions.join(lasting, on="order_id", how="semi")
