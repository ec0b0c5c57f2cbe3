"""The session calendar agrees with an independent one, and daylight saving time is New York's."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from routeproof.policy.sessions import parse_calendar
from routeproof.stores.shipped_policy import CALENDAR_FIRST, CALENDAR_LAST, load_equity_calendar
from routeproof.vocab.errors import RefusedError, UsageError
from routeproof.vocab.times import previous_quarter, quarter_days, quarter_of

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "date,kind,close_time_new_york,name\n"


def _utc(ns: int) -> str:
    return datetime.fromtimestamp(ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_hours_follow_daylight_saving_time() -> None:
    """Hours follow daylight saving time."""
    calendar = load_equity_calendar()
    # clocks went forward on Sunday 2026-03-08: 09:30 New York is 14:30 UTC on Friday, 13:30 UTC on Monday
    assert [_utc(at) for at in calendar.session_open_close(date(2026, 3, 6))] == [
        "2026-03-06T14:30:00Z",
        "2026-03-06T21:00:00Z",
    ]
    assert _utc(calendar.session_open_close(date(2026, 3, 9))[0]) == "2026-03-09T13:30:00Z"
    # the day after Thanksgiving closes at 13:00 New York
    assert _utc(calendar.session_open_close(date(2026, 11, 27))[1]) == "2026-11-27T18:00:00Z"


def test_holidays_and_weekends_do_not_trade() -> None:
    """Holidays and weekends do not trade."""
    calendar = load_equity_calendar()
    for day in (date(2025, 1, 9), date(2026, 7, 3), date(2026, 7, 4), date(2012, 10, 29)):
        assert calendar.hours(day) is None
    with pytest.raises(RefusedError):
        calendar.session_open_close(date(2026, 7, 3))
    # July to September 2026: 66 weekdays less Independence Day (observed 3 July) and Labor Day
    assert len(calendar.sessions(*quarter_days("2026Q3"))) == 64


def test_years_that_are_not_known_are_refused_not_guessed() -> None:
    """Years that are not known are refused not guessed."""
    for day in (date(2009, 12, 31), date(2028, 1, 3)):
        with pytest.raises(RefusedError):
            load_equity_calendar().is_session(day)


def test_every_session_agrees_with_exchange_calendars() -> None:
    """Every session agrees with exchange calendars."""
    independent = pytest.importorskip("exchange_calendars").get_calendar(
        "XNYS", start=CALENDAR_FIRST.isoformat(), end=CALENDAR_LAST.isoformat()
    )
    expected = {
        stamp.date(): (int(row.open.value), int(row.close.value)) for stamp, row in independent.schedule.iterrows()
    }
    calendar = load_equity_calendar()
    days = ((CALENDAR_FIRST + timedelta(offset)) for offset in range((CALENDAR_LAST - CALENDAR_FIRST).days + 1))
    assert {day: hours for day in days if (hours := calendar.hours(day)) is not None} == expected


def test_every_session_agrees_with_the_reference_list(shared_data: Path) -> None:
    """Every session agrees with the reference list."""
    path = shared_data / "reference" / "xnys_sessions_2010_2027.csv.gz"
    if not path.exists():
        pytest.skip("no reference list of sessions")
    with gzip.open(path, "rt") as text:
        expected = {row["session"]: (row["open_utc"], row["close_utc"]) for row in csv.DictReader(text)}
    calendar = load_equity_calendar()
    found = {}
    for day in calendar.sessions(CALENDAR_FIRST, CALENDAR_LAST):
        opens, closes = calendar.session_open_close(day)
        found[day.isoformat()] = (_utc(opens), _utc(closes))
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "day,kind\n",
        HEADER + "2026-07-03,holiday,,x\n",
        HEADER + "2026-07-03,early_close,,x\n",
        HEADER + "2026-07-03,closed,,x\n2026-07-03,closed,,x\n",
        HEADER + "2031-07-03,closed,,x\n",
    ],
)
def test_a_calendar_that_is_not_clear_is_refused(text: str) -> None:
    """A calendar that is not clear is refused."""
    with pytest.raises(UsageError):
        parse_calendar(text, first=CALENDAR_FIRST, last=CALENDAR_LAST)


def test_quarters_at_the_ends_of_the_calendar() -> None:
    """The last quarter that a date can say has its days; there is no year 0, and nothing before the first quarter."""
    assert quarter_days("9999q4") == (date(9999, 10, 1), date(9999, 12, 31))
    assert quarter_of(date(2026, 9, 30)) == "2026Q3"
    assert previous_quarter("2026Q1") == "2025Q4"
    for quarter in ("0000Q1", "2026Q5", "\u0662\u0660\u0662\u0666Q1", "2026Q1\n"):
        with pytest.raises(UsageError, match="expected a quarter"):
            quarter_days(quarter)
    with pytest.raises(UsageError, match="one before it"):
        previous_quarter("0001Q1")
