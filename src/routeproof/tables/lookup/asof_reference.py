"""The as-of look-up in plain numpy: slow, obvious, and what the compiled kernel is held to."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]


def quote_in_force(at: Int64s, low: Int64s, high: Int64s, instants: Int64s, *, inclusive: bool) -> Int64s:
    """Row of the quote in force at each instant; see `routeproof.tables.asof.quote_in_force`."""
    side: Literal["left", "right"] = "right" if inclusive else "left"
    found = np.full(instants.shape, -1, dtype=np.int64)
    for row, instant in enumerate(instants):
        if instant < 0 or high[row] <= low[row]:
            continue
        position = int(low[row] + np.searchsorted(at[low[row] : high[row]], np.int64(instant), side=side)) - 1
        if position >= low[row]:
            found[row] = position
    return found


def first_reaching(prices: Int64s, begin: Int64s, end: Int64s, limits: Int64s, *, at_or_below: bool) -> Int64s:
    """First row in `[begin, end)` whose price reaches the limit; see `routeproof.tables.asof.first_reaching`."""
    found = np.full(limits.shape, -1, dtype=np.int64)
    for row, limit in enumerate(limits):
        window = prices[begin[row] : end[row]]
        reached = (window > 0) & ((window <= limit) if at_or_below else (window >= limit))
        if reached.any():
            found[row] = begin[row] + int(reached.argmax())
    return found
