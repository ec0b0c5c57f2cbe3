"""The lake as if one provider's orders were all there are: what is not compared is not measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.measuring.lake_source import LakeSource
    from routeproof.app.measuring.stream_fills import FlowSource
    from routeproof.tables.lookup.quote_book import QuoteBook

_OF_ORDERS = ("parent_orders", "order_versions", "routes")


@dataclass(frozen=True, slots=True)
class OneProvider:
    """A source of days with some orders only, and what belongs to them; fills without an order stay.

    Attributes:
        source: the whole.
        orders: `order_id` of the orders to keep.
    """

    source: LakeSource
    orders: pl.DataFrame

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        rows = self.source.rows(table, day)
        if table in _OF_ORDERS:
            return self._own(rows)
        if table == "executions":
            return rows.filter(
                pl.col("order_id").is_null() | pl.col("order_id").is_in(self.orders["order_id"].implode())
            )
        return rows

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day."""
        return self.source.book(day, symbols)

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Quotes of one day and one other kind."""
        return self.source.quotes_of(kind, day)

    def market_days(self) -> Sequence[date]:
        """Days that have quotes, ascending."""
        return self.source.market_days()

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """Routes of the orders, of days before, that have these identities."""
        return self._own(self.source.earlier_routes(day, route_ids))

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Orders that may outlive their day, and all their versions."""
        orders, versions = self.source.long_lived()
        return self._own(orders), self._own(versions)

    def streamed(self) -> FlowSource | None:
        """Days are measured whole."""
        return None

    def _own(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.join(self.orders.select("order_id"), on="order_id", how="semi", maintain_order="left")
