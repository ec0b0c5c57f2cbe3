"""A source of days of which nothing is read twice: what looks at one day asks for the same rows several times."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.tables.lookup.quote_book import QuoteBook


class ReadOnce:
    """Another source, with the rows that were read and the last book."""

    def __init__(self, source: DaySource) -> None:
        self._source = source
        self._day: date | None = None
        self._symbols: frozenset[str] = frozenset()
        self._book: QuoteBook | None = None
        self.rows, self.quotes_of = cache(source.rows), source.quotes_of
        self.market_days, self.long_lived, self.streamed = source.market_days, source.long_lived, source.streamed
        self.earlier_routes = source.earlier_routes

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day, of these symbols at least."""
        if symbols is None:
            return self._source.book(day, None)
        wanted = frozenset(symbols.to_list())
        if self._book is None or day != self._day or not wanted <= self._symbols:
            self._book = self._source.book(day, symbols)
            self._day, self._symbols = day, wanted
        return self._book
