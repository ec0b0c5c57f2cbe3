"""Frames in memory, or lazy ones, as a source of days, for the library call that needs no workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.handed_quotes import HandedDay, HandedQuotes, RunSizes
from routeproof.app.measuring.linked_fills import earlier_of, linked_fills
from routeproof.app.measuring.quote_batches import Rows, batches, batches_in_order, rows_by_day, rows_of_symbol
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.lookup.quote_book import QuoteBook, book_of
from routeproof.tables.lookup.quote_rows import UnclearRowsError, can_be_read_by_rows
from routeproof.tables.measured.day import LONG_LIVED
from routeproof.tables.measured.day_flow import LINKING, DayFlow, day_flow
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

REFERENCE_KINDS = ("nbbo", "composite")
"""Quote kinds that may serve as the reference."""


class FrameSource:
    """Canonical tables by name (an absent one is empty), and quotes as somebody handed them in.

    Quotes are read in one pass where the question allows it, else brought to canonical types as a whole.
    """

    def __init__(
        self, tables: Mapping[str, pl.DataFrame], quotes: pl.DataFrame | pl.LazyFrame, *, in_order: bool = True
    ) -> None:
        self._tables = dict(tables)
        self._given = quotes
        self._in_order = in_order
        self._pass: HandedQuotes | None = None

    def put_in_order(self) -> FrameSource:
        """The same source, for quotes that do not stand by day and symbol."""
        return FrameSource(self._tables, self._given, in_order=False)

    def _table(self, name: str) -> pl.DataFrame:
        if name == "quotes" and name not in self._tables:
            whole = self._given.collect() if isinstance(self._given, pl.LazyFrame) else self._given
            self._tables[name] = coerce(whole, TABLES[name], where=name)
        return self._tables[name] if name in self._tables else TABLES[name].empty()

    def days(self) -> tuple[date, ...]:
        """Days that have orders, executions or trades, ascending."""
        names = ("parent_orders", "executions", "trades")
        found = pl.concat([self._table(name)["trading_day"].unique() for name in names]).drop_nulls().unique().sort()
        return tuple(found.to_list())

    def market_days(self) -> tuple[date, ...]:
        """Days that have quotes, ascending."""
        return tuple(self._table("quotes")["trading_day"].drop_nulls().unique().sort().to_list())

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        frame = self._table(table)
        days = frame["trading_day"]
        if days.min() == day == days.max() and not days.null_count():
            return frame
        return frame.filter(pl.col("trading_day") == day)

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """Canonical routes of days before that have these identities, each once, as sent last."""
        return earlier_of(self._table("routes"), day, route_ids)

    def flow(self, day: date, columns: frozenset[str]) -> DayFlow:
        """The day's fills with these columns, and its order versions, linked."""
        routes = self.rows("routes", day).with_columns(pl.col("version").fill_null(1))
        fills = linked_fills(self, day, self.rows("executions", day), routes)
        wanted = sorted({*LINKING, *columns})
        return day_flow(
            day, fills.select(wanted), self.rows("parent_orders", day), self.rows("order_versions", day), columns
        )

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

    def streamed(self) -> FrameSource | None:
        """This source where its quotes can be read in one pass: once, and if each row says by itself what it is."""
        can = self._pass is None and self._table("executions").height > 0 and self._is_clear()
        return self if can else None

    def quotes(self, day: date) -> HandedDay:
        """The day's reference quotes; days are asked for in ascending order."""
        return self._passed().of_day(day)

    def finish(self) -> None:
        """Read the quotes that nobody asked for: what cannot be read is an error wherever it stands.

        Raises:
            SchemaError: some quotes cannot be held exactly.
        """
        if "quotes" in self._tables:
            return
        try:
            if self._is_clear():
                self._passed().finish()
                return
        except UnclearRowsError:
            pass
        self._table("quotes")

    def _is_clear(self) -> bool:
        return can_be_read_by_rows(self._given.collect_schema())

    def _passed(self) -> HandedQuotes:
        if self._pass is None:
            frames = batches(self._given) if self._in_order else batches_in_order(self._given)
            again = self._again if self._in_order else None
            self._pass = HandedQuotes(rows_by_day(frames), REFERENCE_KINDS, RunSizes(), again)
        return self._pass

    def _again(self, symbol: str) -> Iterator[Rows]:
        return rows_by_day(batches(rows_of_symbol(self._given, symbol)))
