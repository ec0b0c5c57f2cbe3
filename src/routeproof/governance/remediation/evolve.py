"""A remediation folded from its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.remediation.state import (
    Acknowledged,
    Action,
    Concluded,
    Filed,
    Heightened,
    Investigated,
    Letter,
    Look,
    Remediation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.governance.decider import Happened


def fold_remediation(state: Remediation | None, happened: Happened) -> Remediation:
    """The remediation after one more event."""
    payload = {name: value for name, value in happened.event.payload.items() if name != "attested"}
    if state is None:
        who = {"state": "opened", "opened_by": happened.by, "opened_on": happened.on, "since": happened.on}
        return Remediation.model_validate({**payload, **who})
    change = CHANGES.get(happened.event.type)
    return state if change is None else state.model_copy(update=change(state, payload, happened))


def _who(happened: Happened) -> dict[str, Any]:
    return {"by": happened.by, "on": happened.on}


def _step(state: str, happened: Happened) -> dict[str, Any]:
    return {"state": state, "since": happened.on}


def _notified(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    letter = Letter.model_validate({**payload, **_who(happened)})
    return {"letters": (*state.letters, letter), **_step("notified", happened)}


def _acknowledged(_: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    received = Acknowledged.model_validate({**payload, "recorded_by": happened.by, "on": happened.on})
    return {"acknowledged": received, **_step("acknowledged", happened)}


def _investigated(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    found = Investigated.model_validate({**payload, **_who(happened)})
    return {"investigation": (*state.investigation, found), **_step("investigating", happened)}


def _planned(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    if happened.event.version == 1:  # of earlier programs, whose further plan was the whole plan
        done = {action.id: action for action in state.actions if action.done_on is not None}
        actions = tuple(done.get(item["id"], Action.model_validate(item)) for item in payload["actions"])
        return {"actions": actions, **_step("planned", happened)}
    stands = {action.id: action for action in state.actions}
    for item in payload["actions"]:
        if item["id"] not in stands or stands[item["id"]].open:
            stands[item["id"]] = Action.model_validate({**item, "planned_by": happened.by})
    since = {} if state.state == "planned" else _step("planned", happened)  # a further plan gives no further time
    return {"actions": tuple(stands.values()), **since}


def _withdrawn(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    gone = {"withdrawn_on": happened.on, "withdrawn_by": happened.by, "withdrawal": payload["reason"]}
    actions = (item.model_copy(update=gone) if item.id == payload["action"] else item for item in state.actions)
    return {"actions": tuple(actions)}


def _heightened(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    monitoring = Heightened.model_validate({**payload, **_who(happened), "first_look": len(state.looks)})
    if happened.event.version > 1 and state.monitoring is not None:
        strictest = state.monitoring.looser_than or state.monitoring.tested
        if not monitoring.tested.asks_as_much_as(strictest):
            monitoring = monitoring.model_copy(update={"looser_than": strictest})
    return {"monitoring": monitoring, **_step("heightened", happened)}


def _done(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    done = {
        "done_on": happened.on,
        "done_by": happened.by,
        "done_text": payload["text"],
        "done_files": tuple(payload["files"]),
    }
    actions = (item.model_copy(update=done) if item.id == payload["action"] else item for item in state.actions)
    return {"actions": tuple(actions)}


def _looked(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    return {"looks": (*state.looks, Look.model_validate({**payload, **_who(happened)}))}


def _filed(state: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    return {"correspondence": (*state.correspondence, Filed.model_validate({**payload, **_who(happened)}))}


def _concluded(_: Remediation, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    concluded = Concluded.model_validate({**payload, **_who(happened), "role": happened.role})
    return {"concluded": concluded, **_step(concluded.outcome, happened)}


CHANGES: Mapping[str, Callable[[Remediation, Mapping[str, Any], Happened], dict[str, Any]]] = {
    "remediation.notified": _notified,
    "remediation.acknowledged": _acknowledged,
    "remediation.investigated": _investigated,
    "remediation.planned": _planned,
    "remediation.heightened": _heightened,
    "remediation.action_done": _done,
    "remediation.action_withdrawn": _withdrawn,
    "remediation.looked": _looked,
    "remediation.correspondence_filed": _filed,
    "remediation.concluded": _concluded,
}
