"""Designed experiments end to end: planted effects are found, and what was not run as planned is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from experiment_flow import DAYS, Flow, take_in
from governance_desk import Desk, new_desk
from program import call
from routeproof.app.analysis.experiment.analyse import analyse
from routeproof.app.analysis.experiment.planned import around_plan, assign
from routeproof.app.objects.act import act
from routeproof.governance.decider import RefusalError
from routeproof.governance.experiment import EXPERIMENT

FLOWS = (
    Flow(name="FOUND"),
    Flow(name="NONE", effect=0.0),
    Flow(name="BLOCK", unit="day_symbol"),
    Flow(name="PEEK"),
    Flow(name="SEQ", rule="sequence"),
    Flow(name="HALF", complied=0.5),
    Flow(name="LARGE", larger=True),
    Flow(name="LOST", lost=True),
    Flow(name="LATE"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the experiments planned by ann, approved by sam, assigned by ann, and run."""
    folder = tmp_path_factory.mktemp("experiments")
    made = new_desk(folder / "workspace")
    day = date(2026, 9, 21)
    for flow in FLOWS:
        if flow.name == "LATE":
            made.clock.pass_days(5)
        with made.context("ann", day) as context:
            act(context, EXPERIMENT, flow.name, "plan", flow.plan, around_plan(context))
        made.act("sam", EXPERIMENT, flow.name, "approve", on=day)
        with made.context("ann", day) as context:
            assign(context, flow.name)
    take_in(made, folder / "files", FLOWS)
    return made


def read(desk: Desk, name: str, last: date | None = None) -> dict[str, Any]:
    """One look."""
    with desk.context("ann") as context:
        return analyse(context, name, last)


def test_a_planted_effect_is_found_and_the_look_is_on_record(desk: Desk) -> None:
    """0.4 cents a share more on the direct route: by both intervals; the same seed gives the same bits."""
    found = read(desk, "FOUND")
    assert (found["broken"], found["warnings"], found["peeks"], found["refused"]) == ([], [], 0, False)
    assert found["read_by"] == "randomisation"
    assert found["lower"] < 0.004 < found["upper"]
    assert found["estimate"] == pytest.approx(0.004, abs=0.0006)
    by_draws, running = found["answers"]
    assert (by_draws["p_value"], by_draws["assignments"], by_draws["exhaustive"]) == (0.001, 1000, False)
    assert running["lower"] < 0.004 < running["upper"]
    assert found["compliance"]["share"] == 1.0
    again = read(desk, "FOUND")
    assert {**again, "looks": 1, "ledger_index": found["ledger_index"]} == found
    looks = desk.show(EXPERIMENT, "FOUND")["looks"]
    assert [(look["by"], look["days"], look["estimate"]) for look in looks] == [("ann", 12, found["estimate"])] * 2
    assert {"seed", "manifest", "policy_version", "n", "reason", "assumptions"} <= found.keys()


def test_without_an_effect_nothing_is_found(desk: Desk) -> None:
    """The interval holds 0."""
    found = read(desk, "NONE")
    assert found["lower"] < 0.0 < found["upper"]
    assert found["first_clear"] is None


def test_days_and_securities_as_units(desk: Desk) -> None:
    """One security of five each day goes to the treatment: 12 days of 8 orders."""
    found = read(desk, "BLOCK")
    assert found["broken"] == []
    assert found["lower"] < 0.004 < found["upper"]
    assert (found["assigned"]["treatment"], found["assigned"]["ratio_p"]) == (96, None)


def test_a_look_before_the_days_are_over_says_nothing_and_is_remembered(desk: Desk) -> None:
    """The plan's rule is to read once; the reading at the end rests on the sequence, and says why."""
    early = read(desk, "PEEK", DAYS[5])
    assert early["refused"]
    assert early["reason"] == "6 of 12 days are over, and the rule is to read once, after all"
    late = read(desk, "PEEK")
    assert (late["peeks"], late["read_by"], late["refused"]) == (1, "sequence", False)
    assert any("only the sequence holds" in said for said in late["warnings"])


def test_a_sequence_may_be_looked_at_on_any_day(desk: Desk) -> None:
    """Ten days are needed before it says anything; then it does."""
    early = read(desk, "SEQ", DAYS[3])
    assert early["reason"] == "4 days with both arms are too few to say anything yet"
    found = read(desk, "SEQ")
    assert (found["peeks"], found["read_by"], found["refused"]) == (0, "sequence", False)
    assert found["first_clear"] in {day.isoformat() for day in DAYS[9:]}


def test_orders_that_do_not_go_where_they_were_assigned_are_counted(desk: Desk) -> None:
    """Half of the treatment goes to P1: by intention to treat the effect is half."""
    found = read(desk, "HALF")
    arms = {arm["arm"]: arm["share"] for arm in found["compliance"]["arms"]}
    assert arms == {"treatment": pytest.approx(0.5, abs=0.15), "control": 1.0}
    assert found["estimate"] == pytest.approx(0.002, abs=0.001)


def test_arms_that_differ_in_what_came_before_are_no_experiment(desk: Desk) -> None:
    """Somebody sends large orders to the treatment."""
    found = read(desk, "LARGE")
    assert found["refused"]
    assert found["reason"].startswith("the experiment is broken: the arms differ in what came before")
    assert "most in size" in found["reason"]


def test_orders_that_are_missing_from_one_arm_are_no_experiment(desk: Desk) -> None:
    """Two in three of the treatment's orders never came in."""
    found = read(desk, "LOST")
    assert found["refused"]
    assert "where 0.2 was planned" in found["reason"]


def test_what_is_registered_afterwards_and_dated_back_is_no_experiment(desk: Desk) -> None:
    """Written down on the 26th, dated the 21st, begun on the 22nd."""
    found = read(desk, "LATE")
    assert found["reason"] == (
        "the experiment is broken: it was registered on 2026-09-26, when it had begun (2026-09-22)"
    )


def test_people_read_it_in_lines(desk: Desk) -> None:
    """The command says what was found and what was not run as planned, and records the look."""
    said = call("experiment", "analyse", "FOUND", "--as", "ann", "-w", str(desk.root)).stdout
    assert "FOUND: price_improvement_usd_per_share, DIRECT less P1, 12 of 12 days" in said
    assert "Read by randomisation (rule: fixed)" in said
    broken = call("experiment", "analyse", "LOST", "--as", "ann", "-w", str(desk.root)).stdout
    assert "Beware: " in broken
    assert "No answer: the experiment is broken" in broken


def test_nothing_is_read_of_what_was_not_assigned(desk: Desk) -> None:
    """A plan alone is no experiment."""
    with desk.context("ann", date(2026, 9, 21)) as context:
        act(context, EXPERIMENT, "LATER", "plan", FLOWS[0].plan, around_plan(context))
        with pytest.raises(RefusalError, match="to be assigned"):
            analyse(context, "LATER")
