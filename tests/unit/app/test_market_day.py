"""The firm's day is the market's: what is done in New York's evening is done on that day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.firm.duties import add_duty, close_duty
from routeproof.app.objects.act import act
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from pathlib import Path


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 10**9


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-28T00:26:00+00:00", date(2026, 11, 27)),
        ("2026-11-28T04:59:59+00:00", date(2026, 11, 27)),
        ("2026-11-28T05:00:00+00:00", date(2026, 11, 28)),
        ("2026-07-02T03:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-02T04:00:00+00:00", date(2026, 7, 2)),
    ],
)
def test_a_day_ends_at_new_yorks_midnight(at: str, day: date) -> None:
    """Five hours behind UTC in winter, four in summer."""
    assert market_day(_at(at)) == day


def test_a_duty_closed_on_its_evening_is_not_late(desk: Desk) -> None:
    """19:26 on 27 November is 00:26 of the 28th in UTC; the line of the history shows no gap."""
    own = {"title": "t", "owner": "sam", "due_on": "2026-11-27"}
    with desk.context("sam") as context:
        add_duty(context, "visit", own)
    desk.clock.now = _at("2026-11-28T00:26:00+00:00")
    with desk.context("sam") as context:
        assert context.today == context.business_day == date(2026, 11, 27)
        closed = close_duty(context, "visit", {"text": "seen"})
    assert (closed["done_on"], closed["late"]) == ("2026-11-27", False)
    assert (closed["history"][-1]["entered_days_after"], closed["history"][-1]["note"]) == (0, "")


def test_an_entry_of_the_evening_dated_on_the_next_utc_day_is_dated_ahead(desk: Desk) -> None:
    """Whoever gives the date by UTC in the evening has given tomorrow's."""
    desk.clock.now = _at("2026-11-28T00:26:00+00:00")
    body = {"person": "abe", "role": "analyst"}
    with desk.claiming("carl", date(2026, 11, 28)) as context:
        act(context, PEOPLE, STREAM_ID, "revoke", body)
    assert desk.show(PEOPLE, STREAM_ID)["history"][-1]["note"] == "entered 1 day before"
