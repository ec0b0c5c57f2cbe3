"""The dated rules that ship with the program, as the measurement needs them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from routeproof.tables.day_measurement import DayRules

_ZONE = ZoneInfo("America/New_York")


def _hours(day: date) -> tuple[int, int] | None:
    if day.weekday() > 4:
        return None
    a, b = (int(datetime.combine(day, t, _ZONE).timestamp()) * 10**9 for t in (time(9, 30), time(16)))
    return a, b


def shipped_rules() -> DayRules:
    """Session hours and size buckets."""
    return DayRules(_hours)
