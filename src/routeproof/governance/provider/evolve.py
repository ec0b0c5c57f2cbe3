"""A provider's file after one more event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.provider.state import (
    Answer,
    Condition,
    Fallback,
    Incident,
    Issued,
    Judged,
    Live,
    Look,
    Paper,
    Provider,
    Reliance,
    Round,
    Termination,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.governance.decider import Happened
    from routeproof.governance.part import Part

    Payload = Mapping[str, Any]


def evolve_provider(state: Provider | None, happened: Happened) -> Provider:
    """The file after an event; the first one adds it."""
    if state is None:
        return _added(happened)
    return _STEPS[happened.event.type](state, happened)


def _added(happened: Happened) -> Provider:
    payload = happened.event.payload
    known = {name: payload[name] for name in ("id", "name", "role", "venues", "sub_vendors")}
    who = {"added_by": happened.by, "added_on": happened.on, "rounds": [_round(happened)]}
    return Provider.model_validate({**known, "state": "onboarding", **who})


def _round(happened: Happened) -> Round:
    opened = {"opened_by": happened.by, "opened_on": happened.on, "entered_by": (happened.by,)}
    return Round.model_validate({**happened.event.payload["round"], **opened})


def _refresh_opened(state: Provider, happened: Happened) -> Provider:
    return state.model_copy(update={"rounds": (*state.rounds, _round(happened))})


def _entering(state: Provider, happened: Happened, **changes: Any) -> Provider:  # noqa: ANN401  # field values
    """The file with its open round changed, and the person among those who entered something."""
    if not state.round.open:
        return state
    entered = tuple(dict.fromkeys((*state.round.entered_by, happened.by)))
    return state.with_round(entered_by=entered, **changes)


def _answered(state: Provider, happened: Happened) -> Provider:
    payload = happened.event.payload
    answers = dict(state.round.answers)
    for name, given in payload["answers"].items():
        answers.pop(name, None)
        if given["answer"] is not None:
            answers[name] = _signed(Answer, given, happened)
    files = state.round.files if payload["file"] is None else (*state.round.files, payload["file"])
    return _entering(state, happened, answers=answers, files=files)


def _signed(part: type[Part], given: Payload, happened: Happened) -> Any:  # noqa: ANN401  # the part asked for
    """A part made of what was given, with who gave it and when."""
    known = {name: value for name, value in given.items() if name in part.model_fields}
    return part.model_validate({**known, "by": happened.by, "on": happened.on})


def _disclosed(state: Provider, happened: Happened) -> Provider:
    payload = happened.event.payload
    subs = state.sub_vendors if payload["sub_vendors"] is None else tuple(payload["sub_vendors"])
    after = state.model_copy(update={"venues": tuple(payload["venues"]), "sub_vendors": subs})
    return _entering(after, happened)


def _filed(state: Provider, happened: Happened) -> Provider:
    paper = _signed(Paper, happened.event.payload, happened)
    return _entering(state.model_copy(update={"papers": (*state.papers, paper)}), happened)


def _marked(state: Provider, happened: Happened) -> Provider:
    marks = {name: _signed(Judged, given, happened) for name, given in happened.event.payload["marks"].items()}
    return state.with_round(marks={**state.round.marks, **marks})


def _condition_set(state: Provider, happened: Happened) -> Provider:
    condition = _signed(Condition, happened.event.payload, happened)
    return state.model_copy(update={"conditions": (*state.conditions, condition)})


def _condition_met(state: Provider, happened: Happened) -> Provider:
    payload = happened.event.payload
    met = {"met_by": happened.by, "met_on": happened.on, "met_text": payload["text"]}
    changed = tuple(
        item.model_copy(update={**met, "evidence": tuple(payload["evidence"])})
        if item.condition == payload["condition"]
        else item
        for item in state.conditions
    )
    return state.model_copy(update={"conditions": changed})


def _approved(state: Provider, happened: Happened) -> Provider:
    payload = happened.event.payload
    last = state.round.model_dump(mode="json")
    last |= {"approved_by": happened.by, "approved_on": happened.on}
    last |= {"approval_note": payload["note"], "refresh_due_on": payload["refresh_due_on"]}
    rounds = (*state.rounds[:-1], Round.model_validate(last))
    return state.model_copy(update={"state": "approved", "rounds": rounds})


def _reliance(state: Provider, happened: Happened) -> Provider:
    payload = happened.event.payload
    given = {name: payload[name] for name in Reliance.model_fields if payload.get(name) is not None}
    looks = list(state.reliance.looks)
    if payload["look"] is not None:
        looks.append(_signed(Look, payload["look"], happened))
    reliance = Reliance.model_validate({**state.reliance.model_dump(), **given, "looks": looks})
    return state.model_copy(update={"reliance": reliance})


def _incident(state: Provider, happened: Happened) -> Provider:
    given = {name: value for name, value in happened.event.payload.items() if value not in (None, [])}
    before = {item.incident: item for item in state.incidents}
    known = before[given["incident"]].model_dump() if given["incident"] in before else {}
    before[given["incident"]] = _signed(Incident, {**known, **given}, happened)
    return state.model_copy(update={"incidents": tuple(before.values())})


def _fallback(state: Provider, happened: Happened) -> Provider:
    return state.model_copy(update={"fallback": _signed(Fallback, happened.event.payload, happened)})


def _terminated(state: Provider, happened: Happened) -> Provider:
    ended = _signed(Termination, happened.event.payload, happened)
    return state.model_copy(update={"state": "terminated", "termination": ended})


def _issued(state: Provider, happened: Happened) -> Provider:
    issued = _signed(Issued, happened.event.payload, happened)
    return state.model_copy(update={"reports": (*state.reports, issued)})


def _went_live(state: Provider, happened: Happened) -> Provider:
    return state.model_copy(update={"live": _signed(Live, happened.event.payload, happened)})


_STEPS: Mapping[str, Callable[[Provider, Happened], Provider]] = {
    "provider.refresh_opened": _refresh_opened,
    "provider.answered": _answered,
    "provider.disclosed": _disclosed,
    "provider.filed": _filed,
    "provider.marked": _marked,
    "provider.condition_set": _condition_set,
    "provider.condition_met": _condition_met,
    "provider.approved": _approved,
    "provider.reliance_recorded": _reliance,
    "provider.incident_recorded": _incident,
    "provider.fallback_planned": _fallback,
    "provider.terminated": _terminated,
    "provider.report_issued": _issued,
    "provider.went_live": _went_live,
}
