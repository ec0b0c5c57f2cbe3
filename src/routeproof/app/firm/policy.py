"""Policy: propose and approve changes, adopt what is shipped, show what is in force on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import act, shown
from routeproof.app.objects.governed import objects_of
from routeproof.app.policy_in_force import MARGINS, PolicyInForce, current_subjects, policy_in_force
from routeproof.governance.policy import FIRM, FOUNDING, NOT_ADOPTED, POLICY
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.policy.changes import CALENDAR, entries_of, keys_of
from routeproof.policy.dated import GRADES
from routeproof.stores.shipped_policy import (
    load_equity_calendar,
    shipped_documents_sha256,
    shipped_policy_id,
    shipped_subjects,
)
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.records import Records


def propose_policy(context: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    """Propose a value; returns the proposal under its new id.

    Raises:
        UsageError: a key that there is not, a value of another kind than the one in force.
        RefusalError: as the decider.
    """
    state = act(context, POLICY, FIRM, "propose", body, _around)
    return _proposal(state, state["proposals"][-1]["id"])


def decide_policy(context: Context, verb: str, proposal: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Approve or withdraw a proposal; `founding` is everything shipped."""
    state = act(context, POLICY, FIRM, verb, {**(body or {}), "proposal": proposal}, _around)
    return _founding(state) if proposal == FOUNDING else _proposal(state, proposal)


def policy_shown(context: Context, on: date | None = None, proposal: str | None = None) -> dict[str, Any]:
    """What is in force on a day, value by value; or one proposal.

    Raises:
        UsageError: if there is no such proposal.
    """
    known = policy_in_force(context.records)
    state = shown(context, POLICY, FIRM) if known.firm else _nothing()
    if proposal == FOUNDING:
        return _founding(state)
    if proposal is not None:
        return _proposal(state, proposal)
    day = on or context.business_day
    return {
        **state,
        "state": _standing(known),
        "on": day.isoformat(),
        "policy": known.id,
        "in_force": _in_force(known, day),
        "overrides": overrides_on(context.records, day),
    }


def policies_listed(context: Context) -> dict[str, Any]:
    """All proposals, the founding one first."""
    known = policy_in_force(context.records)
    state = shown(context, POLICY, FIRM) if known.firm else _nothing()
    founding = _founding(state)
    items = [{name: founding[name] for name in ("id", "state", "policy", "adoptions")}, *state["proposals"]]
    return {"items": items, "total": len(items)}


def _around(_: Records) -> Mapping[str, Any]:
    return {
        "subjects": shipped_subjects(),
        "calendar": load_equity_calendar(),
        "new_keys": MARGINS,
        "policy": shipped_policy_id(),
        "documents": shipped_documents_sha256(),
    }


def _nothing() -> dict[str, Any]:
    head = {"id": FIRM, "state": NOT_ADOPTED, "adoptions": [], "proposals": []}
    return {**head, "version": 0, "version_hash": "", "ledger_index": None, "documents": [], "history": []}


def _standing(known: PolicyInForce) -> str:
    if known.firm is None or not known.firm.adoptions:
        return NOT_ADOPTED
    return known.firm.state if known.adopted else "adopted in an earlier form; what is shipped now is not adopted"


def _head(state: Mapping[str, Any]) -> dict[str, Any]:
    names = ("version", "version_hash", "ledger_index", "history", "receipt")
    return {name: state[name] for name in names if name in state}


def _proposal(state: Mapping[str, Any], number: str) -> dict[str, Any]:
    for item in state["proposals"]:
        if item["id"] == number:
            return {**item, **_head(state)}
    known = ", ".join(item["id"] for item in state["proposals"]) or "none yet"
    message = f"expected a proposal ({known}) or {FOUNDING}, found {number!r}"
    raise UsageError(message, where=number)


def _founding(state: Mapping[str, Any]) -> dict[str, Any]:
    adopted = any(item["documents"] == shipped_documents_sha256() for item in state["adoptions"])
    standing = "approved" if adopted else NOT_ADOPTED
    said = {"policy": shipped_policy_id(), "documents_sha256": shipped_documents_sha256()}
    return {"id": FOUNDING, "state": standing, **said, "adoptions": state["adoptions"], **_head(state)}


def overrides_on(records: Records, day: date) -> list[dict[str, Any]]:
    """Tighter thresholds of heightened monitoring, by remediation: they go before policy for that provider."""
    found = []
    for remediation in objects_of(records, REMEDIATION):
        monitoring, concluded = remediation.monitoring, remediation.concluded
        if monitoring is None:
            continue
        last = min(monitoring.until, concluded.on if concluded else monitoring.until)
        if monitoring.on <= day <= last:
            found += [
                {
                    "remediation": remediation.id,
                    "provider": remediation.provider,
                    "key": key,
                    "value": value,
                    "from": monitoring.on.isoformat(),
                    "until": monitoring.until.isoformat(),
                }
                for key, value in monitoring.thresholds.items()
            ]
    return found


def _in_force(known: PolicyInForce, day: date) -> list[dict[str, Any]]:
    subjects = current_subjects(known.firm)
    return [
        _said(key, entries_of(subjects, key), day) for key in keys_of(subjects) if key not in {"entitlements", CALENDAR}
    ]


def _said(key: str, entries: list[dict[str, Any]], day: date) -> dict[str, Any]:
    begun = [entry for entry in entries if entry["effective_from"] <= day]
    entry = begun[-1] if begun else entries[0]
    later = [item["effective_from"].isoformat() for item in entries if item["effective_from"] > day]
    return {
        "key": key,
        "value": entry["value"],
        "effective_from": entry["effective_from"].isoformat(),
        "in_force": bool(begun),
        "next_from": later[0] if later else None,
        "citation": entry["citation"],
        "grade": entry["grade"],
        "unconfirmed": bool(entry.get("unconfirmed", False)),
        "grade_means": GRADES[entry["grade"]],
    }
