"""Remediation: each step after the one before, with its documents; restored only by the criteria, or by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.objects.fold import fold, object_of
from routeproof.app.provider.file import provider_around
from routeproof.governance.decider import RefusalError
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.vocab.errors import UsageError
from unit.governance.remediation_case import (
    BODIES,
    STEPS,
    look_on,
    look_with,
    opened,
    stands_after,
    step,
)

if TYPE_CHECKING:
    from pathlib import Path

STATES = ("opened", "notified", "acknowledged", "investigating", "planned", "heightened")
BAD, GOOD = 0.5, 0.6
WEEKS = (("2026-10-05", "2026-10-11"), ("2026-10-12", "2026-10-18"), ("2026-10-19", "2026-10-25"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _refused(desk: Desk, verb: str, body: dict[str, Any] | None = None, person: str = "", of: str = "R1") -> str:
    with pytest.raises(RefusalError) as refused:
        step(desk, verb, body, person, of=of)
    return refused.value.code


def _conclude(outcome: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"outcome": outcome, "rationale": "because", **more}


def test_the_steps_follow_each_other_and_say_what_comes_next(desk: Desk) -> None:
    """The steps follow each other and say what comes next."""
    state = opened(desk)
    needs = {
        "notify": ["addressee"],
        "acknowledge": ["received_on", "by"],
        "investigate": ["hypotheses", "root_cause", "text"],
        "plan": ["actions"],
        "heighten": ["until", "thresholds", "review_every_days", "exit"],
    }
    for verb, stands in zip(STEPS, STATES[1:], strict=True):
        assert state["needs"] == needs[verb]
        state = step(desk, verb)
        assert state["state"] == stands
    assert state["needs"] == ["outcome", "rationale"]
    assert state["id"] == "R1"


@pytest.mark.parametrize("after", [None, *STEPS])
def test_a_step_out_of_order_is_refused(desk: Desk, after: str | None) -> None:
    """A step out of order is refused; investigation, plan and monitoring may be taken further."""
    stands_after(desk, after)
    place = STEPS.index(after) + 1 if after else 0
    again = {"investigate", "plan", "heighten"}
    allowed = {STEPS[place]} if place < len(STEPS) else set()
    allowed |= {after} & again if after else set()
    for verb in STEPS:
        if verb not in allowed:
            assert _refused(desk, verb) == "wrong_state", verb
    if after not in ("plan", "heighten"):
        assert _refused(desk, "done", {"action": "A1"}) == "wrong_state"
    if after != "heighten":
        assert _refused(desk, "look") == "wrong_state"


def test_numbers_follow_and_two_at_once_get_two(desk: Desk) -> None:
    """Numbers follow, and many opened at once get one each; nothing is refused."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        ids = list(pool.map(lambda _: opened(desk)["id"], range(8)))
    assert sorted(ids) == [f"R{number}" for number in range(1, 9)]
    with desk.context() as context:
        assert context.records.stream("refusals") == []


@pytest.mark.parametrize("verb", STEPS)
def test_an_examiner_takes_no_step(desk: Desk, verb: str) -> None:
    """An examiner takes no step, nor does an analyst heighten or conclude."""
    before = STEPS[STEPS.index(verb) - 1] if verb != "notify" else None
    stands_after(desk, before)
    assert _refused(desk, verb, person="ed") == "not_permitted"
    if verb == "heighten":
        assert _refused(desk, verb, person="ann") == "not_permitted"


def test_the_letter_is_kept_and_names_are_not_in_the_ledger(desk: Desk) -> None:
    """The letter is kept in three forms; names and texts are not in the ledger."""
    state = stands_after(desk, "investigate")
    (letter,) = state["letters"]
    assert sorted(letter["files"]) == ["letter.html", "letter.json", "letter.pdf"]
    assert "We spoke on Monday." in letter["text"]
    assert "Limit orders fill less often than agreed." in letter["text"]
    assert "No figure of the quarter stands behind this letter" in letter["text"]
    with desk.context() as context:
        assert context.evidence.get(letter["files"]["letter.pdf"]).content.startswith(b"%PDF")
        ledger = b"".join(context.records.entries()).decode()
    for text in ("R. Vendor", "spoke on Monday", "fill less often", "3 August", "stale quotes"):
        assert text not in ledger


@pytest.mark.parametrize("body", [{"addressee": "x", "text": "own"}, {"addressee": 3}, {"addresse": "x"}])
def test_a_letter_takes_addressee_and_body_only(desk: Desk, body: dict[str, Any]) -> None:
    """A letter takes addressee and body only."""
    opened(desk)
    with pytest.raises(UsageError):
        step(desk, "notify", body)


@pytest.mark.parametrize("body", [{}, {"addressee": ""}, {"addressee": " ", "body": "As agreed."}])
def test_a_step_without_what_it_needs_is_incomplete(desk: Desk, body: dict[str, Any]) -> None:
    """What `needs` names and the body lacks, or fills with blanks, is refused as incomplete."""
    opened(desk)
    assert _refused(desk, "notify", body) == "incomplete"


@pytest.mark.parametrize("plan", [None, "", "  "])
def test_a_termination_without_a_plan_in_words_is_incomplete(desk: Desk, plan: str | None) -> None:
    """Blanks are no transition plan."""
    stands_after(desk, "notify")
    body = {"outcome": "terminated", "rationale": "No answer.", "transition_plan": plan}
    assert _refused(desk, "conclude", body, "sam") == "incomplete"


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-10-04", "before the letter"), ("2026-10-05", ""), ("2026-10-06", "after it was recorded")],
)
def test_a_receipt_that_cannot_be_shows(desk: Desk, day: str, said: str) -> None:
    """A receipt before the letter, or after it was recorded, shows for whoever reads the file."""
    stands_after(desk, "notify")
    state = step(desk, "acknowledge", {"received_on": day, "by": "x"})
    assert [said in warning for warning in state["warnings"]] == ([True] if said else [])


def test_a_cause_outside_the_list_is_other_in_words(desk: Desk) -> None:
    """A cause outside the list is `other`, in the words that were given."""
    stands_after(desk, "acknowledge")
    for given, cause, words in (
        ("routing logic", "routing_logic", None),
        ("moon phase", "other", "moon phase"),
        ("other", "other", BODIES["investigate"]["text"]),
    ):
        state = step(desk, "investigate", {**BODIES["investigate"], "root_cause": given})
        assert (state["investigation"][-1]["root_cause"], state["investigation"][-1]["root_cause_words"]) == (
            cause,
            words,
        )


def test_evidence_is_filed_by_hash(desk: Desk, tmp_path: Path) -> None:
    """Evidence and correspondence are filed by hash, with the name of the file."""
    path = tmp_path / "trace.csv"
    path.write_text("at,venue\n", encoding="utf-8")
    stands_after(desk, "acknowledge")
    step(desk, "investigate", {**BODIES["investigate"], "evidence": [str(path)]})
    state = step(desk, "correspond", {"files": [str(path)], "subject": "trace"})
    assert [item["name"] for item in state["documents"] if item["name"] == "trace.csv"] == ["trace.csv"] * 2
    assert state["correspondence"][0]["subject"] == "trace"
    assert _refused(desk, "correspond", {"subject": "nothing"}) == "incomplete"


@pytest.mark.parametrize(
    "body",
    [
        {"actions": []},
        {"actions": [BODIES["plan"]["actions"][0], BODIES["plan"]["actions"][0]]},
    ],
)
def test_a_plan_has_actions_each_once(desk: Desk, body: dict[str, Any]) -> None:
    """A plan has actions, each once."""
    stands_after(desk, "investigate")
    assert _refused(desk, "plan", body) == "incomplete"


def test_what_was_done_stays_done_in_a_further_plan(desk: Desk) -> None:
    """What was done stays done in a further plan, and is done once."""
    stands_after(desk, "plan")
    step(desk, "done", {"action": "A1"})
    assert _refused(desk, "done", {"action": "A1"}) == "wrong_state"
    assert _refused(desk, "done", {"action": "A9"}) == "wrong_state"
    state = step(desk, "plan")
    assert [(item["id"], item["done_on"]) for item in state["actions"]] == [("A1", "2026-10-05"), ("A2", None)]


def test_monitoring_of_one_day_shows(desk: Desk) -> None:
    """Begun on its last day, which shows for whoever reads the file; begun again with a later one, it does not."""
    stands_after(desk, "plan")
    (warning,) = step(desk, "heighten", {**BODIES["heighten"], "until": "2026-10-05"})["warnings"]
    assert "not before its last day 2026-10-05" in warning
    assert step(desk, "heighten")["warnings"] == []


def test_monitoring_needs_thresholds(desk: Desk) -> None:
    """Monitoring needs thresholds."""
    stands_after(desk, "plan")
    assert _refused(desk, "heighten", {**BODIES["heighten"], "thresholds": {}}) == "incomplete"


@pytest.mark.parametrize("exit_test", [{}, {"at_least": 1, "at_most": 2}])
def test_an_exit_test_has_one_bound(desk: Desk, exit_test: dict[str, Any]) -> None:
    """An exit test has one bound."""
    stands_after(desk, "plan")
    bounds = {"metric": "limit_fill_rate_shares", "looks": 1, **exit_test}
    with pytest.raises(UsageError, match="at_least or at_most"):
        step(desk, "heighten", {**BODIES["heighten"], "exit": bounds})


def _restorable(desk: Desk, *values: float | None) -> None:
    stands_after(desk, "heighten")
    for action in ("A1", "A2"):
        step(desk, "done", {"action": action})
    for (first, last), value in zip(WEEKS, values, strict=False):
        look_with(desk, (first, last, value))


@pytest.mark.parametrize(
    "values", [(), (GOOD,), (GOOD, BAD), (BAD, GOOD), (GOOD, BAD, GOOD), (GOOD, None), (GOOD, GOOD, BAD)]
)
def test_an_unmet_exit_test_restores_nothing(desk: Desk, values: tuple[float | None, ...]) -> None:
    """No looks, too few, or not in a row: the exit test is unmet and nothing is restored."""
    _restorable(desk, *values)
    assert _refused(desk, "conclude", _conclude("restored"), "sam") == "criteria_not_met"
    assert look_on(desk)["state"] == "heightened"


@pytest.mark.parametrize("values", [(GOOD, GOOD), (BAD, GOOD, 0.7)])
def test_enough_looks_in_a_row_restore(desk: Desk, values: tuple[float, ...]) -> None:
    """Enough looks in a row restore, exactly at the bound too."""
    _restorable(desk, *values)
    state = step(desk, "conclude", _conclude("restored", override=True), "sam")
    assert (state["state"], state["override"], state["look_again_on"]) == ("restored", False, None)
    assert (state["needs"], state["overdue"]) == ([], [])


def test_a_look_shorter_than_a_review_counts_for_nothing(desk: Desk) -> None:
    """A look shorter than a review counts for nothing, so that many short ones do not restore."""
    _restorable(desk)
    look_with(desk, ("2026-10-05", "2026-10-07", GOOD))
    state = look_with(desk, ("2026-10-08", "2026-10-10", GOOD))
    assert [look["counts"] for look in state["looks"]] == [False, False]
    assert state["exit"]["passed_in_a_row"] == 0


def test_a_look_over_days_already_looked_at_is_refused(desk: Desk) -> None:
    """A look over days that were looked at meanwhile is refused."""
    _restorable(desk, GOOD)
    with pytest.raises(RefusalError) as refused:
        look_with(desk, (*WEEKS[0], GOOD))
    assert refused.value.code == "outdated_version"


def test_a_new_exit_test_begins_anew(desk: Desk) -> None:
    """A new exit test begins anew: looks at the old one do not count."""
    _restorable(desk, GOOD, GOOD)
    state = step(desk, "heighten")
    assert (len(state["looks"]), state["exit"]["passed_in_a_row"]) == (2, 0)


def test_an_unfinished_action_restores_nothing(desk: Desk) -> None:
    """An unfinished action restores nothing."""
    stands_after(desk, "heighten")
    step(desk, "done", {"action": "A1"})
    for first, last in WEEKS[:2]:
        look_with(desk, (first, last, GOOD))
    with pytest.raises(RefusalError, match="action A2 is not done") as refused:
        step(desk, "conclude", _conclude("restored"), "sam")
    assert refused.value.code == "criteria_not_met"


def test_only_compliance_overrides_and_it_shows_for_ever(desk: Desk) -> None:
    """Only compliance overrides the criteria; it shows for ever, and names a day to look again."""
    stands_after(desk, "heighten")
    override = _conclude("restored", override=True)
    assert _refused(desk, "conclude", override, "sam") == "not_permitted"
    state = step(desk, "conclude", override, "carl")
    assert (state["state"], state["override"], state["look_again_on"]) == ("restored", True, "2026-11-04")
    assert state["concluded"]["unmet"][0] == "action A1 is not done"
    assert look_on(desk, date(2036, 1, 1))["override"] is True


@pytest.mark.parametrize("after", ["notify", "acknowledge", "investigate", "plan", "heighten"])
def test_termination_needs_a_transition_plan(desk: Desk, after: str) -> None:
    """Termination needs a transition plan, and is possible once the provider was told."""
    stands_after(desk, after)
    assert _refused(desk, "conclude", _conclude("terminated"), "sam") == "incomplete"
    plan = _conclude("terminated", transition_plan="Q takes the flow from 1 November.")
    state = step(desk, "conclude", plan, "sam")
    assert state["state"] == "terminated"
    assert state["concluded"]["transition_plan"] == "Q takes the flow from 1 November."


def test_termination_ends_the_file_of_the_provider(desk: Desk) -> None:
    """Termination ends the file of the provider, where there is one, and names the remediation there."""
    with desk.context("ann") as context:
        around = provider_around(context)
    desk.act("ann", PROVIDER, "P", "add", {"name": "P Inc.", "role": "technology_only", "venues": []}, around=around)
    stands_after(desk, "notify")
    step(desk, "conclude", _conclude("terminated", transition_plan="Q takes over."), "sam")
    with desk.context() as context:
        ended = object_of(context.records, PROVIDER, "P")
    assert ended is not None
    assert ended.state.state == "terminated"
    assert ended.state.termination is not None
    assert ended.state.termination.remediation == "R1"


@pytest.mark.parametrize("outcome", ["routing_modified", "justified", "restored"])
def test_other_outcomes_need_an_investigation(desk: Desk, outcome: str) -> None:
    """Other outcomes need an investigation; nothing is concluded before the provider was told."""
    stands_after(desk, "acknowledge")
    assert _refused(desk, "conclude", _conclude(outcome), "sam") == "wrong_state"
    opened(desk)
    terminated = _conclude("terminated", transition_plan="x")
    assert _refused(desk, "conclude", terminated, "sam", of="R2") == "wrong_state"


def test_what_is_concluded_takes_no_further_step(desk: Desk) -> None:
    """What is concluded takes no further step; letters may still be filed."""
    stands_after(desk, "plan")
    step(desk, "conclude", _conclude("justified"), "sam")
    for verb in STEPS:
        assert _refused(desk, verb) == "wrong_state"
    assert _refused(desk, "done", {"action": "A1"}) == "wrong_state"
    assert _refused(desk, "conclude", _conclude("justified"), "sam") == "wrong_state"
    assert step(desk, "correspond", {"text": "Thank you."})["state"] == "justified"


@pytest.mark.parametrize(
    ("after", "day", "late"),
    [
        (None, date(2026, 10, 15), []),
        (None, date(2026, 10, 16), ["notify"]),
        ("notify", date(2026, 10, 16), ["acknowledge"]),
        ("plan", date(2026, 10, 21), ["heighten", "action A1"]),
        ("heighten", date(2026, 10, 12), []),
        ("heighten", date(2026, 10, 13), ["look"]),
        ("heighten", date(2027, 1, 1), ["look", "action A1", "action A2", "conclude"]),
    ],
)
def test_what_is_late_shows(desk: Desk, after: str | None, day: date, late: list[str]) -> None:
    """What is late shows, from the day after it was due."""
    stands_after(desk, after)
    assert [item["what"] for item in look_on(desk, day)["overdue"]] == late


def test_replay_gives_what_lists_show(desk: Desk) -> None:
    """Replay gives what lists show."""
    _restorable(desk, GOOD, GOOD)
    step(desk, "conclude", _conclude("restored"), "sam")
    with desk.context() as context:
        version = fold(REMEDIATION, context.records.stream("remediation/R1"))
        rows = context.records.query(
            "SELECT version_hash, ledger_index FROM governance_objects WHERE noun = 'remediation'", {}
        )
    assert version is not None
    assert [tuple(row) for row in rows] == [(version.version_hash, version.ledger_index)]
