"""Session days of many instants that lie close together."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.sources.fix.words import compiled
from routeproof.tables.session_clock import day_of

_HOUR_NS = 3_600_000_000_000
_MOST_HOURS = 1 << 16


def session_days(instants: pl.Series) -> pl.Series:
    """Session day of each UTC ns instant, null where that is null; the zone is asked once per hour that occurs.

    The market's zone is whole hours from UTC and changes its clocks on the hour, so no day begins within one.
    """
    if instants.null_count() or instants.is_empty():
        return _days(instants)
    values = instants.to_numpy()
    first, last = _hour_range(values)
    if last - first >= _MOST_HOURS:
        return _days(instants)
    days = np.empty(len(values), dtype=np.int32)
    _look_up(values, first, _days_by_hour(first, last), days)
    return pl.Series(days).cast(pl.Date)


@lru_cache(maxsize=16)
def _days_by_hour(first: int, last: int) -> npt.NDArray[np.int32]:
    hours = pl.Series(range(first, last + 1), dtype=pl.Int64) * _HOUR_NS
    return _days(hours).to_physical().to_numpy()


@compiled
def _hour_range(instants: npt.NDArray[np.int64]) -> tuple[int, int]:
    first = last = instants[0]
    for instant in instants:
        first, last = min(first, instant), max(last, instant)
    return first // _HOUR_NS, last // _HOUR_NS


@compiled
def _look_up(
    instants: npt.NDArray[np.int64], first: int, by_hour: npt.NDArray[np.int32], out: npt.NDArray[np.int32]
) -> None:  # fmt: skip
    for row in range(instants.size):
        out[row] = by_hour[instants[row] // _HOUR_NS - first]


def _days(instants: pl.Series) -> pl.Series:
    return instants.to_frame("at").select(day_of(pl.col("at"))).to_series()
