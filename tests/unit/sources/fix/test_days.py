"""Session days by the hour are the session days of each instant."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.fix.days import session_days

NEW_YORK = ZoneInfo("America/New_York")
HOUR_NS = 3_600_000_000_000


def at(text: str) -> int:
    """UTC ns of a New York time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).timestamp()) * 1_000_000_000


def days(*instants: int | None) -> list[date | None]:
    """Their session days."""
    found = session_days(pl.Series(instants, dtype=pl.Int64))
    assert found.dtype == pl.Date()
    return found.to_list()


def new_york_day(instant: int) -> date:
    """The calendar day in New York, by the standard library."""
    return datetime.fromtimestamp(instant // 1_000_000_000, tz=NEW_YORK).date()


def test_a_day_ends_at_midnight_in_new_york_to_the_nanosecond() -> None:
    """In summer at 04:00 UTC, in winter at 05:00."""
    for midnight, before, after in (
        ("2026-07-02T00:00:00", date(2026, 7, 1), date(2026, 7, 2)),
        ("2026-12-02T00:00:00", date(2026, 12, 1), date(2026, 12, 2)),
    ):
        assert days(at(midnight) - 1, at(midnight)) == [before, after]


def test_nights_in_which_clocks_change() -> None:
    """8 March 2026 has 23 hours, 1 November 25."""
    for first, last, hours in ((date(2026, 3, 8), "2026-03-09T00:00:00", 23), (date(2026, 11, 1), "2026-11-02", 25)):
        begin = at(first.isoformat())
        assert at(last) - begin == hours * HOUR_NS
        steps = [begin + hour * HOUR_NS for hour in range(-1, hours + 1)]
        assert days(*steps) == [new_york_day(steps[0]), *[first] * hours, new_york_day(at(last))]


def test_none_and_nothing() -> None:
    """A null has no day, and no instants have none."""
    assert days() == []
    assert days(None, at("2026-07-01T12:00:00")) == [None, date(2026, 7, 1)]


def test_before_the_epoch() -> None:
    """Hours count down there: an instant belongs to the hour that began before it."""
    assert days(-1, 0, -5 * HOUR_NS - 1) == [date(1969, 12, 31)] * 3
    assert days(5 * HOUR_NS - 1, 5 * HOUR_NS) == [date(1969, 12, 31), date(1970, 1, 1)]


def test_instants_far_apart() -> None:
    """More hours than the table has: each instant is asked for."""
    assert days(at("1996-02-29T23:59:59"), at("2026-07-01T00:00:00")) == [date(1996, 2, 29), date(2026, 7, 1)]


@examples(20)
@given(
    st.lists(
        st.integers(at("2025-01-01T00:00:00"), at("2027-01-01T00:00:00")), min_size=1, max_size=20
    )
)  # fmt: skip
def test_any_instants(instants: list[int]) -> None:
    """As the standard library's time zones say."""
    assert days(*instants) == [new_york_day(instant) for instant in instants]
