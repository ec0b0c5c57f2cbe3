"""Extremes of the best quotes in force within a window around instants: what a fill is compared with in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.kernels import kernel
from routeproof.tables.lookup.asof import quote_in_force, read_only

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
    begin, end = np.where(first < 0, low, first), np.where(last < 0, low, last + 1)
    ask, bid = np.zeros(at.size, dtype=np.int64), np.zeros(at.size, dtype=np.int64)
    _extremes(*read_only(book.bid, book.ask, begin, end), ask, bid)
    return rows.with_columns(
        pl.Series("ask_high_1s", ask).replace(0, None), pl.Series("bid_low_1s", bid).replace(0, None)
    )


@kernel
def _extremes(bid: Int64s, ask: Int64s, begin: Int64s, end: Int64s, highest: Int64s, lowest: Int64s) -> None:
    """Highest ask and lowest bid of the usable quotes of each window `[begin, end)`; 0 where it has none."""
    for at in range(begin.size):
        for row in range(begin[at], end[at]):
            if 0 < bid[row] < ask[row]:
                highest[at] = max(highest[at], ask[row])
                lowest[at] = bid[row] if lowest[at] == 0 else min(lowest[at], bid[row])
