"""Written supervisory procedures: the text in force, sentence by sentence with the control that carries it out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.procedures import procedures_shown
from routeproof.web.examples import example_of
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/wsp", needs="view.procedures", template="procedures.html")
def procedures(visit: Visit, on: date | None = None) -> dict[str, Any]:
    """Procedures in force on a day, with their coverage."""
    shown = procedures_shown(visit.context, on or visit.context.business_day)
    return {**shown, "steps": steps_for(visit, "wsp", "new", "propose")}


@routes.page("/wsp/{id}", needs="view.procedures", template="procedure.html", example=example_of("wsp"))
def procedure(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One procedure: what is in force today, what is proposed, its history."""
    found = looked_at(visit, "wsp", object_id)
    shown = procedures_shown(visit.context, visit.context.business_day)["procedures"]
    in_force = next((item for item in shown if item["id"] == object_id), None)
    steps = steps_for(visit, "wsp", object_id, "propose", "approve", "attest", "retire")
    return {"procedure": found, "in_force": in_force, "steps": steps}
