"""Fills against the market in one pass over one stretch of quotes: reference, execution and five horizons per fill."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.tables.kernels import inner, kernel
from routeproof.tables.lookup.asof import count_before
from routeproof.tables.measured.version_kernel import CLOCK_ASK, CLOCK_ASK_SIZE, CLOCK_BID, CLOCK_BID_SIZE, WAITED
from routeproof.vocab.absent import NULL

Int64s = npt.NDArray[np.int64]

MID, QUOTED, FAR, CONTRA, AT_RECEIPT, AT_EXECUTION, FIRST_HORIZON = range(7)
"""Rows of the kernel's output; one row per horizon follows."""


@inner
def _twice_midpoint(bid: int, ask: int, with_locked: bool) -> int:
    """Bid + ask of a quote that may carry a statistic, else `NULL`."""
    fits = bid != 0 and ask != 0 and (bid < ask or (with_locked and bid == ask))
    return bid + ask if fits else NULL


@inner
def _reference(
    side: int, bid: int, ask: int, bid_size: int, ask_size: int, with_locked: bool, fill: int, out: Int64s
) -> None:
    """What a usable reference gives a fill of a known side; all `NULL` otherwise."""
    middle = _twice_midpoint(bid, ask, with_locked)
    if side == 0 or middle == NULL:
        out[MID, fill], out[QUOTED, fill], out[FAR, fill], out[CONTRA, fill] = NULL, NULL, NULL, NULL
        return
    size = ask_size if side > 0 else bid_size
    out[MID, fill], out[QUOTED, fill] = middle, ask - bid
    out[FAR, fill] = ask if side > 0 else bid
    out[CONTRA, fill] = NULL if size == -1 else size


@inner
def _measure_stretch(
    stretch: Int64s,
    at: Int64s,
    bids: Int64s,
    asks: Int64s,
    bid_sizes: Int64s,
    ask_sizes: Int64s,
    executed_at: Int64s,
    sides: Int64s,
    versions: Int64s,
    facts: Int64s,
    horizons: Int64s,
    close_at: int,
    shift_ns: int,
    flags: Int64s,
    out: Int64s,
) -> None:
    """One symbol's fills against its quotes; arguments as in `measure_fills`, one row of its stretches."""
    inclusive, with_locked, final_quote, at_execution = flags[0] == 1, flags[1] == 1, flags[2] == 1, flags[3] == 1
    first, after, low, high = stretch
    cursors = np.full(horizons.size + 1, low)
    previous = np.int64(-1)
    for fill in range(first, after):
        instant = executed_at[fill] + shift_ns
        if instant < previous:
            cursors[:] = low
        previous = instant
        for look in range(horizons.size + 1):
            moment = instant if look == 0 else instant + horizons[look - 1]
            late = moment > close_at and look > 0
            if late and final_quote:
                moment = min(moment, close_at)
            cursor = count_before(at, cursors[look], high, moment, inclusive or look > 0)
            cursors[look] = cursor
            bid = bids[cursor - 1] if cursor > low else 0
            ask = asks[cursor - 1] if cursor > low else 0
            value = NULL if late and not final_quote else _twice_midpoint(bid, ask, with_locked)
            out[AT_EXECUTION + look, fill] = value
            if look == 0 and at_execution:
                bid_size = bid_sizes[cursor - 1] if cursor > low and bid_sizes.size else -1
                ask_size = ask_sizes[cursor - 1] if cursor > low and ask_sizes.size else -1
                _reference(sides[fill], bid, ask, bid_size, ask_size, with_locked, fill, out)
        version = versions[fill]
        bid, ask, bid_size, ask_size = 0, 0, -1, -1
        if version >= 0 and facts[WAITED, version] <= executed_at[fill]:
            bid, ask = facts[CLOCK_BID, version], facts[CLOCK_ASK, version]
            bid_size, ask_size = facts[CLOCK_BID_SIZE, version], facts[CLOCK_ASK_SIZE, version]
        out[AT_RECEIPT, fill] = _twice_midpoint(bid, ask, with_locked)
        if not at_execution:
            _reference(sides[fill], bid, ask, bid_size, ask_size, with_locked, fill, out)


@kernel
def measure_fills(
    stretches: Int64s,
    at: Int64s,
    bids: Int64s,
    asks: Int64s,
    bid_sizes: Int64s,
    ask_sizes: Int64s,
    executed_at: Int64s,
    sides: Int64s,
    versions: Int64s,
    facts: Int64s,
    horizons: Int64s,
    close_at: int,
    shift_ns: int,
    flags: Int64s,
    out: Int64s,
) -> None:
    """Look up every fill.

    Args:
        stretches: (symbols, 4) first fill, fill after the last, first quote, quote after the last.
        at: (quotes,) UTC ns, ascending within a symbol.
        bids: (quotes,) fixed point, 0 = none.
        asks: (quotes,) fixed point, 0 = none.
        bid_sizes: (quotes,) -1 = unknown; or none at all if nobody asks for sizes.
        ask_sizes: likewise.
        executed_at: (fills,) UTC ns, ascending within a symbol.
        sides: (fills,) +1, -1, 0 = unknown.
        versions: (fills,) row of the version, -1 = none.
        facts: (`version_kernel.FACTS`, versions); a fill before its version had waited to the end has no reference.
        horizons: (horizons,) ns after the execution.
        close_at: end of regular hours.
        shift_ns: added to the executions' instants.
        flags: inclusive tie, locked included, final quote after the close, reference at execution (0/1 each).
        out: (6 + horizons, fills) results, `NULL` = null.
    """
    for stretch in stretches:
        _measure_stretch(
            stretch, at, bids, asks, bid_sizes, ask_sizes, executed_at, sides, versions, facts,
            horizons, close_at, shift_ns, flags, out,
        )  # fmt: skip
