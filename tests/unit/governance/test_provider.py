"""The provider file: every step, and every refusal: own work, silence, a missing condition, a closed file."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from provider_desk import DAY, QUESTIONS, ProviderDesk
from routeproof.app.objects.fold import fold
from routeproof.app.provider.compare import compare_providers
from routeproof.app.provider.go_live import provider_shown
from routeproof.app.provider.listing import providers_listed
from routeproof.governance.decider import RefusalError
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.provider.shown import show_provider
from routeproof.ledger.canonical import canonical_bytes
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

NEXT_YEAR = date(2027, 9, 30)
END = {"reason": "repeated outages", "transition_plan": "move to BOLT over two weeks"}


@pytest.fixture
def desk(tmp_path: Path) -> ProviderDesk:
    """A workspace without a provider."""
    return ProviderDesk(tmp_path)


def _code(desk: ProviderDesk, person: str, verb: str, body: dict[str, Any] | None = None) -> str:
    with pytest.raises(RefusalError) as refused:
        desk.do(person, verb, body)
    return refused.value.code


def _approved(desk: ProviderDesk) -> dict[str, Any]:
    desk.add()
    desk.answer()
    return desk.do("sam", "approve")


def test_a_new_file_lists_every_question_as_unanswered(desk: ProviderDesk) -> None:
    """Nothing is answered, nothing scored, nothing due."""
    shown = desk.add()
    assert (shown["state"], shown["refresh_due_on"], shown["score"]["percent"]) == ("onboarding", None, None)
    assert shown["unanswered"] == sorted(item.id for item in QUESTIONS.questions)
    assert _code(desk, "ann", "add", {"name": "x", "role": "member_agent"}) == "wrong_state"


def test_approval_is_by_another_and_sets_the_next_due_day(desk: ProviderDesk) -> None:
    """Twelve months after the approval, by the shipped policy; due from that day on, not the day before."""
    shown = _approved(desk)
    assert (shown["state"], shown["refresh_due_on"], shown["unanswered"]) == ("approved", "2027-09-30", [])
    provider = desk.provider()
    assert show_provider(provider, date(2027, 9, 29), {})["state"] == "approved"
    assert show_provider(provider, NEXT_YEAR, {})["state"] == "refresh_due"


@pytest.mark.parametrize("entering", ["add", "answers", "document", "venues"])
def test_whoever_entered_anything_does_not_approve(desk: ProviderDesk, tmp_path: Path, entering: str) -> None:
    """The rule is on the person: adding, answering, filing or disclosing makes it own work."""
    (tmp_path / "soc2.pdf").write_bytes(b"%PDF")
    desk.add("sam" if entering == "add" else "ann")
    desk.answer("sam" if entering == "answers" else "ann")
    bodies = {"document": {"file": str(tmp_path / "soc2.pdf"), "title": "SOC 2"}, "venues": {"venues": ["XNAS"]}}
    if entering in bodies:
        desk.do("sam", entering, bodies[entering])
    assert _code(desk, "sam", "approve") == "own_work"
    assert desk.do("carl", "approve")["state"] == "approved"


def test_approval_waits_for_every_required_answer(desk: ProviderDesk) -> None:
    """The refusal names what is missing; a withdrawn answer is missing again."""
    desk.add()
    shown = desk.answer(VEN_3=None)
    assert shown["unanswered"] == ["VEN-3"] == shown["needs"]["answers"]
    with pytest.raises(RefusalError, match="VEN-3") as refused:
        desk.do("sam", "approve")
    assert refused.value.code == "incomplete"
    desk.do("ann", "answers", {"answers": {"VEN-3": {"answer": "none"}, "VEN-4": {"answer": None}}})
    assert desk.do("abe", "answers", {"answers": {"VEN-4": {"answer": "a board"}}})["unanswered"] == []
    assert desk.do("sam", "approve")["state"] == "approved"


def test_a_wrong_answer_needs_a_condition_that_names_it(desk: ProviderDesk) -> None:
    """Without one the approval is refused; with one it is given, and the condition stays open until it is met."""
    desk.add()
    desk.answer(REG_1={"answer": "no, within a week", "stance": "no"})
    assert _code(desk, "sam", "approve") == "criteria_not_met"
    condition = {"condition": "C1", "text": "amend the contract", "owner": "sam", "due_on": "2026-12-31"}
    desk.do("sue", "condition", {**condition, "question": "REG-1"})
    shown = desk.do("sam", "approve")
    assert (shown["state"], shown["score"]["not_met"]) == ("approved", ["REG-1"])
    late = show_provider(desk.provider(), date(2027, 1, 1), {})
    assert [item["overdue"] for item in late["conditions"]] == [True]
    met = desk.do("sam", "meet", {"condition": "C1", "text": "amended"})
    assert met["conditions"][0]["met_text"] == "amended"
    assert _code(desk, "sam", "meet", {"condition": "C1", "text": "again"}) == "wrong_state"
    assert _code(desk, "sam", "condition", condition) == "wrong_state"


def test_a_condition_that_was_met_excuses_nothing_in_a_later_round(desk: ProviderDesk) -> None:
    """The same wrong answer again needs a condition again; one that is still open speaks of it still."""
    wrong = {"answer": "no, within a week", "stance": "no"}
    desk.add()
    desk.answer(REG_1=wrong)
    condition = {"text": "amend", "owner": "sam", "due_on": "2026-12-31", "question": "REG-1"}
    desk.do("sue", "condition", {"condition": "C1", **condition})
    desk.do("sam", "approve")
    desk.do("ann", "refresh")
    assert desk.answer(REG_1=wrong)["needs"]["conditions_for"] == []
    assert desk.do("sam", "meet", {"condition": "C1", "text": "amended"})["needs"]["conditions_for"] == ["REG-1"]
    assert _code(desk, "sam", "approve") == "criteria_not_met"
    desk.do("sue", "condition", {"condition": "C2", **condition})
    desk.do("sam", "meet", {"condition": "C2", "text": "amended"})
    assert desk.do("sam", "approve")["state"] == "approved"


def test_marks_weigh_as_the_questionnaire_says(desk: ProviderDesk) -> None:
    """VEN-1 weighs 3 and is half met, VEN-4 weighs 1 and is met, REG-1 weighs 3 and is met by its yes: 5.5 of 7."""
    desk.add()
    desk.do("ann", "answers", {"answers": {key: {"answer": "text"} for key in ("VEN-1", "VEN-4")}})
    desk.do("ann", "answers", {"answers": {"REG-1": {"answer": "Yes.", "stance": "yes"}}})
    marks = {"VEN-1": {"mark": "partly", "note": "no MPIDs"}, "VEN-4": {"mark": "met"}}
    score = desk.do("sam", "score", {"marks": marks})["score"]
    assert (score["points"], score["of"], score["percent"]) == ("5.5", 7, 78.6)
    assert _code(desk, "sam", "score", {"marks": {"VEN-2": {"mark": "met"}}}) == "incomplete"
    assert _code(desk, "sam", "score", {"marks": {"XXX-1": {"mark": "met"}}}) == "incomplete"


def test_a_refresh_starts_empty_and_is_compared_with_last_year(desk: ProviderDesk) -> None:
    """Last year's answers are no answers; what changed is shown with both texts, and the old approval stands."""
    _approved(desk)
    assert _code(desk, "ann", "answers", {"answers": {"VEN-1": {"answer": "more"}}}) == "wrong_state"
    shown = desk.do("ann", "refresh", on=NEXT_YEAR)
    assert shown["round"]["number"] == 2
    assert len(shown["unanswered"]) == len(QUESTIONS.questions)
    assert _code(desk, "ann", "refresh") == "wrong_state"
    shown = desk.answer(on=NEXT_YEAR, VEN_1={"answer": "XNAS, IEXG"}, VEN_2={"answer": "about  VEN-2\n"}, VEN_3=None)
    assert shown["changes"]["changed"] == [{"question": "VEN-1", "before": "about VEN-1", "now": "XNAS, IEXG"}]
    assert shown["changes"]["not_answered_again"] == ["VEN-3"]
    assert show_provider(desk.provider(), NEXT_YEAR, {})["state"] == "refresh_due"
    desk.do("abe", "answers", {"answers": {"VEN-3": {"answer": "none"}}}, on=NEXT_YEAR)
    assert desk.do("sam", "approve", on=NEXT_YEAR)["refresh_due_on"] == "2028-09-30"


def test_technology_only_offers_no_reliance_and_takes_none(desk: ProviderDesk) -> None:
    """The reason says why; recording an agreement is refused."""
    shown = desk.add()["reliance_5310_09c"]
    assert (shown["offered"], shown["in_force"]) == (False, False)
    assert "agent" in shown["reason"]
    assert _code(desk, "sam", "reliance", {"results_disclosed": True}) == "not_permitted"


def test_reliance_on_a_member_is_in_force_only_with_all_it_needs(desk: ProviderDesk, tmp_path: Path) -> None:
    """Agreement, disclosure of results and rationale, and a look no older than a quarter; measuring goes on anyway."""
    (tmp_path / "agreement.pdf").write_bytes(b"%PDF")
    shown = desk.add(role="member_agent")["reliance_5310_09c"]
    assert (shown["offered"], shown["in_force"], len(shown["missing"])) == (True, False, 4)
    desk.answer()
    desk.do("sam", "approve")
    desk.do("sam", "reliance", {"agreement": str(tmp_path / "agreement.pdf"), "agreed_on": "2026-01-02"})
    desk.do("sam", "reliance", {"results_disclosed": True, "rationale_disclosed": True})
    shown = desk.do("sam", "reliance", {"look": {"text": "method unchanged"}})["reliance_5310_09c"]
    assert (shown["missing"], shown["next_look_due_on"]) == ([], "2026-12-30")
    provider = desk.provider()
    in_force = [
        show_provider(provider, day, {})["reliance_5310_09c"]["in_force"]
        for day in (date(2026, 12, 30), date(2026, 12, 31))
    ]
    assert in_force == [True, False]
    assert shown["own_measurement"] == "always on"


def test_an_incident_grows_until_it_ends(desk: ProviderDesk) -> None:
    """Times keep their order; after the end only what was empty is filled."""
    desk.add()
    first = {"incident": "I1", "started_at": "2026-09-30T14:00:00Z", "detected_at": "2026-09-30T14:00:30Z"}
    assert _code(desk, "ann", "incident", {"incident": "I1", "summary": "down"}) == "incomplete"
    desk.do("ann", "incident", first)
    assert _code(desk, "ann", "incident", {"incident": "I1", "ended_at": "2026-09-30T13:59:00Z"}) == "incomplete"
    kill = {"used_at": "2026-09-30T14:01:00Z", "by": "sam", "cancels_confirmed": True}
    ended = {"ended_at": "2026-09-30T10:10:00-04:00", "fallback_used": "direct to XNAS", "kill_switch": kill}
    (incident,) = desk.do("ann", "incident", {"incident": "I1", **ended})["incidents"]
    assert (incident["detection_s"], incident["duration_s"], incident["open"]) == (30.0, 600.0, False)
    assert incident["kill_switch"]["cancels_confirmed"] is True
    (incident,) = desk.do("abe", "incident", {"incident": "I1", "root_cause": "certificate expired"})["incidents"]
    assert incident["root_cause"] == "certificate expired"
    assert _code(desk, "abe", "incident", {"incident": "I1", "root_cause": "other"}) == "wrong_state"
    assert _code(desk, "abe", "incident", {"incident": "I1", "ended_at": "2026-09-30T15:00:00Z"}) == "wrong_state"


def test_the_fallback_plan_names_people_of_the_roster(desk: ProviderDesk) -> None:
    """A switch that nobody known may use is no plan."""
    desk.add()
    plan = {
        "route_to": "BOLT",
        "steps": ["stop", "cancel", "reroute"],
        "kill_switch": "desk phone 1",
        "may_use": ["sam"],
    }
    assert _code(desk, "sam", "fallback", {**plan, "may_use": ["joe"]}) == "unknown_person"
    assert desk.do("sam", "fallback", plan)["fallback"]["route_to"] == "BOLT"


def test_a_terminated_file_takes_no_more_steps_but_incidents(desk: ProviderDesk) -> None:
    """It is never reopened; an outage that is understood later is still recorded."""
    _approved(desk)
    shown = desk.do("carl", "terminate", END)
    assert (shown["state"], shown["refresh_due_on"]) == ("terminated", None)
    assert shown["termination"]["transition_plan"] == END["transition_plan"]
    assert show_provider(desk.provider(), date(2030, 1, 1), {})["state"] == "terminated"
    for verb, body in (
        ("refresh", {}),
        ("terminate", END),
        ("venues", {"venues": []}),
        ("approve", {}),
    ):
        assert _code(desk, "sue", verb, body) == "wrong_state"
    assert desk.do("ann", "incident", {"incident": "I1", "started_at": "2026-09-30T14:00:00Z"})["incidents"]


@pytest.mark.parametrize("verb", ["approve", "terminate", "condition", "reliance", "fallback", "report"])
def test_an_analyst_enters_but_does_not_decide(desk: ProviderDesk, tmp_path: Path, verb: str) -> None:
    """The matrix refuses before the file is looked at."""
    bodies: dict[str, Any] = {
        "terminate": END,
        "condition": {"condition": "C1", "text": "x", "owner": "ann", "due_on": "2026-12-31"},
        "fallback": {"route_to": "B", "steps": ["x"], "kill_switch": "k", "may_use": ["ann"]},
        "report": {"report": str(tmp_path / "none.pdf"), "to": "board"},
    }
    desk.add()
    assert _code(desk, "abe", verb, bodies.get(verb)) == "not_permitted"


def test_answers_are_evidence_and_the_row_is_the_fold(desk: ProviderDesk) -> None:
    """No answer stands in an entry; the projection is what replaying the entries gives."""
    desk.add()
    desk.answer(VEN_1={"answer": "a secret list", "evidence": "list.pdf"})
    desk.do("sam", "approve")
    with desk.desk.context() as context:
        entries = context.records.stream("provider/ACME")
        rows = context.records.query("SELECT state FROM governance_objects WHERE noun = 'provider'")
        raw = b"".join(context.records.entries())
    assert b"a secret list" not in raw
    assert b"list.pdf" not in raw
    folded = fold(PROVIDER, entries)
    assert folded is not None
    assert canonical_bytes(folded.state.model_dump(mode="json")).decode() == rows[0][0]


def test_compare_sets_files_and_answers_side_by_side(desk: ProviderDesk) -> None:
    """A provider that did not answer has a null, not somebody else's words."""
    desk.add()
    desk.answer(VEN_1={"answer": "XNAS"})
    desk.add(name="BOLT", role="member_agent")
    with desk.desk.context() as context:
        found = compare_providers(context, ["ACME", "BOLT"], DAY)
        listed = providers_listed(context, DAY)
    rows = {row["row"]: row["values"] for row in found["rows"]}
    assert rows["role"] == {"ACME": "technology_only", "BOLT": "member_agent"}
    assert rows["reliance_offered"] == {"ACME": False, "BOLT": True}
    venues = next(row for row in found["answers"] if row["question_id"] == "VEN-1")
    assert (venues["values"], venues["differ"]) == ({"ACME": "XNAS", "BOLT": None}, True)
    assert [(item["id"], item["unanswered"]) for item in listed["items"]] == [("ACME", 0), ("BOLT", 56)]
    assert json.dumps(found)


def test_the_file_of_a_day_is_what_was_dated_until_then(desk: ProviderDesk) -> None:
    """Onboarding before its approval, nothing before it was added, on the screen and in the list."""
    desk.add()
    later = date(2026, 10, 15)
    desk.answer(on=later)
    desk.do("sam", "approve", on=later)
    with desk.desk.context() as context:
        seen = [provider_shown(context, "ACME", day) for day in (DAY, later)]
        assert [item["state"] for item in seen] == ["onboarding", "approved"]
        assert [(len(item["history"]), item["round"]["approved_on"]) for item in seen] == [(1, None), (3, "2026-10-15")]
        with pytest.raises(UsageError, match="from 2026-09-30 on"):
            provider_shown(context, "ACME", date(2026, 9, 29))
        listed = [providers_listed(context, day) for day in (date(2026, 9, 29), DAY, later)]
    assert [[item["state"] for item in found["items"]] for found in listed] == [[], ["onboarding"], ["approved"]]
