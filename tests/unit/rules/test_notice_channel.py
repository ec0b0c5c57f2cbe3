"""Quiet hours and digests by the clock on the wall, across midnight and daylight saving time.

Instants are worked by hand. New York: 2026-03-08 02:00 EST (UTC-5) becomes 03:00 EDT (UTC-4); 2026-11-01 02:00 EDT
becomes 01:00 EST.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from examples import examples
from routeproof.rules.notice_channel import Channel, next_digest, quiet_until
from routeproof.vocab.times import NS_PER_S

NIGHT = ("22:00", "07:00")


def utc(text: str) -> int:
    """UTC nanoseconds of `2026-07-01T12:00`."""
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp()) * NS_PER_S


def channel(**settings: Any) -> Channel:  # noqa: ANN401  # as TOML gives them
    """A channel with these settings."""
    return Channel(name="desk", **settings)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-07-02T01:59", None),  # 21:59 EDT
        ("2026-07-02T02:00", "2026-07-02T11:00"),  # 22:00 EDT until 07:00 EDT
        ("2026-07-02T04:30", "2026-07-02T11:00"),  # after midnight
        ("2026-07-02T10:59", "2026-07-02T11:00"),
        ("2026-07-02T11:00", None),  # the end is not quiet
        ("2026-03-08T03:00", "2026-03-08T11:00"),  # 22:00 EST until 07:00 EDT: eight hours
        ("2026-03-08T02:59", None),  # 21:59 EST
        ("2026-11-01T02:00", "2026-11-01T12:00"),  # 22:00 EDT until 07:00 EST: ten hours
        ("2026-11-01T11:59", "2026-11-01T12:00"),
    ],
)
def test_quiet_hours_across_midnight(now: str, until: str | None) -> None:
    """Quiet from 22:00 to 07:00 in New York, in a night of eight, nine or ten hours."""
    assert quiet_until(channel(quiet_hours=NIGHT), utc(now)) == (utc(until) if until else None)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        (("12:00", "13:00"), "2026-07-01T16:30", "2026-07-01T17:00"),  # within a day
        (("12:00", "13:00"), "2026-07-01T17:00", None),
        (("22:00", "01:30"), "2026-11-01T05:29", "2026-11-01T05:30"),  # 01:29 EDT, the first one
        (("22:00", "01:30"), "2026-11-01T06:15", None),  # 01:15 EST: the hour is repeated, the quiet is over
        (("22:00", "02:30"), "2026-03-08T07:15", "2026-03-08T07:30"),  # 02:30 does not exist: 03:30 EDT
        (("02:30", "05:00"), "2026-03-08T07:15", None),
        (("02:30", "05:00"), "2026-03-08T07:30", "2026-03-08T09:00"),
    ],
)
def test_hours_that_are_repeated_or_skipped(hours: tuple[str, str], now: str, until: str | None) -> None:
    """Quiet hours end once."""
    assert quiet_until(channel(quiet_hours=hours), utc(now)) == (utc(until) if until else None)


def test_a_severity_that_breaks_quiet_hours() -> None:
    """It is never quiet for it."""
    loud = channel(quiet_hours=NIGHT, breaks_quiet=("critical",))
    assert quiet_until(loud, utc("2026-07-02T04:30"), "critical") is None
    assert quiet_until(loud, utc("2026-07-02T04:30"), "high") == utc("2026-07-02T11:00")


def test_another_zone() -> None:
    """22:00 in London in July is 21:00 UTC."""
    london = channel(quiet_hours=NIGHT, zone="Europe/London")
    assert quiet_until(london, utc("2026-07-01T20:59")) is None
    assert quiet_until(london, utc("2026-07-01T21:00")) == utc("2026-07-02T06:00")


@pytest.mark.parametrize(
    ("at", "now", "then"),
    [
        ("17:30", "2026-07-01T21:29", "2026-07-01T21:30"),
        ("17:30", "2026-07-01T21:30", "2026-07-02T21:30"),  # strictly after
        ("17:30", "2026-03-07T23:00", "2026-03-08T21:30"),  # EST to EDT: 22.5 hours later
        ("17:30", "2026-10-31T21:30", "2026-11-01T22:30"),  # 25 hours later
        ("02:30", "2026-03-08T06:00", "2026-03-08T07:30"),
        ("01:30", "2026-11-01T05:00", "2026-11-01T05:30"),
        ("01:30", "2026-11-01T05:30", "2026-11-02T06:30"),  # once in a night that has 01:30 twice
    ],
)
def test_a_digest_at_a_time_of_day(at: str, now: str, then: str) -> None:
    """The next such time on the wall."""
    assert next_digest(channel(mode="digest", digest_at=at), utc(now)) == utc(then)


@pytest.mark.parametrize(
    ("minutes", "now", "then"),
    [
        (60, "2026-07-01T12:00", "2026-07-01T13:00"),
        (60, "2026-07-01T12:59", "2026-07-01T13:00"),
        (15, "2026-07-01T12:14", "2026-07-01T12:15"),
        (1440, "2026-07-01T12:14", "2026-07-02T00:00"),
    ],
)
def test_a_digest_every_so_many_minutes(minutes: int, now: str, then: str) -> None:
    """Wherever the program was started, digests fall on the same instants."""
    assert next_digest(channel(mode="digest", digest_every_min=minutes), utc(now)) == utc(then)


TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@examples(200)
@given(hours=st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]), minute=st.integers(0, 366 * 1440))
def test_quiet_hours_end_later_and_stay_over(hours: tuple[str, str], minute: int) -> None:
    """Their end is later than now, less than 26 hours away, and is not quiet itself."""
    quiet = channel(quiet_hours=hours)
    now = utc("2026-01-01T00:00") + minute * 60 * NS_PER_S
    until = quiet_until(quiet, now)
    if until is not None:
        assert now < until < now + 26 * 3600 * NS_PER_S
        assert quiet_until(quiet, until) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"mode": "digest"},
        {"mode": "digest", "digest_at": "17:30", "digest_every_min": 60},
        {"digest_at": "17:30"},
        {"mode": "digest", "digest_at": "25:00"},
        {"mode": "digest", "digest_every_min": 0},
        {"mode": "sometimes"},
        {"quiet_hours": ("22:00", "22:00")},
        {"quiet_hours": ("22:00",)},
        {"quiet_hours": ("22:00", "7:00")},
        {"breaks_quiet": ("critical",)},
        {"zone": "New York"},
        {"severity": ("high",)},
        {"severities": ("HIGH",)},
        {"severities": ("hihg",)},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    """A channel that would never speak, or never be quiet, is not taken silently."""
    with pytest.raises(ValidationError):
        channel(**settings)
