"""Sessions as look-up columns: when a day's regular hours begin and end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from routeproof.vocab.times import EQUITY_ZONE, NS_PER_S

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SessionHours = Callable[[date], tuple[int, int] | None]
"""Day -> (open, close) of regular hours in UTC ns, or `None` where the day has no session."""


def day_of(instant: pl.Expr, zone: str = EQUITY_ZONE) -> pl.Expr:
    """Session day of UTC ns instants: the calendar day of the market's zone."""
    return pl.from_epoch(instant, time_unit="ns").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()


def days_of(instants: pl.Series, zone: str = EQUITY_ZONE) -> pl.Series:
    """Session days of many instants, which mostly all have the same one: then no other is looked up."""
    first, last = instants.min(), instants.max()
    if isinstance(first, int) and isinstance(last, int) and not instants.null_count():
        day = _day(first, zone)
        if day == _day(last, zone):
            return pl.repeat(day, instants.len(), dtype=pl.Date, eager=True)
    return pl.select(day_of(pl.lit(instants), zone)).to_series()


def _day(instant: int, zone: str) -> date:
    return (EPOCH + timedelta(seconds=instant // NS_PER_S)).astimezone(ZoneInfo(zone)).date()


def hours_frame(days: Iterable[date], hours: SessionHours) -> pl.DataFrame:
    """One row per day: `trading_day, open_at, close_at`; both null on a day without session."""
    rows = [(day, *(hours(day) or (None, None))) for day in sorted(set(days))]
    return pl.DataFrame(rows, schema={"trading_day": pl.Date, "open_at": pl.Int64, "close_at": pl.Int64}, orient="row")


def session_name(instant: pl.Expr) -> pl.Expr:
    """`pre_market`, `regular` or `post_market` of an instant, against columns `open_at, close_at`; else `closed`."""
    return (
        pl.when(pl.col("open_at").is_null())
        .then(pl.lit("closed"))
        .when(instant < pl.col("open_at"))
        .then(pl.lit("pre_market"))
        .when(instant < pl.col("close_at"))
        .then(pl.lit("regular"))
        .otherwise(pl.lit("post_market"))
    )
