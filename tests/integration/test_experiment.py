"""Designed experiments end to end: planted effects are found, and what was not run as planned is said."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from experiment_flow import DAYS, Flow, take_in
from governance_desk import Desk, new_desk
from program import call
from routeproof.app.analysis.experiment.analyse import analyse
from routeproof.app.analysis.experiment.planned import around_plan, assign
from routeproof.app.objects.act import act
from routeproof.governance.decider import RefusalError
from routeproof.governance.experiment import EXPERIMENT

if TYPE_CHECKING:
    from pathlib import Path

FLOWS = (
    Flow(name="FOUND"),
    Flow(name="NONE", effect=0.0),
    Flow(name="BLOCK", unit="day_symbol"),
    Flow(name="PEEK"),
    Flow(name="SEQ", rule="sequence"),
    Flow(name="HALF", complied=0.5),
    Flow(name="LARGE", larger=True),
    Flow(name="LOST", lost=True),
    Flow(name="EMPTY", complied=0.0),
    Flow(name="STRAY", strays=True),
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


def assert_silent(found: dict[str, Any]) -> None:
    """No number of the effect, whichever reading one looks at."""
    told = [found, *found["answers"]]
    assert all(answer["refused"] for answer in told)
    assert {answer[end] for answer in told for end in ("estimate", "lower", "upper")} == {None}
    assert [answer.get("p_value") for answer in found["answers"]] == [None, None]
    assert (found["sequence"], found["first_clear"], found["figures"]) == ([], None, {})


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
    assert_silent(early)
    late = read(desk, "PEEK")
    assert (late["peeks"], late["read_by"], late["refused"]) == (1, "sequence", False)
    assert any("only the sequence holds" in said for said in late["warnings"])
    assert [answer["refused"] for answer in late["answers"]] == [True, False]


def test_a_sequence_may_be_looked_at_on_any_day(desk: Desk) -> None:
    """Ten days are needed before it says anything; then it does."""
    early = read(desk, "SEQ", DAYS[3])
    assert early["reason"] == "4 days with both arms are too few to say anything yet"
    found = read(desk, "SEQ")
    assert (found["peeks"], found["read_by"], found["refused"]) == (0, "sequence", False)
    assert [answer["refused"] for answer in found["answers"]] == [True, False]
    assert found["first_clear"] in {day.isoformat() for day in DAYS[9:]}


def test_orders_that_do_not_go_where_they_were_assigned_are_counted(desk: Desk) -> None:
    """Half of the treatment goes to P1: by intention to treat the effect is half."""
    found = read(desk, "HALF")
    arms = {arm["arm"]: arm["share"] for arm in found["compliance"]["arms"]}
    assert arms == {"treatment": pytest.approx(0.5, abs=0.15), "control": 1.0}
    assert found["estimate"] == pytest.approx(0.002, abs=0.001)
    (said,) = found["warnings"]
    assert "orders assigned to the treatment went to DIRECT" in said


def test_a_treatment_that_nobody_served_is_no_experiment(desk: Desk) -> None:
    """Four orders in five are the control's and went there; of the treatment's none did."""
    found = read(desk, "EMPTY")
    assert found["compliance"]["share"] > 0.75
    assert found["reason"].startswith("the experiment is broken: none of the ")
    assert found["reason"].endswith(" orders assigned to the treatment went to DIRECT")
    assert_silent(found)


def test_orders_that_somebody_picked_for_the_treatment_are_told(desk: Desk) -> None:
    """Every second buy of the control goes to the direct route: three in four comply, the others are buys."""
    found = read(desk, "STRAY")
    few, chosen = found["warnings"]
    assert "orders assigned to the control went to P1" in few
    assert "depends on what was known before" in chosen
    assert "most on side: " in chosen


def test_a_session_without_orders_is_named_and_is_over(tmp_path: Path) -> None:
    """Twelve sessions, one without a row on record: read after the last, no look was early."""
    made, flow = new_desk(tmp_path / "workspace"), Flow(name="GAP", without=(DAYS[5],))
    with made.context("ann") as context:
        act(context, EXPERIMENT, "GAP", "plan", flow.plan, around_plan(context))
    made.act("sam", EXPERIMENT, "GAP", "approve")
    with made.context("ann") as context:
        assign(context, "GAP")
    take_in(made, tmp_path / "files", [flow])
    found = read(made, "GAP")
    assert (found["refused"], found["peeks"], found["days"], found["days_over"]) == (False, 0, 11, 12)
    assert found["missing_days"] == [DAYS[5].isoformat()]
    assert found["warnings"] == [f"no orders are on record of {DAYS[5]}: read without, and late data would change it"]


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
    assert_silent(found)


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
