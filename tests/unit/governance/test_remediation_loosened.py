"""What was promised in a remediation stays promised: actions that a plan leaves out, exit tests that ask for less."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.desk.remediation import policy_of
from routeproof.app.firm.duties import duties_of
from routeproof.app.objects.act import act
from routeproof.governance.decider import Event, Happened, RefusalError
from routeproof.governance.remediation.evolve import fold_remediation
from routeproof.governance.remediation.noun import REMEDIATION
from unit.governance.remediation_case import BODIES, DAY, look_on, look_with, opened, stands_after, step

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.governance.remediation.state import Remediation

FIRST, SECOND = BODIES["plan"]["actions"]
ONE_ACTION = {"actions": [FIRST]}
TEST = BODIES["heighten"]["exit"]
LATE = date(2026, 12, 1)
WEEKS = (("2026-10-05", "2026-10-11"), ("2026-10-12", "2026-10-18"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _refused(desk: Desk, verb: str, body: dict[str, Any], person: str = "", on: date = DAY) -> str:
    with pytest.raises(RefusalError) as refused:
        step(desk, verb, body, person, on)
    return refused.value.code


def _actions_owed(desk: Desk, day: date) -> dict[str, str]:
    with desk.context(on=day) as context:
        duties = duties_of(context.records, day)
    return {item.id: item.state for item in duties if item.id.startswith("remediation_action")}


def _restored(override: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  # as in the body
    return {"outcome": "restored", "rationale": "because", "override": override}


def test_an_action_that_a_further_plan_leaves_out_is_still_to_be_done(desk: Desk) -> None:
    """It restores nothing, and its duty stays, on days before the further plan too."""
    stands_after(desk, "plan")
    step(desk, "done", {"action": "A1"})
    assert [item["id"] for item in step(desk, "plan", ONE_ACTION, on=LATE)["actions"]] == ["A1", "A2"]
    step(desk, "heighten", on=LATE, body={**BODIES["heighten"], "until": "2027-01-31"})
    with pytest.raises(RefusalError, match="action A2 is not done"):
        step(desk, "conclude", _restored(), "sam", on=LATE)
    for day in (date(2026, 11, 21), LATE):
        assert _actions_owed(desk, day)["remediation_action:R1:A2"] == "overdue"


def test_the_due_day_of_an_overdue_action_stays(desk: Desk) -> None:
    """Whatever business date is given; before the day has passed it may be moved, and words may always change."""
    stands_after(desk, "plan")
    moved = {"actions": [{**SECOND, "due_on": "2026-11-25"}]}
    step(desk, "plan", moved)
    desk.clock.reach(LATE)
    later = {"actions": [{**SECOND, "due_on": "2027-03-01"}]}
    assert _refused(desk, "plan", later, on=LATE) == "wrong_state"
    with desk.claiming("ann", DAY) as context, pytest.raises(RefusalError):
        act(context, REMEDIATION, "R1", "plan", later, lambda records: policy_of(context, records))
    state = step(desk, "plan", {"actions": [{**SECOND, "due_on": "2026-11-25", "text": "Tell us"}]}, on=LATE)
    assert [(item["text"], item["due_on"]) for item in state["actions"][1:]] == [("Tell us", "2026-11-25")]


def test_an_action_is_withdrawn_by_another_person_with_a_reason(desk: Desk) -> None:
    """Not by who planned it, not without a reason, not as of an earlier day; it was owed until then."""
    stands_after(desk, "plan")
    step(desk, "done", {"action": "A1"})
    gone = {"action": "A2", "reason": "P Inc. has left that venue"}
    assert _refused(desk, "withdraw", gone, "ann") == "own_work"
    desk.clock.reach(LATE)
    with desk.claiming("sam", DAY) as context, pytest.raises(RefusalError, match="backdated"):
        act(context, REMEDIATION, "R1", "withdraw", gone)
    state = step(desk, "withdraw", gone, "sam", on=LATE)
    (action,) = (item for item in state["actions"] if item["id"] == "A2")
    assert (action["withdrawn_by"], action["withdrawal"]) == ("sam", "P Inc. has left that venue")
    assert _actions_owed(desk, date(2026, 11, 30))["remediation_action:R1:A2"] == "overdue"
    assert "remediation_action:R1:A2" not in _actions_owed(desk, LATE)
    assert state["overdue"] == [] or all("A2" not in item["what"] for item in state["overdue"])
    assert _refused(desk, "done", {"action": "A2"}, on=LATE) == "wrong_state"
    assert _refused(desk, "plan", {"actions": [SECOND]}, on=LATE) == "wrong_state"


def test_a_plan_whose_every_action_was_withdrawn_is_none(desk: Desk) -> None:
    """There is then no corrective action, and nothing is restored."""
    stands_after(desk, "heighten")
    for name in ("A1", "A2"):
        step(desk, "withdraw", {"action": name, "reason": "not needed"}, "sam")
    for week in WEEKS:
        look_with(desk, (*week, 0.7))
    with pytest.raises(RefusalError, match="there is no corrective action"):
        step(desk, "conclude", _restored(), "sam")


def test_a_further_plan_gives_no_further_time(desk: Desk) -> None:
    """Monitoring is expected so many days after the first plan."""
    first = stands_after(desk, "plan")
    assert step(desk, "plan", ONE_ACTION, on=date(2026, 10, 12))["since"] == first["since"] == "2026-10-05"


LOOSER = [
    {**TEST, "at_least": 0.59},
    {**TEST, "looks": 1},
    {**TEST, "metric": "fill_rate_shares"},
    {"metric": "limit_fill_rate_shares", "at_most": 99, "looks": 2},
    {**TEST, "where": ["order_class=market"]},
]


@pytest.mark.parametrize("exit_test", LOOSER)
def test_restoring_by_a_test_that_asks_for_less_is_an_override(desk: Desk, exit_test: dict[str, Any]) -> None:
    """Even when it was met: by compliance alone, and what was asked before stays on record."""
    stands_after(desk, "heighten")
    for name in ("A1", "A2"):
        step(desk, "done", {"action": name})
    state = step(desk, "heighten", {**BODIES["heighten"], "exit": exit_test}, "sue")
    assert any("asks for less" in item for item in state["warnings"])
    for week in WEEKS:
        _look(desk, exit_test["metric"], week)
    with pytest.raises(RefusalError, match="2 looks of 7 days with limit_fill_rate_shares at least") as refused:
        step(desk, "conclude", _restored(), "sam")
    assert refused.value.code == "criteria_not_met"
    state = step(desk, "conclude", _restored(override=True), "carl")
    assert (state["state"], state["override"], len(state["concluded"]["unmet"])) == ("restored", True, 1)


def _look(desk: Desk, metric: str, week: tuple[str, str]) -> None:
    look = {"from_on": week[0], "to_on": week[1], "metric": metric, "value": 0.7, "n": 9}
    with desk.context("ann", date(2026, 11, 30)) as context:
        act(context, REMEDIATION, "R1", "look", {}, lambda records: {**policy_of(context, records), "looks": [look]})


def test_fewer_days_looked_at_ask_for_less(desk: Desk) -> None:
    """Two looks of a day each instead of two weeks; a test as strict as the first one asks for no less again."""
    stands_after(desk, "heighten")
    state = step(desk, "heighten", {**BODIES["heighten"], "review_every_days": 1})
    assert any("asks for less" in item for item in state["warnings"])
    again = step(desk, "heighten", {**BODIES["heighten"], "exit": {**TEST, "looks": 1}})
    assert any("2 looks of 7 days" in item for item in again["warnings"])
    stricter = {**BODIES["heighten"], "exit": {**TEST, "at_least": 0.61, "looks": 3}}
    assert step(desk, "heighten", stricter)["warnings"] == []


def test_plans_of_earlier_programs_keep_their_meaning(desk: Desk) -> None:
    """The first version of the event was the whole plan, and said nothing of who planned."""
    opened(desk)
    with desk.context() as context:
        (entry,) = context.records.stream("remediation/R1")
    state: Remediation | None = fold_remediation(
        None, Happened(Event("remediation.opened", entry.fact.payload), "ann", "analyst", DAY, 1, 1)
    )
    for actions in ([FIRST, SECOND], [FIRST]):
        event = Event("remediation.planned", {"actions": actions})
        state = fold_remediation(state, Happened(event, "ann", "analyst", DAY, 2, 2))
    assert state is not None
    (action,) = state.model_dump(mode="json")["actions"]
    assert action["id"] == "A1"
    assert set(action) == {
        *("id", "text", "owner", "due_on", "expected_effect", "done_on", "done_by", "done_text", "done_files")
    }
    assert look_on(desk)["state"] == "opened"
