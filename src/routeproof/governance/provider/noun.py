"""The provider file: onboarding, yearly refresh, approval by another person, going live, incidents, termination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.decider import (
    Command,
    Event,
    Nothing,
    Noun,
    Verb,
    absent,
    another_person,
    existing,
    in_state,
    refuse,
)
from routeproof.governance.provider.bodies import (
    Addition,
    AnswersBody,
    ApprovalBody,
    ConditionBody,
    DocumentBody,
    FallbackBody,
    IncidentBody,
    LiveBody,
    MarksBody,
    MeetBody,
    RelianceBody,
    ReportBody,
    TerminationBody,
    VenuesBody,
)
from routeproof.governance.provider.evolve import evolve_provider
from routeproof.governance.provider.incidents import decide_fallback, decide_incident
from routeproof.governance.provider.live import decide_go_live
from routeproof.governance.provider.score import unmet
from routeproof.governance.provider.shown import show_provider
from routeproof.governance.provider.state import Provider
from routeproof.vocab.times import months_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.policy.questionnaire import Questionnaire


def _payload(command: Command) -> dict[str, Any]:
    payload: dict[str, Any] = command.body.model_dump(mode="json")
    return payload


def _living(state: Provider | None, command: Command) -> Provider:
    provider = existing(state, command)
    in_state(provider, command, "onboarding", "approved")
    return provider


def _open(state: Provider | None, command: Command) -> Provider:
    provider = _living(state, command)
    if not provider.round.open:
        refuse(
            "wrong_state",
            f"round {provider.round.number} of {provider.id} was approved on {provider.round.approved_on}: "
            "`provider refresh` opens the next",
            where=provider.id,
        )
    return provider


def _new_round(number: int, questionnaire: Questionnaire) -> dict[str, Any]:
    asked = {
        item.id: {"kind": item.kind, "required": item.required, "weight": item.weight, "must": item.must}
        for item in questionnaire.questions
    }
    return {
        "number": number,
        "questionnaire": questionnaire.id,
        "version": questionnaire.version,
        "questions": asked,
    }


def _add(state: Provider | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    first = _new_round(1, command.around["questionnaire"])
    return [Event("provider.added", {"id": command.id, **_payload(command), "round": first})]


def _disclose(state: Provider | None, command: Command) -> Sequence[Event]:
    _living(state, command)
    return [Event("provider.disclosed", _payload(command))]


def _answer(state: Provider | None, command: Command) -> Sequence[Event]:
    _asked(_open(state, command), command.body.answers)
    return [Event("provider.answered", _payload(command))]


def _asked(provider: Provider, names: Sequence[str] | dict[str, Any]) -> None:
    asked = provider.round
    if unknown := [name for name in names if name not in asked.questions]:
        message = f"expected questions of {asked.questionnaire} {asked.version}, found {', '.join(unknown)}"
        refuse("incomplete", message, where=unknown[0])


def _file(state: Provider | None, command: Command) -> Sequence[Event]:
    provider = _living(state, command)
    if command.body.question is not None:
        _asked(provider, [command.body.question])
    return [Event("provider.filed", _payload(command))]


def _mark(state: Provider | None, command: Command) -> Sequence[Event]:
    provider = _open(state, command)
    _asked(provider, command.body.marks)
    if silent := [name for name in command.body.marks if name not in provider.round.answers]:
        refuse("incomplete", f"expected marks of answers, found none to {', '.join(silent)}", where=silent[0])
    return [Event("provider.marked", _payload(command))]


def _set_condition(state: Provider | None, command: Command) -> Sequence[Event]:
    provider = _living(state, command)
    body: ConditionBody = command.body
    if body.question is not None:
        _asked(provider, [body.question])
    if any(item.condition == body.condition for item in provider.conditions):
        refuse("wrong_state", f"expected a new number, found that condition {body.condition} exists", where="condition")
    return [Event("provider.condition_set", {**_payload(command), "round": provider.round.number}, version=2)]


def _meet_condition(state: Provider | None, command: Command) -> Sequence[Event]:
    provider = _living(state, command)
    found = [item for item in provider.open_conditions() if item.condition == command.body.condition]
    if not found:
        refuse("wrong_state", f"expected an open condition, found none named {command.body.condition!r}")
    return [Event("provider.condition_met", _payload(command))]


def _approve(state: Provider | None, command: Command) -> Sequence[Event]:
    provider = _entered_by_others(state, command)
    if unanswered := provider.round.unanswered():
        refuse(
            "incomplete", f"expected every required answer, found none to: {', '.join(unanswered)}", where=command.id
        )
    if found := unmet(provider):
        refuse(
            "criteria_not_met",
            f"expected the answer that must be, or a condition that names the question, for: {', '.join(found)}",
            where=found[0],
        )
    due = months_after(command.on, command.around["refresh_months"])
    return [Event("provider.approved", {**_payload(command), "refresh_due_on": due.isoformat()})]


def _entered_by_others(state: Provider | None, command: Command) -> Provider:
    provider = _open(state, command)
    for person in provider.round.entered_by:
        another_person(command, person, f"entered round {provider.round.number}")
    return provider


def _refresh(state: Provider | None, command: Command) -> Sequence[Event]:
    provider = existing(state, command)
    in_state(provider, command, "approved")
    if provider.round.open:
        refuse("wrong_state", f"round {provider.round.number} of {provider.id} is open already", where=provider.id)
    following = _new_round(provider.round.number + 1, command.around["questionnaire"])
    return [Event("provider.refresh_opened", {"round": following})]


def _rely(state: Provider | None, command: Command) -> Sequence[Event]:
    provider = _living(state, command)
    if provider.role != "member_agent":
        refuse(
            "not_permitted",
            f"{provider.id} supplies technology only: there is no review of a member acting as agent to rely on "
            "(FINRA Rule 5310.09(c))",
            where=provider.id,
        )
    payload = _payload(command)
    if payload["look"] is not None:
        due = months_after(command.on, command.around["reliance_look_months"])
        payload["look"]["next_due_on"] = due.isoformat()
    return [Event("provider.reliance_recorded", payload)]


def _terminate(state: Provider | None, command: Command) -> Sequence[Event]:
    _living(state, command)
    payload = _payload(command)
    payload["effective_on"] = payload["effective_on"] or command.on.isoformat()
    return [Event("provider.terminated", payload)]


def _issue(state: Provider | None, command: Command) -> Sequence[Event]:
    existing(state, command)
    return [Event("provider.report_issued", _payload(command))]


PROVIDER: Noun[Provider] = Noun(
    name="provider",
    state=Provider,
    verbs={
        "add": Verb(Addition, _add),
        "venues": Verb(VenuesBody, _disclose),
        "answers": Verb(AnswersBody, _answer),
        "document": Verb(DocumentBody, _file),
        "score": Verb(MarksBody, _mark),
        "condition": Verb(ConditionBody, _set_condition),
        "meet": Verb(MeetBody, _meet_condition),
        "approve": Verb(ApprovalBody, _approve, signs=True, others=_entered_by_others),
        "refresh": Verb(Nothing, _refresh),
        "reliance": Verb(RelianceBody, _rely),
        "incident": Verb(IncidentBody, decide_incident),
        "fallback": Verb(FallbackBody, decide_fallback),
        "go_live": Verb(LiveBody, decide_go_live, signs=True),
        "terminate": Verb(TerminationBody, _terminate, signs=True),
        "report": Verb(ReportBody, _issue),
    },
    evolve=evolve_provider,
    show=show_provider,
)
