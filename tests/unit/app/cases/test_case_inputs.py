"""What nobody can mean is an error of usage: names, cursors, searches and scopes."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.cases.case_listing import CaseFilter, list_cases
from routeproof.app.cases.suppressing import add_suppression
from routeproof.app.cases.work_cases import case_shown, open_case
from routeproof.app.firm.case_policy import case_around
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.objects.act import act
from routeproof.app.objects.cursors import cursor_of, place_of
from routeproof.governance.case.noun import CASE
from routeproof.governance.day import DAY
from routeproof.governance.decider import Command, Event, Happened, RefusalError
from routeproof.governance.roster import Roster
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

OPENING = {"kind": "other", "title": "x"}
QUIET = {"rule": "slow_fill", "reason": "x", "until": "2026-12-31"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


@pytest.mark.parametrize("name", ["../../etc/x", "C-1 ", "", ".x", "C\n", "ä", "x" * 129])
def test_a_case_has_a_name_that_fits_into_paths_and_lines(desk: Desk, name: str) -> None:
    """No folders, blanks, line breaks or other scripts, and 128 characters at most; a suppression neither."""
    with desk.context("ann") as context:
        with pytest.raises(UsageError, match="expected a name of up to 128 letters, digits and"):
            open_case(context, name, OPENING)
        if name:
            with pytest.raises(UsageError, match="expected a name of up to 128"):
                add_suppression(context, name, QUIET)
        assert open_case(context, "C-1.a_b:c", OPENING)["id"] == "C-1.a_b:c"
        assert open_case(context, "x" * 128, OPENING)["state"] == "open"


def test_a_case_of_another_name_that_is_on_record_is_still_read(desk: Desk) -> None:
    """As earlier programs took it, and as a clause names it."""
    with desk.context("ann") as context:
        act(context, CASE, "SLA 1/2026Q2", "open", OPENING, case_around(context))
        assert case_shown(context, "SLA 1/2026Q2")["state"] == "open"


@pytest.mark.parametrize(
    "forged",
    [
        "x",
        "é",
        cursor_of((10**30, 1), "C"),
        cursor_of((1,), "C"),
        base64.urlsafe_b64encode(b"[Infinity, 1, 1]").decode(),
        base64.urlsafe_b64encode(b'[1, 1, "\\ud800"]').decode(),
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
    ],
)
def test_a_forged_cursor_is_an_error_of_usage(desk: Desk, forged: str) -> None:
    """Too large, too short, no number, no text, too deep; of cases as of findings."""
    with desk.context() as context:
        with pytest.raises(UsageError, match="expected a cursor that a list gave") as refused:
            list_cases(context.records, CaseFilter(), 0, after=forged)
        assert refused.value.where == "--after"
        if forged != cursor_of((1,), "C"):
            with pytest.raises(UsageError, match="expected a cursor that a list gave"):
                list_findings(context.records, FindingFilter(), after=forged)


def test_a_place_comes_back_as_it_was() -> None:
    """Numbers of 64 bits and any name."""
    assert place_of(cursor_of((-1, 2**63 - 1), "C 1/ä"), 2) == ((-1, 2**63 - 1), "C 1/ä")


def test_a_search_has_fifty_words(desk: Desk) -> None:
    """The same word twice is one word."""
    many = " ".join(f"w{number}" for number in range(51))
    with desk.context() as context:
        with pytest.raises(UsageError, match="expected up to 50 words, found 51"):
            list_cases(context.records, CaseFilter(text=many), 0)
        for found in (many.removesuffix(" w50"), "x " * 1_500):
            assert list_cases(context.records, CaseFilter(text=found), 0)["total"] == 0


def test_a_scope_without_a_value_is_incomplete(desk: Desk) -> None:
    """It would suppress nothing, or what nobody asked for."""
    with desk.context("ann") as context, pytest.raises(RefusalError, match="a value for symbol") as refused:
        add_suppression(context, None, {**QUIET, "scope": {"symbol": " "}})
    assert refused.value.code == "incomplete"


def test_a_day_that_is_closed_says_so() -> None:
    """By whom and when, in place of words about names."""
    counted = dict.fromkeys(("received", "accepted", "rejected", "analysed", "excluded"), 0)
    closed = {
        "id": "2026-07-01",
        "completeness": counted,
        "findings": {},
        "suppressed": 0,
        "open_cases": 0,
        "overdue_cases": 0,
        "manifest": "m",
        "unjudged": {},
        "closed_at": "1",
    }
    happened = Happened(Event("day.closed", closed), "sam", "supervisor", date(2026, 7, 2), 1, 1)
    again = Command(
        verb="close", id="2026-07-01", body=None, by="sue", role="", on=date(2026, 7, 3), roster=Roster(people={})
    )
    with pytest.raises(RefusalError, match="found that sam closed 2026-07-01 on 2026-07-02") as refused:
        DAY.verbs["close"].decide(DAY.evolve(None, happened), again)
    assert refused.value.code == "wrong_state"
