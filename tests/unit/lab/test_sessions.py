"""Sessions are those of the New York Stock Exchange."""

from datetime import date

import exchange_calendars
import pytest

from routeproof.lab.sessions import sessions, sessions_before


def test_the_third_quarter_of_2026_has_64_sessions() -> None:
    """92 days, 26 weekend days, less 3 July (for the Saturday 4th) and Labor Day 7 September."""
    days = [session.day for session in sessions(date(2026, 7, 1), date(2026, 9, 30))]
    assert len(days) == 64
    assert date(2026, 7, 3) not in days
    assert date(2026, 9, 7) not in days


def test_regular_hours_follow_summer_time() -> None:
    """09:30 New York is 13:30 UTC in July and 14:30 UTC in January."""
    july, january = sessions(date(2026, 7, 1), date(2026, 7, 1))[0], sessions(date(2026, 1, 2), date(2026, 1, 2))[0]
    assert (july.open_at - july.midnight_at) // 60_000_000_000 == 13 * 60 + 30
    assert (january.open_at - january.midnight_at) // 60_000_000_000 == 14 * 60 + 30


@pytest.mark.parametrize("year", range(2022, 2028))
def test_sessions_and_closes_agree_with_another_calendar(year: int) -> None:
    """Open days and closing instants equal those of exchange_calendars, an unscheduled closing set aside."""
    mourning = date(2025, 1, 9)  # closed by presidential proclamation, not by rule
    other = exchange_calendars.get_calendar("XNYS", start=f"{year}-01-01", end=f"{year}-12-31")
    theirs = {day.date(): close.value for day, close in other.closes.items()}
    ours = {session.day: session.close_at for session in sessions(date(year, 1, 1), date(year, 12, 31))}
    ours.pop(mourning, None)
    assert ours == theirs


def test_sessions_before_a_day_are_the_last_ones_before_it() -> None:
    """Three sessions before 6 July 2026 skip the holiday weekend."""
    days = [session.day for session in sessions_before(date(2026, 7, 6), 3)]
    assert days == [date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)]
    assert sessions_before(date(2026, 7, 6), 0) == ()
