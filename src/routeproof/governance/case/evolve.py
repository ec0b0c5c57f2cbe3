"""A case after each of its events, those of earlier programs among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.case.bodies import Link, OrderHarm
from routeproof.governance.case.rules import CLOSING
from routeproof.governance.case.state import (
    ACKNOWLEDGED,
    AWAITING_REVIEW,
    CLOSED,
    INVESTIGATING,
    OPEN,
    Case,
    Clocks,
    Escalation,
    HarmFound,
    Note,
    Pin,
    Reimbursed,
    Returned,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.governance.decider import Happened

Change = dict[str, Any]
HARM = ("manifest", "total_usd", "of", "unknown_orders", "unknown_fills")
"""Members of harm; earlier programs counted no unknown ones."""
DECIDED = ("decision", "rationale", "level", "amounts", "total_usd", "proof", "replaces", "beside")
"""Members of a decision; earlier programs had no last two."""
NOT_OF_STATE = frozenset({"attested"})


def evolve(state: Case | None, happened: Happened) -> Case:
    """The case after one more event."""
    if state is None:
        return _opened(happened)
    step = _STEPS[happened.event.type]
    return state.model_copy(update=step(state, happened, happened.event.payload))


def _opened(happened: Happened) -> Case:
    known = {
        name: value
        for name, value in happened.event.payload.items()
        if name in Case.model_fields and name not in NOT_OF_STATE
    }
    return Case.model_validate({**known, "state": OPEN, "opened_by": happened.by, "opened_on": happened.on})


def _acknowledged(case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    own = {"acknowledged_by": happened.by, "acknowledged_at": payload["at"]}
    return {"state": ACKNOWLEDGED, "owner": case.owner or happened.by, **own}


def _assigned(_case: Case, _happened: Happened, payload: Mapping[str, Any]) -> Change:
    return {"owner": payload["to"]}


def _noted(case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    note = Note(text=payload["text"], evidence=tuple(payload["evidence"]), by=happened.by, on=happened.on)
    at = payload.get("at", str(happened.appended_at))
    begun: Change = {"state": INVESTIGATING}
    if case.acknowledged_at is None:
        begun |= {"acknowledged_by": happened.by, "acknowledged_at": at, "owner": case.owner or happened.by}
    if case.investigated_at is None:
        begun["investigated_at"] = at
    return {**begun, "notes": (*case.notes, note)}


def _back(case: Case) -> Change:
    """A closing that waits for its second person did not know of a finding: it goes back to who works the case."""
    waits = case.state == AWAITING_REVIEW
    return {"state": INVESTIGATING, **dict.fromkeys(CLOSING), "submitted_on": None} if waits else {}


def _finding_amended(case: Case, _happened: Happened, payload: Mapping[str, Any]) -> Change:
    """What stands in `again` is worked again: by this case if it is open, else by a successor."""
    return {**_back(case), "released": tuple(dict.fromkeys((*case.released, *payload["again"])))}


def _finding_added(case: Case, _happened: Happened, payload: Mapping[str, Any]) -> Change:
    added = payload["findings"]
    return {
        **_back(case),
        "title": payload.get("title", case.title),
        "findings": tuple(dict.fromkeys((*case.findings, *added))),
        "released": tuple(key for key in case.released if key not in added),
        "rules": tuple(sorted({*case.rules, *payload["rules"]})),
        "orders": tuple(dict.fromkeys((*case.orders, *payload["orders"]))),
        "pins": (*case.pins, *(Pin.model_validate(item) for item in payload["pins"])),
        "priority": payload["priority"],
        "clocks": Clocks.model_validate(payload["clocks"]),
    }


def _linked(case: Case, _happened: Happened, payload: Mapping[str, Any]) -> Change:
    return {"links": (*case.links, Link(noun=payload["noun"], id=payload["id"]))}


def _submitted(_case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    said = {name: payload[name] for name in CLOSING}
    return {"state": AWAITING_REVIEW, **said, "submitted_by": happened.by, "submitted_on": happened.on}


def _returned(case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    back = Returned(text=payload["text"], by=happened.by, on=happened.on)
    return {"state": INVESTIGATING, "returns": (*case.returns, back), **dict.fromkeys(CLOSING), "submitted_on": None}


def _closed(_case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    said = {name: payload[name] for name in CLOSING}
    seconded = {"reviewed_by": happened.by} if payload.get("submitted_by") else {"submitted_by": happened.by}
    return {"state": CLOSED, **said, **seconded, "closed_by": happened.by, "closed_on": happened.on}


def _disposed(_case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    """The one step with which earlier programs ended a case, always by a second person."""
    said = {name: payload[name] for name in ("rationale", "remediation")}
    ended = {"reviewed_by": happened.by, "closed_by": happened.by, "closed_on": happened.on}
    return {"state": CLOSED, "disposition": payload["outcome"], **said, **ended}


def _escalated(case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    raised = Escalation(clock=payload["clock"], to=payload["to"], priority=payload["priority"], on=happened.on)
    return {"priority": payload["priority"], "escalations": (*case.escalations, raised)}


def _harm(_case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    orders = tuple(OrderHarm.model_validate(item) for item in payload["orders"])
    own = {name: payload[name] for name in HARM if name in payload}
    found = HarmFound(**own, orders=orders, files=tuple(payload["files"]), by=happened.by, on=happened.on)
    return {"harm": found}


def _reimbursed(case: Case, happened: Happened, payload: Mapping[str, Any]) -> Change:
    own = {name: payload[name] for name in DECIDED if name in payload}
    number = len(case.reimbursements) + 1
    decided = Reimbursed.model_validate({**own, "number": number, "by": happened.by, "on": happened.on})
    before = (
        item.model_copy(update={"replaced_by": number}) if item.number == decided.replaces else item
        for item in case.reimbursements
    )
    return {"reimbursements": (*before, decided)}


def _proved(case: Case, _happened: Happened, payload: Mapping[str, Any]) -> Change:
    proved = (
        item.model_copy(update={"proof": (*item.proof, *payload["proof"])}) if item.number == payload["of"] else item
        for item in case.reimbursements
    )
    return {"reimbursements": tuple(proved)}


_STEPS: Mapping[str, Callable[[Case, Happened, Mapping[str, Any]], Change]] = {
    "case.acknowledged": _acknowledged,
    "case.assigned": _assigned,
    "case.noted": _noted,
    "case.finding_added": _finding_added,
    "case.finding_amended": _finding_amended,
    "case.linked": _linked,
    "case.submitted": _submitted,
    "case.returned": _returned,
    "case.closed": _closed,
    "case.disposed": _disposed,
    "case.escalated": _escalated,
    "case.harm_computed": _harm,
    "case.reimbursed": _reimbursed,
    "case.reimbursement_proved": _proved,
}
