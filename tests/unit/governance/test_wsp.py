"""Procedures: versions by two persons, in force by date, every sentence answered for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.firm.duties import done_duties
from routeproof.app.firm.procedure_files import write_template
from routeproof.app.firm.procedure_report import procedure_report
from routeproof.app.firm.procedures import procedures_shown, propose_procedure
from routeproof.app.objects.fold import object_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.decider import RefusalError
from routeproof.governance.wsp import WSP
from routeproof.ledger.canonical import canonical_bytes
from routeproof.policy.procedures import KINDS, STATEMENT, sentences_of
from routeproof.stores.shipped_procedures import TEMPLATES, load_controls, load_template
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 20), date(2026, 10, 1), date(2026, 11, 1)
TEXT = """# Desk

> Not a sentence.

- [A-1] The desk looks daily. [A-2] It says so
  in writing.
- It also has a sentence without a mark.
"""
BODY: dict[str, Any] = {"title": "Desk", "text": TEXT, "bindings": {"A-1": ["command:ingest"], "A-2": [STATEMENT]}}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _propose(desk: Desk, by: str = "sam", on: date = SEPTEMBER, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    with desk.context(by, on) as context:
        return propose_procedure(context, "desk", {**BODY, "effective_from": OCTOBER.isoformat(), **changes})


def _in_force(desk: Desk, day: date) -> list[int]:
    with desk.context() as context:
        return [item["procedure_version"] for item in procedures_shown(context, day)["procedures"]]


def test_sentences_carry_their_marks_over_lines_and_within_a_paragraph() -> None:
    """By hand: two marked sentences of one item, one without a mark in line 7; quotation and heading are none."""
    found = [(one.id, one.text, one.heading, one.line) for one in sentences_of(TEXT)]
    assert found == [
        ("A-1", "The desk looks daily.", "Desk", 5),
        ("A-2", "It says so in writing.", "Desk", 5),
        ("line-7", "It also has a sentence without a mark.", "Desk", 7),
    ]


def test_a_version_is_in_force_from_its_day_once_another_person_approved_it(desk: Desk) -> None:
    """Day by day: none, then the first, then the second, then none after retirement."""
    _propose(desk)
    assert _in_force(desk, OCTOBER) == []
    desk.act("carl", WSP, "desk", "approve", on=SEPTEMBER)
    assert [_in_force(desk, day) for day in (date(2026, 9, 30), OCTOBER)] == [[], [1]]
    _propose(desk, effective_from=NOVEMBER.isoformat())
    assert _in_force(desk, NOVEMBER) == [1]
    desk.act("carl", WSP, "desk", "approve", on=OCTOBER)
    assert [_in_force(desk, day) for day in (date(2026, 10, 31), NOVEMBER)] == [[1], [2]]
    desk.act("carl", WSP, "desk", "retire", {"from_on": "2026-12-01", "reason": "Merged"}, on=NOVEMBER)
    assert [_in_force(desk, day) for day in (date(2026, 11, 30), date(2026, 12, 1))] == [[2], []]


def test_show_tells_text_bindings_and_coverage(desk: Desk) -> None:
    """Two of three sentences are bound; the third is named."""
    _propose(desk)
    desk.act("carl", WSP, "desk", "approve", on=SEPTEMBER)
    with desk.context() as context:
        (shown,) = procedures_shown(context, OCTOBER)["procedures"]
    assert shown["text"] == TEXT
    assert shown["coverage"] == {"sentences": 3, "bound": 2, "unbound": ["line-7"]}
    assert shown["sentences"][0]["controls"] == ["command:ingest"]
    assert (shown["approved_by"], shown["template"]) == ("carl", None)
    assert shown["entered"] == "entered 1 day after, on 2026-09-21"


def test_an_approval_entered_under_an_earlier_date_says_so(desk: Desk) -> None:
    """In force from August by its dates, entered on 21 September: whoever reads it is told."""
    _propose(desk, effective_from="2026-08-01")
    desk.act("carl", WSP, "desk", "approve", on=date(2026, 7, 20))
    with desk.context() as context:
        (shown,) = procedures_shown(context, date(2026, 8, 15))["procedures"]
    assert shown["entered"] == "entered 63 days after, on 2026-09-21 and after it took effect"


@pytest.mark.parametrize(
    ("by", "on", "code"),
    [
        ("carl", SEPTEMBER, "own_work"),
        ("sam", SEPTEMBER, "not_permitted"),
        ("cleo", date(2026, 10, 2), "criteria_not_met"),
    ],
)
def test_approvals_that_are_refused(desk: Desk, by: str, on: date, code: str) -> None:
    """Own work, a role that may not, a day after the one that the version should count from."""
    _propose(desk, by="carl")
    with pytest.raises(RefusalError) as refused:
        desk.act(by, WSP, "desk", "approve", on=on)
    assert refused.value.code == code
    assert _in_force(desk, NOVEMBER) == []


def test_what_is_not_as_it_should_be_is_refused(desk: Desk) -> None:
    """Doubled marks, bindings of no sentence, a kind that there is not, nothing to approve, nothing to attest."""
    for changes in (
        {"text": "[A-1] One. [A-1] Two.", "bindings": {}},
        {"bindings": {"B-9": [STATEMENT]}},
        {"bindings": {"A-1": ["wish:good"]}},
    ):
        with pytest.raises(RefusalError) as refused:
            _propose(desk, **changes)
        assert refused.value.code == "incomplete"
    with pytest.raises(UsageError):
        _propose(desk, text="# Only a heading")
    _propose(desk)
    with pytest.raises(RefusalError) as early:
        desk.act("sam", WSP, "desk", "attest", {"text": "Walked through"}, on=OCTOBER)
    assert early.value.code == "wrong_state"
    desk.act("carl", WSP, "desk", "approve", on=SEPTEMBER)
    with pytest.raises(RefusalError) as twice:
        desk.act("cleo", WSP, "desk", "approve", on=SEPTEMBER)
    assert twice.value.code == "wrong_state"
    with pytest.raises(RefusalError) as backwards:
        desk.act("carl", WSP, "desk", "retire", {"from_on": "2026-09-01", "reason": "x"}, on=OCTOBER)
    assert backwards.value.code == "criteria_not_met"


def test_a_second_draft_replaces_the_one_that_waits(desk: Desk) -> None:
    """What was replaced is not approved any more; what was approved says which version was meant."""
    _propose(desk)
    state = _propose(desk, by="ann")
    assert [item["state"] for item in state["editions"]] == ["replaced", "proposed"]
    with pytest.raises(RefusalError) as refused:
        desk.act("carl", WSP, "desk", "approve", {"version": 1}, on=SEPTEMBER)
    assert refused.value.code == "wrong_state"
    desk.act("carl", WSP, "desk", "approve", {"version": 2}, on=SEPTEMBER)
    assert _in_force(desk, OCTOBER) == [2]


def test_an_attestation_makes_no_new_version_of_the_object(desk: Desk) -> None:
    """It is evidence about the text, not a change of it; and the row that lists show is the replay."""
    _propose(desk)
    before = desk.act("carl", WSP, "desk", "approve", on=SEPTEMBER)
    after = desk.act("sam", WSP, "desk", "attest", {"text": "Walked through with the desk"}, on=NOVEMBER)
    assert (after["version_hash"], after["attested"][0]["number"]) == (before["version_hash"], 1)
    with desk.context() as context:
        folded = object_of(context.records, WSP, "desk")
        rows = context.records.query("SELECT state, version_hash FROM governance_objects WHERE noun = 'wsp'")
    assert folded is not None
    said = canonical_bytes(folded.state.model_dump(mode="json")).decode()
    assert rows == [(said, folded.version_hash)]
    assert "looks daily" not in said
    assert "Walked" not in said


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_bound_sentence_by_sentence_to_controls_that_exist(desk: Desk, name: str) -> None:
    """Marked as a template; every sentence has its mark and a control of the catalog or of the duties."""
    template = load_template(name)
    sentences = [one.id for one in sentences_of(template.text)]
    with desk.context() as context:
        duties = {f"duty:{duty}" for duty in policy_in_force(context.records).whole.obligations}
    known = {*load_controls(), *duties, STATEMENT}
    assert "TEMPLATE" in template.text
    assert list(template.bindings) == sentences
    assert {control for controls in template.bindings.values() for control in controls} <= known
    assert all(control == STATEMENT or control.partition(":")[0] in KINDS for control in known)


def test_a_template_taken_as_it_stands_says_so_and_an_edited_one_does_not(desk: Desk, tmp_path: Path) -> None:
    """Also through files, which are not written over."""
    with desk.context("sam", SEPTEMBER) as context:
        start = {"template": "letters", "effective_from": "2026-10-01"}
        assert propose_procedure(context, "letters", start)["editions"][0]["template"] == "letters"
        edited = propose_procedure(context, "other", {**start, "text": "[LN-1] Ours.", "bindings": {}})
    assert edited["editions"][0]["template"] is None
    text, _ = write_template("letters", tmp_path)
    assert text.read_text("utf-8") == load_template("letters").text
    with pytest.raises(UsageError):
        write_template("letters", tmp_path)


def test_the_report_names_gaps_and_controls_that_left_no_evidence(desk: Desk) -> None:
    """The desk's text names `command:ingest`, which never ran, and a control that nobody knows; it names no review."""
    _propose(desk, bindings={"A-1": ["command:ingest", "rule:nobody"], "A-2": ["command:policy.approve"]})
    desk.act("carl", WSP, "desk", "approve", on=SEPTEMBER)
    with desk.context() as context:
        report = procedure_report(context, OCTOBER, date(2026, 12, 31), done_duties)
    assert [item["sentence"] for item in report["unbound"]] == ["line-7"]
    assert [item["control"] for item in report["unknown"]] == ["rule:nobody"]
    assert [item["control"] for item in report["not_run"]] == ["command:ingest"]
    assert [item["control"] for item in report["no_occasion"]] == ["command:policy.approve"]
    unreferenced = {item["control"] for item in report["unreferenced"]}
    assert {"command:review.close", "duty:quarterly_review"} <= unreferenced
    assert "command:ingest" not in unreferenced


def test_a_yearly_duty_is_missed_only_in_the_period_that_it_was_due_in(desk: Desk) -> None:
    """The attestation for 2026 is due on 31 January 2027: no occasion in the fourth quarter, missed in the first."""
    _propose(desk, bindings={"A-1": ["duty:wsp_attestation"]})
    desk.act("carl", WSP, "desk", "approve", on=SEPTEMBER)

    def told(first: date, last: date) -> tuple[list[str], list[str]]:
        with desk.context() as context:
            report = procedure_report(context, first, last, done_duties)
        return [item["control"] for item in report["not_run"]], [item["control"] for item in report["no_occasion"]]

    assert told(OCTOBER, date(2026, 12, 31)) == ([], ["duty:wsp_attestation"])
    assert told(date(2027, 1, 1), date(2027, 3, 31)) == (["duty:wsp_attestation"], [])
    desk.act("sam", WSP, "desk", "attest", {"text": "Walked through"}, on=date(2027, 1, 20))
    assert told(date(2027, 1, 1), date(2027, 3, 31)) == ([], [])
