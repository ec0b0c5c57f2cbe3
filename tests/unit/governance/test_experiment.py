"""Experiments are registered before they begin, approved by another person, and every look is kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from experiment_flow import Flow
from governance_desk import Desk, new_desk
from routeproof.app.analysis.experiment.planned import around_plan, assign
from routeproof.app.objects.act import act
from routeproof.governance.decider import RefusalError
from routeproof.governance.experiment import EXPERIMENT

if TYPE_CHECKING:
    from pathlib import Path

PLAN = Flow(name="X").plan
LOOK = {"through": "2026-09-25", "days": 4, "manifest": "m", "orders": 9, "reason": "too early"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on 21 September 2026."""
    return new_desk(tmp_path)


def plan(desk: Desk, name: str = "X", on: date | None = None, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """Ann plans."""
    with desk.context("ann", on) as context:
        return act(context, EXPERIMENT, name, "plan", PLAN | changed, around_plan(context))


def refused(desk: Desk) -> str:
    """Code of the last refusal on record."""
    with desk.context() as context:
        return str(context.records.entries()[-1].fact.payload["code"])


def test_from_plan_to_end(desk: Desk) -> None:
    """Planned, approved, assigned, looked at, ended; the question is shown, the look is no new version."""
    assert plan(desk)["state"] == "planned"
    desk.act("sam", EXPERIMENT, "X", "approve")
    with desk.context("ann") as context:
        first, table = assign(context, "X", ["C-1", "C-2"])
        again, same = assign(context, "X", ["C-1", "C-2"])
    assert (first["state"], table, again["version"]) == ("assigned", same, first["version"])
    looked = desk.act("abe", EXPERIMENT, "X", "look", LOOK)
    assert (looked["version"], looked["peeks"], looked["looks"][0]["by"]) == (first["version"], 1, "abe")
    ended = desk.act("sam", EXPERIMENT, "X", "end", {"conclusion": "Nothing learned."})
    assert (ended["state"], ended["conclusion"], ended["question"]) == ("ended", "Nothing learned.", PLAN["question"])
    desk.act("ann", EXPERIMENT, "X", "look", LOOK)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"share": "0.3"}, "a share above 0 and up to 0.2"),
        ({"share": "0"}, "a share above 0"),
        ({"days": 5}, "at least 10 sessions"),
        ({"control": "DIRECT"}, "two different arms"),
        ({"metric": "executions"}, "a mean or a ratio of sums"),
        ({"unit": "day_symbol"}, "symbols where the unit"),
        ({"eligible": ["venue=XNAS"]}, "what is known before"),
        ({"eligible": ["order_class=never_executable"]}, "order classes that are known before"),
        ({"eligible": ["order_class = market, non_marketable"]}, "order classes that are known before"),
        ({"eligible": ["order_class<n"]}, "order classes that are known before"),
        ({"rule": "sequence", "days": 10}, "more than 10 sessions"),
        ({"first_on": "2026-09-21"}, "before the first day"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(desk: Desk, changed: dict[str, Any], said: str) -> None:
    """Too much of the flow, too few days, one arm, no mean, what nobody knows before, begun already."""
    with pytest.raises(RefusalError, match=said) as refusal:
        plan(desk, **changed)
    assert refusal.value.code == "criteria_not_met"


def test_what_is_known_at_receipt_may_be_asked_for(desk: Desk) -> None:
    """Resting orders as a whole, marketable classes, sizes; a sequence of eleven sessions."""
    known = ["order_class=non_marketable,never_executable", "order_class=market", "quantity>=100", "quantity<500"]
    assert plan(desk, eligible=known, rule="sequence", days=11)["state"] == "planned"


def test_nobody_approves_an_own_plan_and_nobody_late(desk: Desk) -> None:
    """Own work; and on the first day it is too late for approving and for assigning."""
    with desk.context("sam") as context:
        act(context, EXPERIMENT, "X", "plan", PLAN, around_plan(context))
    with pytest.raises(RefusalError) as own:
        desk.act("sam", EXPERIMENT, "X", "approve")
    assert own.value.code == "own_work"
    with (
        desk.claiming("sue", date(2026, 9, 22)) as context,
        pytest.raises(RefusalError, match="approve before the first day"),
    ):
        act(context, EXPERIMENT, "X", "approve")
    desk.act("sue", EXPERIMENT, "X", "approve")
    with desk.context("ann", date(2026, 9, 22)) as context, pytest.raises(RefusalError, match="assign before"):
        assign(context, "X")


def test_another_table_than_the_one_on_record_is_refused(desk: Desk) -> None:
    """Who brings another hash brings another table."""
    plan(desk)
    desk.act("sam", EXPERIMENT, "X", "approve")
    with desk.context("ann") as context:
        assign(context, "X")
    body = {"sha256": "0" * 64, "units": 0, "last_on": "2026-10-07"}
    with pytest.raises(RefusalError, match="the assignment on record"):
        desk.act("ann", EXPERIMENT, "X", "assign", body)


def test_states_that_do_not_fit_are_refused(desk: Desk) -> None:
    """Looked at before it is assigned; planned twice; assigned before it is approved."""
    plan(desk)
    for verb, body in (
        ("look", LOOK),
        ("plan", PLAN),
        ("assign", {"sha256": "0" * 64, "units": 0, "last_on": "2026-10-07"}),
    ):
        with pytest.raises(RefusalError) as refusal:
            desk.act("ann", EXPERIMENT, "X", verb, body)
        assert refusal.value.code == "wrong_state"


def test_by_day_and_security_the_table_is_whole(desk: Desk) -> None:
    """Twelve sessions of five securities, one of them treated each day."""
    flow = Flow(name="B", unit="day_symbol")
    with desk.context("ann") as context:
        act(context, EXPERIMENT, "B", "plan", flow.plan, around_plan(context))
    desk.act("sam", EXPERIMENT, "B", "approve")
    with desk.context("ann") as context:
        state, table = assign(context, "B")
    assert (len(table.rows), state["assignment"]["units"], state["assignment"]["last_on"]) == (60, 60, "2026-10-07")
    assert sum(row[2] == "DIRECT" for row in table.rows) == 12
    assert state["assignment"]["sha256"] == table.sha256
