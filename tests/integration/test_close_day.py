"""A day is closed once its session is over and it was judged since; a day without a session needs no close."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from governance_desk import Clock, Desk, new_desk
from program import call
from routeproof.app.monitoring.close_day import close_day
from routeproof.app.monitoring.day_over import told_of_end
from routeproof.app.monitoring.judge_before_close import judge_before_close
from routeproof.app.monitoring.run_day import run_day
from routeproof.governance.decider import RefusalError

if TYPE_CHECKING:
    from pathlib import Path

FRIDAY, SUNDAY, MONDAY = date(2026, 9, 18), date(2026, 9, 20), date(2026, 9, 21)
HALF = date(2026, 11, 27)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role, on Monday 21 September 2026 at 14:13 UTC, in the session."""
    return new_desk(tmp_path / "workspace")


def _at(*instant: int) -> Clock:
    return Clock(int(datetime(*instant, tzinfo=UTC).timestamp()) * 10**9)


def _refused(desk: Desk, day: date) -> tuple[str, str]:
    with desk.context("sam") as context:
        run_day(context, day)
        with pytest.raises(RefusalError) as refused:
            close_day(context, day)
    return refused.value.code, refused.value.message


@pytest.mark.parametrize("day", [MONDAY, date(2026, 9, 22), date(2030, 1, 2)])
def test_a_day_that_is_not_over_is_not_closed(desk: Desk, day: date) -> None:
    """Monday's own session runs until 20:00 UTC; the next ones have not begun, one of them beyond the calendar."""
    with desk.context("sam") as context, pytest.raises(RefusalError, match="expected a trading day that is over") as no:
        close_day(context, day)
    assert no.value.code == "not_ready"


@pytest.mark.parametrize("day", [SUNDAY, date(2026, 9, 7), date(2026, 9, 27)])
def test_a_day_without_a_session_needs_no_close(desk: Desk, day: date) -> None:
    """Two Sundays, one to come, and Labor Day."""
    code, words = _refused(desk, day)
    assert code == "wrong_state"
    assert words == f"expected a trading day, found that {day} has no session: it needs no close"


def test_a_day_judged_too_early_is_judged_again_before_it_is_closed(desk: Desk) -> None:
    """At 20:04 the five minutes that a last fill looks ahead are not over; at 21:00 it is closed after another run."""
    desk.clock = _at(2026, 9, 21, 20, 4)
    assert _refused(desk, MONDAY)[0] == "not_ready"
    desk.clock = _at(2026, 9, 21, 21)
    with desk.context("sam") as context:
        with pytest.raises(RefusalError, match="found that it was judged before"):
            close_day(context, MONDAY)
        run_day(context, MONDAY)
        assert close_day(context, MONDAY)["state"] == "closed"


def test_a_half_day_is_over_after_its_early_close(desk: Desk) -> None:
    """The day after Thanksgiving ends at 13:00 in New York, 18:00 UTC: at 17:59 it runs, at 18:30 it is closed."""
    desk.clock = _at(2026, 11, 27, 17, 59)
    assert _refused(desk, HALF)[0] == "not_ready"
    desk.clock = _at(2026, 11, 27, 18, 30)
    with desk.context("sam") as context:
        run_day(context, HALF)
        assert close_day(context, HALF)["closed_by"] == "sam"


def test_an_earlier_day_is_closed_as_ever(desk: Desk) -> None:
    """Friday, on the Monday after."""
    with desk.context("sam") as context:
        run_day(context, FRIDAY)
        assert close_day(context, FRIDAY)["state"] == "closed"


def test_who_judges_is_told_that_a_day_is_none_or_not_over(desk: Desk) -> None:
    """The Sunday before, Monday in its session, and Friday, of which there is nothing to tell."""
    with desk.context() as context:
        told = [told_of_end(context, day) for day in (SUNDAY, MONDAY, FRIDAY)]
    assert told == [
        "2026-09-20 is no trading day: it has no session, what was found is outside of one, and nobody closes it",
        "2026-09-21 is not over: rules of whole days were not judged, run it again after its session",
        None,
    ]


def test_a_run_notes_it_on_stderr_and_ends_as_before(desk: Desk) -> None:
    """A Sunday has a note, a Monday none; with --json stderr stays for one error."""
    words = ("exceptions", "run", "--as", "ann", "--workspace", str(desk.root), "--day")
    sunday, monday = call(*words, "2026-07-05"), call(*words, "2026-07-06")
    assert (sunday.returncode, "note: 2026-07-05 is no trading day" in sunday.stderr) == (monday.returncode, True)
    assert "note:" not in monday.stderr
    assert call(*words, "2026-07-05", "--json").stderr == ""


def test_a_day_that_nobody_judged_is_judged_before_it_is_closed(desk: Desk) -> None:
    """Once: the second time there is nothing to do, nor for a day that is not over or is closed."""
    steps: list[str] = []
    with desk.context("sam") as context:
        assert judge_before_close(context, MONDAY, steps.append) is None
        assert judge_before_close(context, FRIDAY, steps.append) is not None
        assert steps[0] == "judging 2026-09-18"
        assert judge_before_close(context, FRIDAY) is None
        assert close_day(context, FRIDAY)["state"] == "closed"
        assert judge_before_close(context, FRIDAY) is None


def test_a_day_judged_too_early_is_judged_once_more(desk: Desk) -> None:
    """At 20:04 the last fills still look ahead; at 21:00 the day is judged again, and closed."""
    desk.clock = _at(2026, 9, 21, 20, 4)
    with desk.context("sam") as context:
        run_day(context, MONDAY)
    desk.clock = _at(2026, 9, 21, 21)
    with desk.context("sam") as context:
        assert judge_before_close(context, MONDAY) is not None
        assert close_day(context, MONDAY)["state"] == "closed"


def test_who_may_not_close_a_day_does_not_have_it_judged(desk: Desk) -> None:
    """Ann is an analyst."""
    with desk.context("ann") as context, pytest.raises(RefusalError) as refused:
        judge_before_close(context, FRIDAY)
    assert refused.value.code == "not_permitted"
