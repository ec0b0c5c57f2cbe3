"""The as-of kernel: which quote was in force at an instant, and which quote first reached a price.

There is one convention. A quote is in force from its own instant until the next one of the same symbol and day;
at equal instants the later row wins. A look-up is *strictly before* unless asked to be inclusive, and finds nothing
rather than something from another day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from routeproof.tables.kernels import inner, kernel
from routeproof.vocab.quote_status import CROSSED, LOCKED, MISSING, NO_INSTANT, OK, ONE_SIDED

if TYPE_CHECKING:
    from collections.abc import Sequence

Int64s = npt.NDArray[np.int64]

BLOCK = 512
"""Rows summarised by one extreme in `first_reaching`; a block that cannot hold the answer is skipped whole."""

FEW = 16
"""Rows counted at once when a cursor moves on: fills are near each other, quotes are too."""


def read_only(*arrays: Int64s) -> tuple[Int64s, ...]:
    """Views that cannot be written to: a kernel is compiled anew for every mix of arrays that can and cannot."""
    views = tuple(array.view() for array in arrays)
    for view in views:
        view.flags.writeable = False
    return views


@kernel
def count_before(at: Int64s, low: int, high: int, instant: int, inclusive: bool) -> np.int64:
    """First position in `[low, high)` that is not before the instant (inclusive: that is after it).

    Found from `low` on: a few rows are counted without a branch, the rest by doubling steps. Positions are unsigned,
    which spares a test for negative ones on every access.
    """
    bound = instant + 1 if inclusive else instant
    position, end = np.uint64(low), np.uint64(high)
    one, few = np.uint64(1), np.uint64(FEW)
    for _ in range(2):
        if position + few > end:
            break
        hits = np.uint64(0)
        for row in range(few):
            hits += np.uint64(at[position + row] < bound)
        position += hits
        if hits < few:
            return np.int64(position)
    step = few
    while position + step < end and at[position + step - one] < bound:
        position += step
        step += step
    size = min(step, end - position)
    while size > np.uint64(0):
        half = size >> one
        if at[position + half] < bound:
            position += half + one
            size -= half + one
        else:
            size = half
    return np.int64(position)


@kernel
def _quote_in_force(
    at: Int64s,
    low: Int64s,
    high: Int64s,
    instants: Int64s,
    inclusive: bool,
    found: Int64s,
) -> None:
    cursor = 0
    last_low = np.int64(-1)
    last_high = np.int64(-1)
    last_instant = np.int64(-1)
    for row in range(instants.size):
        instant = instants[row]
        if instant < 0:
            found[row] = -1
            continue
        if low[row] != last_low or high[row] != last_high or instant < last_instant:
            cursor = low[row]  # an empty range may begin where another one does: both ends tell symbols apart
        cursor = count_before(at, cursor, high[row], instant, inclusive)
        found[row] = cursor - 1 if cursor > low[row] else -1
        last_low = low[row]
        last_high = high[row]
        last_instant = instant


def quote_in_force(at: Int64s, low: Int64s, high: Int64s, instants: Int64s, *, inclusive: bool) -> Int64s:
    """Row of the quote in force at each instant.

    Args:
        at: (quotes,) UTC ns, ascending within each symbol's range.
        low: (n,) first row of the symbol's range, per look-up.
        high: (n,) row after the symbol's range.
        instants: (n,) UTC ns; negative means that there is no such instant. Fastest when ascending per range.
        inclusive: take a quote of the very instant too.

    Returns:
        (n,) row into `at`; -1 where no quote was in force.
    """
    found = np.empty(instants.shape, dtype=np.int64)
    _quote_in_force(*read_only(at, low, high, instants), inclusive, found)
    return found


@inner
def status_of(bid: int, ask: int) -> int:
    """Status of a quote, 0 = side missing: a code of `routeproof.vocab.quote_status`."""
    if bid == 0 or ask == 0:
        return MISSING if bid == ask else ONE_SIDED
    if bid == ask:
        return LOCKED
    return CROSSED if bid > ask else OK


@kernel
def _read_rows(
    row: Int64s,
    instants: Int64s,
    at: Int64s,
    bids: Int64s,
    asks: Int64s,
    bid_sizes: Int64s,
    ask_sizes: Int64s,
    bid: Int64s,
    ask: Int64s,
    bid_size: Int64s,
    ask_size: Int64s,
    age_ns: Int64s,
    status: npt.NDArray[np.int8],
) -> None:
    for i in range(row.size):
        found = row[i]
        if found < 0:
            bid[i], ask[i], bid_size[i], ask_size[i], age_ns[i] = 0, 0, -1, -1, -1
            status[i] = NO_INSTANT if instants[i] < 0 else MISSING
            continue
        bid[i], ask[i] = bids[found], asks[found]
        bid_size[i], ask_size[i] = bid_sizes[found], ask_sizes[found]
        age_ns[i] = instants[i] - at[found]
        status[i] = status_of(bid[i], ask[i])


def read_rows(
    rows: Int64s, instants: Int64s, quotes: Sequence[Int64s], out: Sequence[Int64s], status: npt.NDArray[np.int8]
) -> None:
    """Read the quotes at rows.

    Args:
        rows: (n,) -1 = none.
        instants: (n,) UTC ns; negative means that there is no such instant.
        quotes: (quotes,) each: at, bid, ask, bid size, ask size.
        out: (n,) each, filled: bid, ask (0 = no price), bid size, ask size, age in ns (-1 = none).
        status: (n,) filled with codes of `routeproof.vocab.quote_status`.
    """
    _read_rows(*read_only(rows, instants, *quotes), *out, status)


@kernel
def block_extremes(prices: Int64s, at_or_below: bool) -> Int64s:
    """Lowest or highest price of each block of rows, 0 = none."""
    blocks = (prices.size + BLOCK - 1) // BLOCK
    extremes = np.zeros(blocks, dtype=np.int64)
    for block in range(blocks):
        extreme = np.int64(0)
        for row in range(block * BLOCK, min(prices.size, (block + 1) * BLOCK)):
            price = prices[row]
            if price > 0 and (extreme == 0 or (price < extreme if at_or_below else price > extreme)):
                extreme = price
        extremes[block] = extreme
    return extremes


@inner
def first_reaching_row(prices: Int64s, extremes: Int64s, begin: int, end: int, limit: int, at_or_below: bool) -> int:
    """First row of `[begin, end)` whose price reaches the limit, -1 = none; `extremes` are those of its blocks."""
    row = begin
    while row < end:
        if row % BLOCK == 0:
            extreme = extremes[row // BLOCK]
            if extreme == 0 or (extreme > limit if at_or_below else extreme < limit):
                row += BLOCK
                continue
        price = prices[row]
        if price > 0 and (price <= limit if at_or_below else price >= limit):
            return row
        row += 1
    return -1


@kernel
def _first_reaching(
    prices: Int64s,
    extremes: Int64s,
    begin: Int64s,
    end: Int64s,
    limits: Int64s,
    at_or_below: bool,
    found: Int64s,
) -> None:
    for query in range(limits.size):
        found[query] = first_reaching_row(prices, extremes, begin[query], end[query], limits[query], at_or_below)


def first_reaching(prices: Int64s, begin: Int64s, end: Int64s, limits: Int64s, *, at_or_below: bool) -> Int64s:
    """First row of each window whose price reaches a limit.

    Args:
        prices: (rows,) fixed point; 0 = no price, which reaches nothing.
        begin: (n,) first row of each window.
        end: (n,) row after each window.
        limits: (n,) price to reach.
        at_or_below: reach from above (price <= limit), else from below (price >= limit).

    Returns:
        (n,) row into `prices`; -1 where the window never reaches the limit.
    """
    found = np.empty(limits.shape, dtype=np.int64)
    prices, begin, end, limits = read_only(prices, begin, end, limits)
    _first_reaching(prices, block_extremes(prices, at_or_below), begin, end, limits, at_or_below, found)
    return found
