"""Remediation: underperformance of a provider, from the letter to the conclusion, and what is overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.desk.remediation_board import remediation_board, remediation_course
from routeproof.vocab.times import quarter_days
from routeproof.web.examples import example_of
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()
BY_STATE = {
    "opened": ("notify", "correspond"),
    "notified": ("acknowledge", "correspond", "conclude"),
    "acknowledged": ("investigate", "correspond", "conclude"),
    "investigating": ("plan", "investigate", "correspond", "conclude"),
    "planned": ("heighten", "done", "plan", "withdraw", "correspond", "conclude"),
    "heightened": ("look", "done", "conclude", "heighten", "withdraw", "correspond"),
}
"""What comes next stands first; after the end nothing is left to do."""


@routes.page("/remediation", needs="view.remediation", template="remediations.html")
def board(visit: Visit) -> dict[str, Any]:
    """Every remediation, by the stage at which it stands."""
    return {"stages": _board(visit), "steps": steps_for(visit, "remediation", "new", "open")}


@routes.api("GET", "/board", needs="view.remediation")
def board_call(visit: Visit) -> dict[str, Any]:
    """Remediations by the stage at which they stand, each with its clock and the step that is expected."""
    return {"stages": _board(visit)}


@routes.page(
    "/remediation/{id}", needs="view.remediation", template="remediation.html", example=example_of("remediation")
)
def remediation(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One remediation file."""
    found = looked_at(visit, "remediation", object_id)
    verbs = BY_STATE.get(found["state"], ())
    steps = steps_for(visit, "remediation", object_id, *verbs) if verbs else []
    held = {item["sha256"]: item for item in found["documents"]}
    return {"remediation": found, **remediation_course(found), "held": held, "steps": steps}


def _board(visit: Visit) -> list[dict[str, Any]]:
    return [
        {**stage, "cards": [card for card in stage["cards"] if visit.reaches(*quarter_days(card["quarter"]))]}
        for stage in remediation_board(visit.context)
    ]
