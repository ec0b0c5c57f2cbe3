"""Trading sessions of one calendar: which days trade, when they open and close, in UTC nanoseconds."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from routeproof.vocab.errors import RefusedError, UsageError
from routeproof.vocab.times import EQUITY_ZONE, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

SATURDAY = 5
COLUMNS = ("date", "kind", "close_time_new_york", "name")


@dataclass(frozen=True, slots=True)
class CalendarException:
    """A weekday that does not trade (`close_time` None) or closes early; `name` is the occasion."""

    day: date
    close_time: time | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCalendar:
    """Weekday sessions of New York hours with exceptions, known from `first` to `last` (both included)."""

    exceptions: Mapping[date, CalendarException]
    first: date
    last: date
    opens: time = time(9, 30)
    closes: time = time(16, 0)

    def is_session(self, day: date) -> bool:
        """Whether `day` trades. Raises RefusedError outside the known years: they are not guessed."""
        if not self.first <= day <= self.last:
            message = f"the trading calendar covers {self.first} to {self.last}, asked for {day}: extend the calendar"
            raise RefusedError(message, where=day.isoformat())
        found = self.exceptions.get(day)
        return day.weekday() < SATURDAY and (found is None or found.close_time is not None)

    def session_open_close(self, day: date) -> tuple[int, int]:
        """Open and close of a session, UTC nanoseconds; daylight saving time is New York's of that day.

        Raises:
            RefusedError: if `day` does not trade or is outside the known years.
        """
        if not self.is_session(day):
            message = f"{day} is no trading session"
            raise RefusedError(message, where=day.isoformat())
        found = self.exceptions.get(day)
        closes = found.close_time if found is not None and found.close_time is not None else self.closes
        return _new_york_ns(day, self.opens), _new_york_ns(day, closes)

    def hours(self, day: date) -> tuple[int, int] | None:
        """Open and close as `session_open_close`, or None when `day` does not trade."""
        return self.session_open_close(day) if self.is_session(day) else None

    def hours_or_usual(self, day: date) -> tuple[int, int] | None:
        """The same; beyond the known years every weekday trades its usual hours, which is early by the holidays."""
        if self.first <= day <= self.last:
            return self.hours(day)
        return (_new_york_ns(day, self.opens), _new_york_ns(day, self.closes)) if day.weekday() < SATURDAY else None

    def sessions(self, first: date, last: date) -> tuple[date, ...]:
        """Trading days from `first` to `last`, both included, in order."""
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return tuple(day for day in days if self.is_session(day))


def parse_calendar(text: str, *, first: date, last: date) -> SessionCalendar:
    """Read the exceptions file: `date,kind,close_time_new_york,name`, kind = closed | early_close.

    Raises:
        UsageError: for other columns, an unknown kind, a date twice or out of range, or a missing close time.
    """
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        message = f"expected calendar columns {','.join(COLUMNS)}, found {','.join(rows.fieldnames or ())}"
        raise UsageError(message)
    exceptions: dict[date, CalendarException] = {}
    for number, row in enumerate(rows, start=2):
        found = _exception(row, number)
        if found.day in exceptions or not first <= found.day <= last:
            message = f"expected each date once and within {first} to {last}, found {found.day}"
            raise UsageError(message, where=f"line {number}")
        exceptions[found.day] = found
    return SessionCalendar(exceptions=exceptions, first=first, last=last)


def _exception(row: dict[str, str], number: int) -> CalendarException:
    kind, closes = row["kind"], row["close_time_new_york"]
    if (kind, bool(closes)) not in {("closed", False), ("early_close", True)}:
        message = f"expected closed without or early_close with a close time, found {kind!r} {closes!r}"
        raise UsageError(message, where=f"line {number}")
    return CalendarException(
        date.fromisoformat(row["date"]), time.fromisoformat(closes) if closes else None, row["name"]
    )


def _new_york_ns(day: date, at: time) -> int:
    return int(datetime.combine(day, at, ZoneInfo(EQUITY_ZONE)).timestamp()) * NS_PER_S
