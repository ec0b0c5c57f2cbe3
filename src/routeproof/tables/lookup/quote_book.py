"""One day's reference quotes as flat arrays, each symbol a contiguous range; what every look-up reads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.tables.lookup.asof import quote_in_force, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Int64s = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class QuoteBook:
    """Reference quotes of one day, sorted by symbol, instant, sequence.

    Attributes:
        at: (n,) UTC ns.
        bid: (n,) fixed point, 0 = no bid.
        ask: (n,) fixed point, 0 = no ask.
        bid_size: (n,) fixed point, -1 = unknown; empty in a book made for a question that reads no sizes.
        ask_size: likewise.
        ranges: symbol -> (first row, row after the last).
    """

    at: Int64s
    bid: Int64s
    ask: Int64s
    bid_size: Int64s
    ask_size: Int64s
    ranges: dict[str, tuple[int, int]]

    def bounds(self, symbols: pl.Series) -> tuple[Int64s, Int64s]:
        """(n,) first and after-last rows of each symbol; an unknown symbol has an empty range."""
        names = symbols.unique().drop_nulls()
        ranges = np.array([*(self.ranges.get(name, (0, 0)) for name in names), (0, 0)], dtype=np.int64)
        place = symbols.cast(pl.Enum(names)).to_physical().cast(pl.Int64)
        rows = (place.fill_null(len(names)) if place.null_count() else place).to_numpy()
        return ranges[rows, 0], ranges[rows, 1]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Quotes found at (n,) instants.

    Attributes:
        row: row in the book, -1 = none.
        bid: fixed point, 0 = none.
        ask: fixed point, 0 = none.
        bid_size: displayed shares, -1 = unknown.
        ask_size: displayed shares, -1 = unknown.
        age_ns: how long the quote had been in force, -1 = none.
        status: code of `routeproof.vocab.quote_status`.
    """

    row: Int64s
    bid: Int64s
    ask: Int64s
    bid_size: Int64s
    ask_size: Int64s
    age_ns: Int64s
    status: Int8s

    def columns(self, prefix: str) -> list[pl.Series]:
        """The look-up as columns `PREFIX_bid, _ask, _bid_size, _ask_size, _age_ns, _status`."""
        names = ("bid", "ask", "bid_size", "ask_size", "age_ns", "status")
        return [pl.Series(f"{prefix}_{name}", getattr(self, name)) for name in names]


def book_of(quotes: pl.DataFrame) -> QuoteBook:
    """The book of a quotes frame of one day, in any row order.

    Args:
        quotes: canonical `quotes` columns `symbol, at, sequence, bid, ask`, sizes optional.
    """
    return book_in_order(quotes.sort("symbol", "at", "sequence", maintain_order=True))


def book_in_order(quotes: pl.DataFrame) -> QuoteBook:
    """The same of quotes that stand by symbol, instant, sequence; nobody asks for the sequence again."""
    if not quotes.height:
        return ordered_book(quotes, [], [])
    lengths = quotes.select(pl.col("symbol").rle()).unnest("symbol")
    return ordered_book(quotes, lengths["value"].to_list(), lengths["len"].to_list())


def ordered_book(quotes: pl.DataFrame, symbols: Sequence[str], lengths: Sequence[int]) -> QuoteBook:
    """The book of quotes that are in order already.

    Args:
        quotes: `at, bid, ask`, sizes optional, sorted by symbol, instant, sequence.
        symbols: symbols in the order of their rows.
        lengths: rows of each.
    """
    return QuoteBook(
        at=quotes["at"].to_numpy(),
        bid=_filled(quotes, "bid", 0),
        ask=_filled(quotes, "ask", 0),
        bid_size=_filled(quotes, "bid_size", -1),
        ask_size=_filled(quotes, "ask_size", -1),
        ranges=symbol_ranges(symbols, lengths),
    )


def book_in(arrays: Iterable[Int64s], ranges: dict[str, tuple[int, int]]) -> QuoteBook:
    """The book of `at, bid, ask, bid_size, ask_size` as `QuoteBook` has them."""
    at, bid, ask, bid_size, ask_size = arrays
    return QuoteBook(at, bid, ask, bid_size, ask_size, ranges)


def symbol_ranges(symbols: Sequence[str], lengths: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Symbol -> (first row, row after the last), of symbols that follow each other."""
    after = accumulate(lengths)
    return {symbol: (high - rows, high) for symbol, high, rows in zip(symbols, after, lengths, strict=True)}


def _filled(frame: pl.DataFrame, name: str, missing: int) -> Int64s:
    if name not in frame.columns:
        return np.full(frame.height, missing, dtype=np.int64)
    values = frame[name]
    return (values.fill_null(missing) if values.null_count() else values).to_numpy()


def look_up(book: QuoteBook, low: Int64s, high: Int64s, instants: Int64s, *, inclusive: bool) -> Lookup:
    """The quotes in force at instants.

    Args:
        book: one day's quotes.
        low: (n,) from `QuoteBook.bounds`.
        high: (n,) from `QuoteBook.bounds`.
        instants: (n,) UTC ns, negative = no such instant.
        inclusive: take a quote of the very instant too.
    """
    row = quote_in_force(book.at, low, high, instants, inclusive=inclusive)
    size = row.shape
    bid, ask, bid_size, ask_size, age_ns = out = [np.empty(size, dtype=np.int64) for _ in range(5)]
    code = np.empty(size, dtype=np.int8)
    read_rows(row, instants, (book.at, book.bid, book.ask, book.bid_size, book.ask_size), out, code)
    return Lookup(row=row, bid=bid, ask=ask, bid_size=bid_size, ask_size=ask_size, age_ns=age_ns, status=code)
