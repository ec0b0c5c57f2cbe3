"""Remediation: underperformance of a provider, from the letter to the conclusion, and what is overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.desk.remediation import remediations_listed
from routeproof.vocab.times import quarter_days
from routeproof.web.examples import example_of
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()
STEPS = (
    "notify", "acknowledge", "investigate", "plan", "heighten", "done", "look", "correspond", "conclude",
)  # fmt: skip


@routes.page("/remediation", needs="view.remediation", template="remediations.html")
def board(visit: Visit) -> dict[str, Any]:
    """Every remediation, by the step at which it stands."""
    found = [
        item for item in remediations_listed(visit.context)["items"] if visit.reaches(*quarter_days(item["quarter"]))
    ]
    return {"rows": found, "steps": steps_for(visit, "remediation", "new", "open")}


@routes.page(
    "/remediation/{id}", needs="view.remediation", template="remediation.html", example=example_of("remediation")
)
def remediation(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One remediation file."""
    found = looked_at(visit, "remediation", object_id)
    return {"remediation": found, "steps": steps_for(visit, "remediation", object_id, *STEPS)}
