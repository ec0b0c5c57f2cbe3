"""Periods that duties are owed for, and days counted from a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeproof.policy.sessions import SessionCalendar

MONTHS = {"month": 1, "quarter": 3, "year": 12}
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Period:
    """A trading day, month, quarter or year: its name and its first and last calendar day."""

    name: str
    first: date
    last: date


def periods(every: str, since: date, until: date) -> tuple[Period, ...]:
    """Periods that have a day between two days, both included; none if the second is before the first."""
    months = MONTHS[every]
    count = since.year * 12 + (since.month - 1) // months * months
    found = []
    while since <= until and (first := _first(count)) <= until:
        found.append(Period(_name(first, months), first, _first(count + months) - timedelta(days=1)))
        count += months
    return tuple(found)


def session_periods(since: date, until: date, calendar: SessionCalendar) -> tuple[Period, ...]:
    """Trading days between two days, both included, as far as the calendar knows them."""
    days = calendar.sessions(max(since, calendar.first), min(until, calendar.last))
    return tuple(Period(day.isoformat(), day, day) for day in days)


def after(day: date, count: int, calendar: SessionCalendar | None) -> date:
    """The day `count` calendar days after another, or trading days if there is a calendar.

    Beyond the years that the calendar knows every weekday counts: a due date may then be early by the holidays.
    """
    if calendar is None:
        return day + timedelta(days=count)
    left, at = count, day
    while left > 0:
        at += timedelta(days=1)
        known = calendar.first <= at <= calendar.last
        left -= calendar.is_session(at) if known else at.weekday() < SATURDAY
    return at


def _first(count: int) -> date:
    return date(count // 12, count % 12 + 1, 1)


def _name(first: date, months: int) -> str:
    if months == MONTHS["year"]:
        return str(first.year)
    if months == MONTHS["quarter"]:
        return f"{first.year}Q{(first.month + 2) // 3}"
    return f"{first.year}-{first.month:02}"
