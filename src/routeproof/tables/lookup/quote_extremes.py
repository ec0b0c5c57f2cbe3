"""Extremes of the best quotes in force within a window around instants: what a fill is compared with in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.lookup.asof import quote_in_force

if TYPE_CHECKING:
    from routeproof.tables.lookup.quote_book import Int64s, QuoteBook


def with_extremes(rows: pl.DataFrame, book: QuoteBook, before_ns: int, after_ns: pl.Series) -> pl.DataFrame:
    """Rows with `ask_high_1s, bid_low_1s`, fixed point: over quotes in force at any time of the window.

    Args:
        rows: with `symbol, executed_at`.
        book: reference quotes of the day.
        before_ns: window before each instant; the quote in force at its begin counts.
        after_ns: (n,) window after each instant.

    Returns:
        The rows in their order. Only two-sided quotes that are neither locked nor crossed count; null where the window
        has none.
    """
    low, high = book.bounds(rows["symbol"])
    at = rows["executed_at"].to_numpy()
    first = quote_in_force(book.at, low, high, at - before_ns, inclusive=True)
    last = quote_in_force(book.at, low, high, at + after_ns.to_numpy(), inclusive=False)
    begin = np.where(first < 0, low, first)
    end = np.where(last < 0, low, last + 1)
    usable = (book.bid > 0) & (book.ask > book.bid)
    ask = _extreme(np.where(usable, book.ask, 0), begin, end, np.maximum)
    bid = _extreme(np.where(usable, -book.bid, -_FAR), begin, end, np.maximum)
    return rows.with_columns(
        pl.Series("ask_high_1s", ask).replace(0, None),
        (-pl.Series("bid_low_1s", bid)).replace(_FAR, None).replace(0, None),
    )


_FAR = 2**62


def _extreme(values: Int64s, begin: Int64s, end: Int64s, largest: np.ufunc) -> Int64s:
    """Largest value of each window `[begin, end)`; 0 where it is empty."""
    found = np.zeros(begin.shape, dtype=np.int64)
    filled = np.flatnonzero(end > begin)
    if filled.size:
        padded = np.append(values, values[-1:])  # a window may end with the last row: reduceat needs one after it
        ends = np.stack([begin[filled], end[filled]], axis=1).ravel()
        found[filled] = largest.reduceat(padded, ends)[::2]
    return found
