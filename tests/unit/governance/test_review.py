"""Review: pinned pack, merged record, signatures over the version seen, closing that never reopens."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.desk.minutes import minutes_of
from routeproof.app.desk.review import act_on_review, open_review, supersede_review
from routeproof.governance.decider import RefusalError
from routeproof.reports.document import Table
from routeproof.vocab.errors import UsageError
from unit.governance.review_case import (
    CODES,
    REVIEW_ID,
    cell,
    closed,
    do,
    look,
    meeting,
    opened,
    refused_code,
    sign,
    write_pack,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def test_the_pack_is_kept_and_pinned_by_the_hash_of_each_file(desk: Desk, tmp_path: Path) -> None:
    """The pack is kept and pinned by the hash of each file; what happens to the folder later changes nothing."""
    state = opened(desk, tmp_path / "pack")
    content = (tmp_path / "pack" / "pack.json").read_bytes()
    assert state["state"] == "open"
    assert state["pack_sha256"] == hashlib.sha256(content).hexdigest()
    assert sorted(state["pack_files"]) == ["pack.html", "pack.json", "pack.pdf", "pack.xlsx"]
    (tmp_path / "pack" / "pack.json").write_text("{}", encoding="utf-8")
    with desk.context() as context:
        assert context.evidence.get(state["pack"]["pack.json"]).content == content


@pytest.mark.parametrize(("quarter", "provider"), [("2026Q2", "P"), ("2026Q3", "Q")])
def test_a_pack_of_another_quarter_or_provider_isrefused_code(
    desk: Desk, tmp_path: Path, quarter: str, provider: str
) -> None:
    """A pack of another quarter or provider is refused, and what was found is named."""
    folder = write_pack(tmp_path / "pack", quarter, provider)
    with pytest.raises(UsageError, match=f"found that of {provider} for {quarter}"), desk.context("ann") as context:
        open_review(context, "2026Q3", "P", folder)


def test_all_eight_factors_stand_from_the_beginning(desk: Desk, tmp_path: Path) -> None:
    """All eight factors stand from the beginning, unconsidered, each with its citation; one is marked unconfirmed."""
    factors = opened(desk, tmp_path / "pack")["factors"]
    assert tuple(item["code"] for item in factors) == CODES
    assert not any(item["considered"] for item in factors)
    assert [item["code"] for item in factors if item["unconfirmed"]] == ["price_disimprovement"]


def test_what_has_a_key_is_merged_and_the_rest_replaced(desk: Desk, tmp_path: Path) -> None:
    """What has a key is merged by it, what has none is replaced."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", {"findings": [{"id": "F1", "text": "one"}], "agenda": ["a", "b"]})
    state = do(desk, "abe", "record", {"findings": [{"id": "F2", "text": "two"}], "agenda": ["c"]})
    assert [(item["id"], item["text"]) for item in state["findings"]] == [("F1", "one"), ("F2", "two")]
    assert state["agenda"] == ["c"]
    state = do(desk, "abe", "record", {"findings": [{"id": "F1", "text": "better"}], "remove": {"findings": ["F2"]}})
    assert [(item["id"], item["text"]) for item in state["findings"]] == [("F1", "better")]


def test_texts_stand_in_the_ledger_as_hashes_only(desk: Desk, tmp_path: Path) -> None:
    """Texts stand in the ledger as hashes only."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting(recusals=[{"person": "cleo", "reason": "owns shares of P"}]))
    with desk.context() as context:
        ledger = b"".join(context.records.entries()).decode()
    for text in ("fall behind", "met and decided", "owns shares", "No drift", "scorecard speed", "Limit orders"):
        assert text not in ledger
    assert look(desk)["minutes"] == "The committee met and decided."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"attendance": ["nobody"]}, "unknown_person"),
        ({"recusals": [{"person": "nobody", "reason": "x"}]}, "unknown_person"),
        ({"votes": [{"person": "nobody", "finding": "F1", "vote": "for"}]}, "unknown_person"),
        ({"votes": [{"person": "ann", "finding": "F1", "vote": "for"}]}, "not_permitted"),
        ({"votes": [{"person": "cora", "finding": "F9", "vote": "for"}]}, "incomplete"),
        ({"decisions": [{"finding": "F9", "choice": "justify", "rationale": "x"}]}, "incomplete"),
        ({"factors": [{"code": "mood", "considered": True, "evidence": "x"}]}, "incomplete"),
        ({"minutes": "x", "expected_version_hash": "0" * 64}, "outdated_version"),
        ({}, "incomplete"),
    ],
)
def test_a_record_that_breaks_a_rule_changes_nothing(
    desk: Desk, tmp_path: Path, body: dict[str, Any], code: str
) -> None:
    """A record that breaks a rule changes nothing."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", {"findings": [{"id": "F1", "text": "one"}]})
    assert refused_code(desk, "ann", "record", body) == code


@pytest.mark.parametrize(
    ("given", "kind", "value"),
    [
        ("none", "none", None),
        ({"kind": "counterfactual", "value": 0.2}, "counterfactual", 0.2),
        ({"type": "benchmark", "value": 0.1}, "benchmark", 0.1),
        ({"benchmark": 0.1}, "benchmark", 0.1),
    ],
)
def test_an_estimate_says_what_kind_it_is(
    desk: Desk, tmp_path: Path, given: object, kind: str, value: float | None
) -> None:
    """An estimate says what kind it is, in any of the ways that people write it; one of no kind is refused."""
    opened(desk, tmp_path / "pack")

    def body(estimate: object) -> dict[str, Any]:
        decision = {**meeting()["decisions"][0], "options": [{"name": "a", "estimate": estimate}]}
        return meeting(decisions=[decision])

    found = do(desk, "ann", "record", body(given))["decisions"][0]["options"][0]["estimate"]
    assert (found["kind"], found["value"]) == (kind, value)
    with pytest.raises(UsageError, match="estimate"):
        do(desk, "ann", "record", body({"value": 0.1}))


def test_an_unknown_key_names_the_field(desk: Desk, tmp_path: Path) -> None:
    """An unknown key names the field."""
    opened(desk, tmp_path / "pack")
    with pytest.raises(UsageError, match="minuets"):
        do(desk, "ann", "record", {"minuets": "x"})


def test_a_reason_of_blanks_is_missing(desk: Desk, tmp_path: Path) -> None:
    """Blanks neither justify a decision nor are they evidence of a factor."""
    opened(desk, tmp_path / "pack")
    blank = {"decisions": [{"finding": "F1", "choice": "justify", "rationale": " "}]}
    factor = {"factors": [{"code": "speed", "considered": True, "evidence": "  "}]}
    state = do(desk, "ann", "record", {**meeting(), **blank})
    assert state["missing"] == ["decisions.F1.rationale"]
    state = do(desk, "ann", "record", factor)
    assert state["missing"] == ["factors.speed.evidence", "decisions.F1.rationale"]
    assert [item["person"] for item in state["dissents"]] == ["cole"]


def test_nobody_signs_another_version_than_the_one_seen(desk: Desk, tmp_path: Path) -> None:
    """Nobody signs another version than the one seen."""
    seen = opened(desk, tmp_path / "pack")["version_hash"]
    do(desk, "ann", "record", {"minutes": "other"})
    assert refused_code(desk, "sam", "sign", {"version": seen}) == "outdated_version"


@pytest.mark.parametrize("person", ["ann", "adam", "kim", "ed"])
def test_only_supervisor_committee_and_compliance_sign(desk: Desk, tmp_path: Path, person: str) -> None:
    """Only supervisor, committee and compliance sign."""
    seen = opened(desk, tmp_path / "pack")["version_hash"]
    assert refused_code(desk, person, "sign", {"version": seen}) == "not_permitted"


def test_editing_after_a_signature_voids_it(desk: Desk, tmp_path: Path) -> None:
    """Editing after a signature makes a new version and voids it, and shows so."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting(votes=[]))
    signed = sign(desk, "sam", "cora")
    assert [item["valid"] for item in signed["signatures"]] == [True, True]
    edited = do(desk, "ann", "record", {"agenda": ["Another"]})
    assert edited["version"] == signed["version"] + 1
    assert [(item["valid"], item["why"]) for item in edited["signatures"]] == [(False, "signed an earlier version")] * 2
    assert refused_code(desk, "sam", "close") == "no_quorum"


def test_a_signature_makes_no_new_version(desk: Desk, tmp_path: Path) -> None:
    """A signature makes no new version, so that the next signs the same; nobody signs it twice."""
    first = opened(desk, tmp_path / "pack")
    signed = sign(desk, "sam")
    assert (signed["version"], signed["version_hash"]) == (first["version"], first["version_hash"])
    assert signed["keys"].startswith("unprotected")
    assert refused_code(desk, "sam", "sign", {"version": signed["version_hash"]}) == "wrong_state"


def test_who_wrote_the_minutes_does_not_count(desk: Desk, tmp_path: Path) -> None:
    """Who wrote the minutes, at any time, does not count toward the quorum."""
    opened(desk, tmp_path / "pack")
    do(desk, "cora", "record", {"minutes": "first"})
    do(desk, "ann", "record", meeting(votes=[]))
    state = sign(desk, "sam", "cora")
    assert state["quorum"]["who"] == ["sam"]
    assert refused_code(desk, "sam", "close") == "no_quorum"
    sign(desk, "carl")
    assert do(desk, "sam", "close")["state"] == "closed"


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"agenda": []}, "agenda"),
        ({"attendance": []}, "attendance"),
        ({"factors": [{"code": "speed", "considered": False, "evidence": "x"}]}, "factors.speed"),
        ({"factors": [{"code": "speed", "considered": True}]}, "factors.speed.evidence"),
        ({"findings": [{"id": "F2", "text": "undecided"}]}, "decisions.F2"),
        ({"decisions": [{"finding": "F1", "choice": "justify"}]}, "decisions.F1.rationale"),
        ({"decisions": [{"finding": "F1", "choice": "modify"}]}, "decisions.F1.predicted"),
        ({"votes": [{"person": "sue", "finding": "F1", "vote": "against"}]}, "votes.F1: not carried"),
    ],
)
def test_a_review_that_lacks_something_does_not_close(
    desk: Desk, tmp_path: Path, changes: dict[str, Any], lacking: str
) -> None:
    """A review that lacks something does not close, whoever signed, and says what."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting(votes=[]))
    do(desk, "ann", "record", changes)
    state = sign(desk, "sam", "cora")
    assert lacking in state["missing"]
    assert refused_code(desk, "sam", "close") == "incomplete"


def test_without_minutes_it_does_not_close(desk: Desk, tmp_path: Path) -> None:
    """Without minutes it does not close."""
    opened(desk, tmp_path / "pack")
    body = meeting(votes=[])
    del body["minutes"]
    do(desk, "ann", "record", body)
    assert sign(desk, "sam", "cora")["missing"] == ["minutes"]
    assert refused_code(desk, "sam", "close") == "incomplete"


def test_what_is_closed_never_reopens(desk: Desk, tmp_path: Path) -> None:
    """What is closed never reopens: every verb that would change it is refused."""
    state = closed(desk, tmp_path / "pack", votes=[])
    assert state["state"] == "closed"
    assert all(item["valid"] for item in state["signatures"])
    assert refused_code(desk, "ann", "record", {"minutes": "other"}) == "wrong_state"
    assert refused_code(desk, "cole", "sign", {"version": state["version_hash"]}) == "wrong_state"
    assert refused_code(desk, "sam", "close") == "wrong_state"
    with pytest.raises(RefusalError) as refused, desk.context("ann") as context:
        open_review(context, "2026Q3", "P", tmp_path / "pack")
    assert refused.value.code == "wrong_state"


def test_the_custodian_countersigns_what_was_closed(desk: Desk, tmp_path: Path) -> None:
    """The custodian countersigns what was closed, and nothing else."""
    seen = opened(desk, tmp_path / "pack")["version_hash"]
    assert refused_code(desk, "kim", "countersign", {"version": seen}) == "wrong_state"
    do(desk, "ann", "record", meeting(votes=[]))
    state = sign(desk, "sam", "cora")
    do(desk, "sam", "close")
    assert refused_code(desk, "kim", "countersign", {"version": seen}) == "outdated_version"
    assert do(desk, "kim", "countersign", {"version": state["version_hash"]})["countersigned"][0]["person"] == "kim"


def test_a_closed_review_is_superseded_by_another(desk: Desk, tmp_path: Path) -> None:
    """A closed review is superseded by another that names it; an open one is not, nor one twice."""
    opened(desk, tmp_path / "pack")
    with pytest.raises(RefusalError) as refused, desk.context("sam") as context:
        supersede_review(context, REVIEW_ID, "late data", tmp_path / "pack")
    assert refused.value.code == "wrong_state"
    do(desk, "ann", "record", meeting(votes=[]))
    sign(desk, "sam", "cora")
    do(desk, "sam", "close")
    with desk.context("sam") as context:
        second = supersede_review(context, REVIEW_ID, "late data", tmp_path / "pack")
    assert (second["id"], second["supersedes"], second["reason"]) == ("2026Q3-P-2", REVIEW_ID, "late data")
    assert (look(desk)["state"], look(desk)["superseded_by"]) == ("closed", "2026Q3-P-2")
    with pytest.raises(RefusalError) as refused, desk.context("sam") as context:
        supersede_review(context, REVIEW_ID, "again", tmp_path / "pack")
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize(
    ("market", "metric", "predicted", "outcome"),
    [
        (cell(0.0015), "price_improvement/market", 0.0014, "hit"),
        (cell(0.0015), "price_improvement/market", 0.0015, "hit"),
        (cell(0.0015), "price_improvement/market", 0.0016, "miss"),
        (cell(0.0015, 0.0013, 0.0017), "price_improvement/market", 0.0016, "cannot_tell"),
        (cell(0.0015, 0.0013, 0.0017), "price_improvement/market", 0.0018, "miss"),
        (cell(None), "price_improvement/market", 0.0018, "cannot_tell"),
        (cell(0.0015), "happiness", 1, "cannot_tell"),
    ],
)
def test_the_next_review_opens_with_the_predictions_scored(
    desk: Desk, tmp_path: Path, market: dict[str, Any], metric: str, predicted: float, outcome: str
) -> None:
    """The next review opens with the predictions of the last one scored."""
    decision = {**meeting()["decisions"][0], "predicted": {"metric": metric, "value": predicted}}
    closed(desk, tmp_path / "pack", votes=[], decisions=[decision])
    state = opened(desk, tmp_path / "next", "2026Q4", market=market)
    (scored,) = state["predictions"]
    assert (scored["review"], scored["finding"], scored["outcome"]) == (REVIEW_ID, "F1", outcome)
    assert scored["measured"] == market["value"] or metric == "happiness"


def test_a_review_that_was_not_closed_predicts_nothing(desk: Desk, tmp_path: Path) -> None:
    """A review that was not closed predicts nothing."""
    opened(desk, tmp_path / "pack")
    do(desk, "ann", "record", meeting())
    assert opened(desk, tmp_path / "next", "2026Q4")["predictions"] == []


def test_who_signed_acknowledges_an_addendum(desk: Desk, tmp_path: Path) -> None:
    """Who signed acknowledges an addendum, nobody else, and the signatures stand."""
    state = closed(desk, tmp_path / "pack", votes=[])
    assert refused_code(desk, "carl", "acknowledge") == "wrong_state"
    added = do(desk, "ann", "addendum", {"text": "A fill was busted on 5 October."})
    assert added["version_hash"] == state["version_hash"]
    assert added["addenda"][0]["outstanding"] == ["cora", "sam"]
    assert added["addenda"][0]["text"] == "A fill was busted on 5 October."
    assert refused_code(desk, "carl", "acknowledge", {"addendum": "A1"}) == "not_permitted"
    do(desk, "sam", "acknowledge")
    assert refused_code(desk, "sam", "acknowledge", {"addendum": "A1"}) == "wrong_state"
    assert do(desk, "cora", "acknowledge")["addenda"][0]["outstanding"] == []


def test_an_open_review_takes_no_addendum(desk: Desk, tmp_path: Path) -> None:
    """An open review takes no addendum: it is recorded on."""
    opened(desk, tmp_path / "pack")
    assert refused_code(desk, "ann", "addendum", {"text": "x"}) == "wrong_state"


def test_minutes_say_which_signature_was_entered_late(desk: Desk, tmp_path: Path) -> None:
    """A signature under an earlier business date than its append carries the gap into the minutes."""
    opened(desk, tmp_path / "pack")
    seen = do(desk, "ann", "record", meeting(votes=[]))["version_hash"]
    desk.clock.reach(date(2026, 10, 9))
    with desk.claiming("sam", date(2026, 10, 1)) as context:
        state = act_on_review(context, REVIEW_ID, "sign", {"version": seen})
    note = state["history"][-1]["note"]
    with desk.context() as context:
        document = minutes_of(context, REVIEW_ID)
    (table,) = next(section.blocks for section in document.sections if section.id == "signatures")
    assert note == "entered 8 days after"
    assert isinstance(table, Table)
    assert table.rows[0].cells[4].printed == f"counts; {note}"
