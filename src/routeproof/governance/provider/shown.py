"""A provider's file as people see it on a day; the names of the stable surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.provider.live import live_shown
from routeproof.governance.provider.reliance import reliance_of
from routeproof.governance.provider.score import mark_of, score_of, unmet
from routeproof.governance.provider.state import Incident, Provider, Round, state_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


def show_provider(provider: Provider, on: date, around: Mapping[str, Any]) -> dict[str, Any]:
    """The file on a day."""
    whole = provider.model_dump(mode="json")
    round_, approved = provider.round, provider.last_approved
    due = approved.refresh_due_on if approved else None
    return {
        "id": provider.id,
        "state": state_on(provider, on),
        "name": provider.name,
        "role": provider.role,
        "live": live_shown(provider, on, around),
        "venues": whole["venues"],
        "sub_vendors": whole["sub_vendors"],
        "unanswered": round_.unanswered() if round_.open else [],
        "refresh_due_on": due.isoformat() if due and provider.state == "approved" else None,
        "reliance_5310_09c": reliance_of(provider, on),
        "round": _round(round_),
        "needs": needs_of(provider),
        "score": score_of(round_),
        "changes": changes_of(provider),
        "conditions": [
            item | {"overdue": item["met_on"] is None and item["due_on"] < on.isoformat()}
            for item in whole["conditions"]
        ],
        "papers": [
            item | {"expired": item["expires_on"] is not None and item["expires_on"] < on.isoformat()}
            for item in whole["papers"]
        ],
        "incidents": [_incident(item) for item in provider.incidents],
        "fallback": whole["fallback"],
        "termination": whole["termination"],
        "reports": whole["reports"],
        "answers": _answers(round_),
        "rounds": [_round(item) for item in provider.rounds],
    }


def needs_of(provider: Provider) -> dict[str, Any]:
    """What the approval of an open round waits for."""
    if not provider.round.open:
        return {}
    return {"answers": provider.round.unanswered(), "conditions_for": unmet(provider)}


def changes_of(provider: Provider) -> dict[str, Any]:
    """The latest round's answers against those of the last one approved before: changed, new, withdrawn, unasked."""
    earlier = [item for item in provider.rounds[:-1] if not item.open]
    if not earlier:
        return {}
    before, now = earlier[-1].answers, provider.round.answers
    same = [name for name in now if name in before and now[name].answer.split() == before[name].answer.split()]
    return {
        "against_round": earlier[-1].number,
        "changed": [
            {"question": name, "before": before[name].answer, "now": now[name].answer}
            for name in now
            if name in before and name not in same
        ],
        "new": [name for name in now if name not in before],
        "not_answered_again": [name for name in before if name in provider.round.questions and name not in now],
        "no_longer_asked": [name for name in before if name not in provider.round.questions],
        "same": len(same),
    }


def _round(round_: Round) -> dict[str, Any]:
    shown = ("number", "questionnaire", "version", "opened_on", "opened_by", "entered_by")
    later = ("approved_by", "approved_on", "approval_note", "refresh_due_on")
    plain = round_.model_dump(mode="json", include={*shown, *later})
    counts = {"questions": len(round_.questions), "answered": len(round_.answers)}
    return {**{name: plain[name] for name in shown}, **counts, **{name: plain[name] for name in later}}


def _answers(round_: Round) -> list[dict[str, Any]]:
    return [
        {"question": name, **answer.model_dump(mode="json"), "mark": mark_of(round_, name)}
        for name, answer in round_.answers.items()
    ]


def _incident(incident: Incident) -> dict[str, Any]:
    return incident.model_dump(mode="json") | {
        "detection_s": _seconds(incident.started_at, incident.detected_at),
        "duration_s": _seconds(incident.started_at, incident.ended_at),
        "open": incident.ended_at is None,
    }


def _seconds(first: datetime, last: datetime | None) -> float | None:
    return None if last is None else (last - first).total_seconds()
