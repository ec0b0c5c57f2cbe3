"""Instants and days: UTC nanoseconds, New York session days, quarters."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from routeproof.vocab.errors import UsageError

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
NS_PER_DAY = 86_400 * NS_PER_S
EQUITY_ZONE = "America/New_York"

_QUARTER = re.compile(r"^(\d{4})[Qq]([1-4])$")


def quarter_days(quarter: str) -> tuple[date, date]:
    """First and last calendar day of a quarter written `2026Q3`.

    Raises:
        UsageError: if the text is no quarter.
    """
    found = _QUARTER.match(quarter)
    if found is None:
        message = f"expected a quarter such as 2026Q3, found {quarter!r}"
        raise UsageError(message)
    year, number = int(found[1]), int(found[2])
    first = date(year, 3 * number - 2, 1)
    after = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)  # noqa: PLR2004
    return first, after - timedelta(days=1)


def previous_quarter(quarter: str) -> str:
    """The quarter before, `2026Q1` -> `2025Q4`."""
    first, _ = quarter_days(quarter)
    before = first - timedelta(days=1)
    return f"{before.year}Q{(before.month + 2) // 3}"


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
