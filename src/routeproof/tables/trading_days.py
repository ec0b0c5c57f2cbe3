"""The trading days around a day, as far as a calendar is known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from routeproof.vocab.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from routeproof.tables.session_clock import SessionHours

AHEAD_DAYS = 14
"""How many calendar days `next_days` looks ahead."""

BACK_DAYS = 31
"""How many calendar days `earlier_days` looks back."""


def next_days(hours: SessionHours, day: date) -> tuple[date, ...]:
    """Trading days of the two weeks that follow a day, ascending; fewer where the calendar ends."""
    return tuple(_trading_days(hours, day, range(1, AHEAD_DAYS + 1)))


def earlier_days(hours: SessionHours, day: date) -> tuple[date, ...]:
    """Trading days of the month before a day, ascending; fewer where the calendar begins."""
    return tuple(reversed(_trading_days(hours, day, range(-1, -BACK_DAYS - 1, -1))))


def _trading_days(hours: SessionHours, day: date, offsets: Iterable[int]) -> list[date]:
    """Days so far from a day that have a session, up to where the calendar ends."""
    found: list[date] = []
    for offset in offsets:
        other = day + timedelta(days=offset)
        try:
            trades = hours(other) is not None
        except RefusedError:
            break
        if trades:
            found.append(other)
    return found
