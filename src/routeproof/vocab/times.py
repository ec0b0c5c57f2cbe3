"""Instants and days: UTC nanoseconds, New York session days, quarters."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from routeproof.vocab.errors import UsageError

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
NS_PER_DAY = 86_400 * NS_PER_S
EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days that somebody may mean; what is reckoned from them still has nanoseconds of 64 bits."""
EQUITY_ZONE = "America/New_York"

_QUARTER = re.compile(r"^(?!0000)([0-9]{4})[Qq]([1-4])$")


@cache
def known_zones() -> frozenset[str]:
    """IANA names that the machine knows; asking it walks its files, so it is asked once."""
    return frozenset(available_timezones())


def is_sensible(day: date) -> bool:
    """Whether a day, or an instant's, is one that somebody may mean."""
    return EARLIEST_DAY.year <= day.year <= LATEST_DAY.year


def market_day(at: int) -> date:
    """The firm's day at an instant (UTC nanoseconds): the market's, so that its evening is still the same day."""
    return datetime.fromtimestamp(at // NS_PER_S, tz=ZoneInfo(EQUITY_ZONE)).date()


def market_day_of(at: datetime) -> date:
    """The same of an instant with a zone."""
    return at.astimezone(ZoneInfo(EQUITY_ZONE)).date()


def begin_of_market_day(day: date) -> int:
    """First instant of a day of the market, UTC nanoseconds."""
    return int(datetime.combine(day, time(), ZoneInfo(EQUITY_ZONE)).timestamp()) * NS_PER_S


def quarter_days(quarter: str) -> tuple[date, date]:
    """First and last calendar day of a quarter written `2026Q3`.

    Raises:
        UsageError: if the text is no quarter.
    """
    found = _QUARTER.fullmatch(quarter)
    if found is None:
        message = f"expected a quarter such as 2026Q3, found {quarter!r}"
        raise UsageError(message)
    year, number = int(found[1]), int(found[2])
    last_month = 3 * number
    return date(year, last_month - 2, 1), date(year, last_month, monthrange(year, last_month)[1])


def quarter_of(day: date) -> str:
    """The quarter that a day lies in, `2026Q3`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def previous_quarter(quarter: str) -> str:
    """The quarter before, `2026Q1` -> `2025Q4`."""
    first, _ = quarter_days(quarter)
    if first == date.min:
        message = f"expected a quarter with one before it, found {quarter!r}"
        raise UsageError(message)
    return quarter_of(first - timedelta(days=1))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter: 31 January + 1 -> 28 or 29 February."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_days(period: str) -> tuple[date, date] | None:
    """First and last day of a quarter, a month, a year or a day; null for a text that is none of them."""
    try:
        if "Q" in period:
            return quarter_days(period)
        if len(period) == len("2026-09"):
            first = date.fromisoformat(f"{period}-01")
            return first, months_after(first, 1) - timedelta(days=1)
        if len(period) == len("2026"):
            return date(int(period), 1, 1), date(int(period), 12, 31)
        return date.fromisoformat(period), date.fromisoformat(period)
    except (ValueError, UsageError):
        return None
