"""A remediation in a workspace without data, step by step."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.remediation import act_on_remediation, open_remediation, policy_of, remediation_shown
from routeproof.app.objects.act import act
from routeproof.governance.remediation.noun import REMEDIATION

if TYPE_CHECKING:
    from governance_desk import Desk

DAY = date(2026, 10, 5)
FOUND = {"quarter": "2026Q3", "finding": "F1", "summary": "Limit orders fill less often than agreed."}
BODIES: dict[str, dict[str, Any]] = {
    "notify": {"addressee": "R. Vendor, P Inc.", "body": "We spoke on Monday."},
    "acknowledge": {"received_on": "2026-10-05", "by": "R. Vendor"},
    "investigate": {
        "hypotheses": ["a new venue", "stale quotes"],
        "root_cause": "routing_logic",
        "text": "A release of 3 August changed the order of venues.",
    },
    "plan": {
        "actions": [
            {
                "id": "A1",
                "text": "Put the old order back",
                "owner": "P Inc.",
                "due_on": "2026-10-20",
                "expected_effect": "fill rate back to 61%",
            },
            {"id": "A2", "text": "Announce changes", "owner": "R. Vendor", "due_on": "2026-11-20"},
        ]
    },
    "heighten": {
        "until": "2026-12-31",
        "thresholds": {"limit_fill_rate_shares": 0.6},
        "review_every_days": 7,
        "exit": {"metric": "limit_fill_rate_shares", "at_least": 0.6, "looks": 2},
    },
}
STEPS = tuple(BODIES)
WHO = {"heighten": "sam"}


def step(
    desk: Desk, verb: str, body: dict[str, Any] | None = None, person: str = "", on: date = DAY, of: str = "R1"
) -> dict[str, Any]:
    """One step, on a day."""
    given = BODIES.get(verb, {}) if body is None else body
    with desk.context(person or WHO.get(verb, "ann"), on) as context:
        return act_on_remediation(context, of, verb, given)


def opened(desk: Desk, person: str = "ann") -> dict[str, Any]:
    """A remediation of provider P."""
    with desk.context(person, DAY) as context:
        return open_remediation(context, "P", FOUND)


def stands_after(desk: Desk, last: str | None) -> dict[str, Any]:
    """A remediation after a step and all steps before it."""
    state = opened(desk)
    for verb in STEPS[: STEPS.index(last) + 1] if last else ():
        state = step(desk, verb)
    return state


def look_with(desk: Desk, *looks: tuple[str, str, float | None], person: str = "ann") -> dict[str, Any]:
    """Looks over (first day, last day) that measured what is given."""
    measured = [
        {"from_on": first, "to_on": last, "metric": "limit_fill_rate_shares", "value": value, "n": 100}
        for first, last, value in looks
    ]
    with desk.context(person, date(2026, 11, 30)) as context:
        act(context, REMEDIATION, "R1", "look", {}, lambda records: {**policy_of(context, records), "looks": measured})
        return remediation_shown(context, "R1")


def look_on(desk: Desk, day: date = DAY, of: str = "R1") -> dict[str, Any]:
    """The remediation as shown on a day."""
    with desk.context(on=day) as context:
        return remediation_shown(context, of)
