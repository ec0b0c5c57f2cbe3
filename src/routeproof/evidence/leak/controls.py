"""Controls of an event: instants of the same state, nearest in time.

Exact matching on coarsened states (Iacus, King and Porro 2012, Political Analysis 20(1)), then the nearest within a
caliper of time. Controls may serve several events.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
NONE = -1
TIME_BITS = 37
"""A day's microseconds fit in so many bits; states fit above them."""


def nearest_controls(
    event_state: Int64s, event_at: Int64s, control_state: Int64s, control_at: Int64s, *, count: int, within_us: int
) -> Int64s:
    """Controls of each event.

    Args:
        event_state: (n,) code of the event's state, 0 to 2^26 - 1.
        event_at: (n,) microseconds since an instant before the day, at least 0, below 2^37.
        control_state: (m,) likewise.
        control_at: (m,) likewise.
        count: controls an event.
        within_us: largest distance in time.

    Returns:
        (n, count) places among the controls, the nearest first, at equal distance the earlier one; `NONE` where there
        are fewer.
    """
    found = np.full((event_at.size, count), NONE, dtype=np.int64)
    if not control_at.size or not event_at.size:
        return found
    keys = (control_state << TIME_BITS) | control_at
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    wanted = (event_state << TIME_BITS) | event_at
    place = np.searchsorted(keys, wanted)
    around = place[:, None] + np.arange(-count, count, dtype=np.int64)[None, :]
    held = np.clip(around, 0, keys.size - 1)
    apart = np.abs(keys[held] - wanted[:, None])
    same = (around == held) & (keys[held] >> TIME_BITS == event_state[:, None]) & (apart <= within_us)
    apart = np.where(same, apart, np.int64(1) << 62)
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :count]
    chosen = np.take_along_axis(np.where(same, order[held], NONE), nearest, axis=1)
    found[:] = chosen
    return found
