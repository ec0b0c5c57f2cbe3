"""Session days of many instants that lie close together."""

from __future__ import annotations

import polars as pl

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
    first, last = int(values.min()) // _HOUR_NS, int(values.max()) // _HOUR_NS
    if last - first >= _MOST_HOURS:
        return _days(instants)
    hours = pl.Series(range(first, last + 1), dtype=pl.Int64) * _HOUR_NS
    days = _days(hours).to_physical().to_numpy()
    return pl.Series(days[values // _HOUR_NS - first]).cast(pl.Date)


def _days(instants: pl.Series) -> pl.Series:
    return instants.to_frame("at").select(day_of(pl.col("at"))).to_series()
