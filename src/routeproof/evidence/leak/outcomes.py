"""What happened to the far side within a window, as whole numbers, so that sums have the same bits in any order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MILLION = 1_000_000
UNKNOWN = np.iinfo(np.int64).min
"""Stands for an outcome that cannot be told."""

_BPS = 1e4


def adverse_move(sign: Int64s, before: Int64s, after: Int64s, most_bps: float) -> Int64s:
    """How far the far side moved against the order, in millionths of a basis point of where it was.

    Args:
        sign: (n,) +1 buys, -1 sells.
        before: (n,) far touch at the begin of the window, fixed point, 0 = none.
        after: (n,) at its end.
        most_bps: larger moves count as this much, either way: one piece of news is not many leaks.

    Returns:
        (n,) positive = worse for the order; `UNKNOWN` without either price.
    """
    known = (before > 0) & (after > 0)
    share = np.divide(sign * (after - before), before, out=np.zeros(before.shape), where=known)
    whole = np.rint(np.clip(share * _BPS, -most_bps, most_bps) * MILLION).astype(np.int64)
    return np.where(known, whole, UNKNOWN)


def withdrawal(sign: Int64s, before: Int64s, after: Int64s, size_before: Int64s, size_after: Int64s) -> Int64s:
    """Share of the size displayed at the far touch that is gone at the end of the window, in millionths.

    All of it when the price moved away, nothing when it came nearer; negative (at least -1) when more is displayed.

    Args:
        sign: (n,) +1 buys, -1 sells.
        before: (n,) far touch, fixed point, 0 = none.
        after: (n,) at the end.
        size_before: (n,) displayed shares, at most 0 = unknown.
        size_after: (n,) at the end.
    """
    known = (before > 0) & (after > 0) & (size_before > 0) & (size_after >= 0)
    gone = 1.0 - np.divide(size_after, size_before, out=np.ones(before.shape), where=known)
    away = sign * (after - before)
    share = np.where(away > 0, 1.0, np.where(away < 0, 0.0, np.clip(gone, -1.0, 1.0)))
    return np.where(known, np.rint(share * MILLION).astype(np.int64), UNKNOWN)


def change(later: Int64s, earlier: Int64s) -> Int64s:
    """One window less the one before it; `UNKNOWN` if either is."""
    known = (later != UNKNOWN) & (earlier != UNKNOWN)
    return np.where(known, np.where(known, later, 0) - np.where(known, earlier, 0), UNKNOWN)


def against_controls(event: Int64s, controls: Int64s) -> Int64s:
    """An event's number less the mean of its controls', rounded half-even.

    Args:
        event: (n,) `UNKNOWN` where it cannot be told.
        controls: (n, k) `UNKNOWN` where there is no such control.

    Returns:
        (n,) `UNKNOWN` without a known control.
    """
    there = controls != UNKNOWN
    count = there.sum(axis=1)
    total = np.where(there, controls, 0).sum(axis=1)
    known = (event != UNKNOWN) & (count > 0)
    mean = np.rint(np.divide(total, count, out=np.zeros(event.shape), where=count > 0)).astype(np.int64)
    return np.where(known, np.where(known, event, 0) - mean, UNKNOWN)
