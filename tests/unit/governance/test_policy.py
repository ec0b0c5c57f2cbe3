"""Policy: two persons for every change, none of it backwards, nothing in force by being shipped."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from governance_desk import Desk, new_desk
from routeproof.app.firm.policy import decide_policy, policies_listed, policy_shown, propose_policy
from routeproof.app.objects.fold import object_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.decider import RefusalError
from routeproof.governance.policy import FIRM, POLICY
from routeproof.ledger.canonical import canonical_bytes
from routeproof.policy.changes import Change, with_change
from routeproof.stores.shipped_policy import shipped_policy_id, shipped_subjects
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MARGIN: dict[str, Any] = {
    "key": "margins.e_over_q",
    "value": 0.02,
    "effective_from": "2026-10-01",
    "reason": "The committee's wish",
}
SEPTEMBER = date(2026, 9, 20)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _propose(desk: Desk, by: str = "ann", **changes: Any) -> str:  # noqa: ANN401
    with desk.context(by, SEPTEMBER) as context:
        return str(propose_policy(context, {**MARGIN, **changes})["id"])


def _approve(desk: Desk, by: str, proposal: str, on: date = SEPTEMBER) -> dict[str, Any]:
    with desk.context(by, on) as context:
        return decide_policy(context, "approve", proposal)


def _margin(desk: Desk, day: date) -> float:
    with desk.context() as context:
        return policy_in_force(context.records).whole.book.margins["e_over_q"].on(day).value


def test_a_change_counts_from_its_day_once_two_persons_stand_for_it(desk: Desk) -> None:
    """Before the approval, and before the day, the shipped 0.03 stays."""
    number = _propose(desk)
    assert (number, _margin(desk, date(2026, 10, 1))) == ("P1", 0.03)
    approved = _approve(desk, "carl", number)
    assert (approved["state"], approved["approved_by"]) == ("approved", "carl")
    assert [_margin(desk, date(2026, 9, 30)), _margin(desk, date(2026, 10, 1))] == [0.03, 0.02]


@pytest.mark.parametrize(("by", "code"), [("carl", "own_work"), ("ann", "not_permitted"), ("ed", "not_permitted")])
def test_nobody_approves_what_they_proposed(desk: Desk, by: str, code: str) -> None:
    """The rule is on the person; and who has no such role is refused before."""
    number = _propose(desk, by="carl")
    with pytest.raises(RefusalError) as refused:
        _approve(desk, by, number)
    assert refused.value.code == code
    assert _margin(desk, date(2026, 10, 1)) == 0.03


def test_a_change_approved_after_its_day_is_refused(desk: Desk) -> None:
    """An approval never reaches back; on the day itself it still counts."""
    late, punctual = _propose(desk), _propose(desk)
    with pytest.raises(RefusalError) as refused:
        _approve(desk, "carl", late, date(2026, 10, 2))
    assert refused.value.code == "criteria_not_met"
    assert _approve(desk, "carl", punctual, date(2026, 10, 1))["state"] == "approved"


def test_a_decided_proposal_stays_decided(desk: Desk) -> None:
    """Approved twice, withdrawn after approval, approved after withdrawal: all refused."""
    approved, withdrawn = _propose(desk), _propose(desk)
    _approve(desk, "carl", approved)
    with desk.context("ann", SEPTEMBER) as context:
        decide_policy(context, "withdraw", withdrawn)
    for verb, number in (("approve", approved), ("withdraw", approved), ("approve", withdrawn), ("approve", "P9")):
        with pytest.raises(RefusalError) as refused, desk.context("cleo", SEPTEMBER) as context:
            decide_policy(context, verb, number)
        assert refused.value.code == "wrong_state"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "margins.no_such_metric"},
        {"key": "no_such_key"},
        {"key": "framework.no_such_member", "value": 3},
        {"value": "a lot"},
        {"value": True},
        {"value": float("nan")},
        {"key": "framework", "value": {"no_such_member": 3}},
        {"key": "retention.reviews.years", "value": 0},
        {"key": "duties.quarterly_review.every", "value": "fortnight"},
        {"key": "duties.quarterly_review.days", "value": -1},
        {"key": "margins.fill_rate_shares", "value": -0.01},
        {"key": "cooling_off_hours", "value": -1000},
        {"key": "cooling_off_hours", "value": 1.5},
        {"key": "refresh_months", "value": -1},
        {"key": "refresh_months", "value": 0},
        {"key": "refresh_months", "value": 1200},
        {"key": "reliance_look_months", "value": 0},
        {"key": "remediation.look_again_days", "value": 0},
        {"key": "evidence.confidence", "value": 95},
        {"key": "intake.reject_share", "value": 1.01},
        {"key": "calendar", "value": {"day": "2026-12-24"}},
        {"key": "calendar", "value": {"day": "2026-09-30", "kind": "closed"}},
        {"key": "calendar", "value": {"day": "2026-12-24", "kind": "early_close"}},
        {"key": "calendar", "value": {"day": "2050-12-24", "kind": "closed"}},
    ],
)
def test_a_value_that_no_reader_could_use_is_not_proposed(desk: Desk, changes: dict[str, Any]) -> None:
    """An unknown key, another kind of value, a table with unknown members: usage errors, nothing recorded."""
    with pytest.raises(UsageError):
        _propose(desk, **changes)
    with desk.context() as context:
        assert context.records.stream("policy/firm") == []


def test_nothing_is_adopted_until_compliance_says_so(desk: Desk) -> None:
    """The founding policy is compliance's to adopt, once."""
    with desk.context() as context:
        assert policy_shown(context)["state"] == "shipped, not adopted"
        assert policies_listed(context)["items"][0]["state"] == "shipped, not adopted"
    with pytest.raises(RefusalError) as refused:
        _approve(desk, "cora", "founding")
    assert refused.value.code == "not_permitted"
    assert _approve(desk, "carl", "founding")["state"] == "approved"
    with pytest.raises(RefusalError) as again:
        _approve(desk, "cleo", "founding")
    assert again.value.code == "wrong_state"
    with desk.context() as context:
        assert policy_shown(context)["state"] == "adopted"
        assert policy_in_force(context.records).id == shipped_policy_id()


def test_a_period_is_told_what_came_after_it_began(desk: Desk) -> None:
    """Effective after the start, or entered after it under an earlier business date: both are said."""
    with desk.context() as context:
        assert "nobody has adopted" in policy_in_force(context.records).notes(date(2026, 7, 1))[0]
    _approve(desk, "carl", _propose(desk))
    entered = _propose(desk, key="margins.fade", effective_from="2026-06-15")
    _approve(desk, "carl", entered, date(2026, 6, 15))
    unread = _propose(desk, key="retention.reviews.years", value=7)
    _approve(desk, "carl", unread)
    with desk.context() as context:
        notes = policy_in_force(context.records).notes(date(2026, 7, 1))
        assert policy_in_force(context.records).notes(date(2026, 10, 1))[1:] == ()
    assert notes[1:] == (
        "margins.e_over_q = 0.02 from 2026-10-01 (P1) took effect after the period had begun.",
        "margins.fade = 0.02 from 2026-06-15 (P2) was entered on 2026-09-21, after the period had begun.",
    )


def test_only_what_figures_rest_on_gives_the_policy_another_name(desk: Desk) -> None:
    """A change of retention leaves the id that packs print; a margin does not."""
    _approve(desk, "carl", _propose(desk, key="retention.reviews.years", value=7))
    with desk.context() as context:
        assert policy_in_force(context.records).id == shipped_policy_id()
    _approve(desk, "carl", _propose(desk))
    with desk.context() as context:
        assert policy_in_force(context.records).id.startswith("firm-")


def test_a_day_of_the_calendar_can_be_decided(desk: Desk) -> None:
    """A day of mourning closes the market; 2027-01-04 is a Monday, and trades by the shipped calendar."""
    day = {"day": "2027-01-04", "kind": "closed", "name": "Day of mourning"}
    _approve(desk, "carl", _propose(desk, key="calendar", value=day))
    with desk.context() as context:
        calendar = policy_in_force(context.records).whole.calendar
    assert [calendar.is_session(date(2027, 1, 4)), calendar.is_session(date(2027, 1, 5))] == [False, True]


def test_entitlements_are_policy_too(desk: Desk) -> None:
    """What the firm allowed from today on is allowed today."""
    _approve(desk, "carl", _propose(desk, key="entitlements.policy.approve", value=["supervisor"]))
    desk.clock.pass_days(30)
    assert (
        _approve(desk, "sam", _propose(desk, key="margins.fade", effective_from="2026-12-01"))["approved_by"] == "sam"
    )
    with pytest.raises(RefusalError) as refused:
        _approve(desk, "carl", _propose(desk, effective_from="2026-12-01"))
    assert refused.value.code == "not_permitted"


def test_the_row_that_lists_show_is_the_replay(desk: Desk) -> None:
    """Projection = fold, after every kind of event."""
    _approve(desk, "carl", "founding")
    _approve(desk, "carl", _propose(desk))
    with desk.context("ann", SEPTEMBER) as context:
        propose_policy(context, MARGIN)
        decide_policy(context, "withdraw", "P2")
        folded = object_of(context.records, POLICY, FIRM)
        rows = context.records.query(
            "SELECT state, version, version_hash FROM governance_objects WHERE noun = 'policy'"
        )
    assert folded is not None
    said = canonical_bytes(folded.state.model_dump(mode="json")).decode()
    assert rows == [(said, folded.number, folded.version_hash)]
    assert MARGIN["reason"] not in said


DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


@examples(60)
@given(st.lists(st.tuples(DAYS, st.floats(0.001, 1)), max_size=6), DAYS)
def test_the_value_of_a_day_is_the_last_that_took_effect(changes: list[tuple[date, float]], day: date) -> None:
    """Against a plain reading: of all values with a day at or before, the latest day wins, then the latest said."""
    subjects = shipped_subjects()
    for effective_from, value in changes:
        change = Change(key="margins.fade", value=value, effective_from=effective_from, citation="test")
        subjects = with_change(subjects, change)
    shipped = [(date(2026, 1, 1), 0.02)]
    begun = [item for item in [*shipped, *changes] if item[0] <= day]
    entries = [item for item in subjects["margins"]["fade"] if item["effective_from"] <= day]
    expected = None
    for effective_from, value in begun:
        if expected is None or effective_from >= expected[0]:
            expected = (effective_from, value)
    found = (entries[-1]["effective_from"], entries[-1]["value"]) if entries else None
    assert json.dumps(found, default=str) == json.dumps(expected, default=str)


def test_an_open_reading_of_rule_605_is_the_firms_a_settled_one_is_not(desk: Desk) -> None:
    """It names the readings, not what figures are measured by; a text that was read cannot be voted down."""
    with desk.context() as context:
        before = policy_in_force(context.records)
    number = _propose(desk, key="rule605.directed", value="exclude", effective_from="2026-11-01")
    _approve(desk, "carl", number)
    with desk.context() as context:
        after = policy_in_force(context.records)
    reading = after.whole.rule605.on(date(2026, 11, 1))
    assert reading.value("directed") == "exclude"
    assert f"Firm policy {number}, proposed by ann, approved by carl on 2026-09-20" in reading.decided[0]
    assert (after.id, before.readings[:9], after.readings[:5]) == (before.id, "readings-", "firm-")
    with pytest.raises(RefusalError) as refused:
        _propose(desk, key="rule605.rounding.decimals", value=4, effective_from="2026-11-01")
    assert refused.value.code == "criteria_not_met"
