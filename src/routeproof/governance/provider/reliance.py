"""Reliance on another member's review (FINRA Rule 5310.09(c)): offered by role, in force by what is on file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from routeproof.governance.provider.state import Provider

CITATION = "FINRA Rule 5310, Supplementary Material .09(c) (unconfirmed: check before relying on it)"
NOT_OFFERED = (
    "a firm may rely only on the regular and rigorous review of another member that agreed to handle its orders as "
    "agent; this provider supplies technology only, makes no such review, and the firm reviews its flow itself"
)
OFFERED = "the provider is a member that handles the orders as agent"


def reliance_of(provider: Provider, on: date) -> dict[str, Any]:
    """Whether reliance is offered, why, whether all it needs is on file on a day, and when the next look is due.

    Own measurement is never switched off, whatever stands here.
    """
    offered = provider.role == "member_agent"
    missing = _missing(provider, on) if offered else []
    reason = NOT_OFFERED
    if offered:
        reason = f"{OFFERED}; {'still missing: ' + ', '.join(missing) if missing else 'all that it needs is on file'}"
    reliance = provider.reliance
    return {
        "offered": offered,
        "in_force": offered and not missing and provider.state == "approved",
        "reason": reason,
        "citation": CITATION,
        "missing": missing,
        "agreed_on": reliance.agreed_on.isoformat() if reliance.agreed_on else None,
        "agreement": reliance.agreement,
        "results_disclosed": reliance.results_disclosed,
        "rationale_disclosed": reliance.rationale_disclosed,
        "looks": [look.model_dump(mode="json") for look in reliance.looks],
        "next_look_due_on": _next_look(provider) if offered else None,
        "own_measurement": "always on",
    }


def _missing(provider: Provider, on: date) -> list[str]:
    reliance = provider.reliance
    missing = []
    if reliance.agreement is None or reliance.agreed_on is None:
        missing.append("the agency agreement with its date")
    if not reliance.results_disclosed:
        missing.append("full disclosure of results")
    if not reliance.rationale_disclosed:
        missing.append("full disclosure of the rationale")
    due = _next_look(provider)
    if not reliance.looks:
        missing.append("a dated look at how it reviews")
    elif due is not None and on.isoformat() > due:
        missing.append(f"the look at how it reviews that was due on {due}")
    return missing


def _next_look(provider: Provider) -> str | None:
    due = [look.next_due_on for look in provider.reliance.looks]
    return max(due).isoformat() if due else None
