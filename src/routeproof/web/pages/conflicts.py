"""Conflicts of interest: who is paid by whom, who owns what, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.governance.conflict import CONFLICT
from routeproof.web.looks import steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/conflicts", needs="view.conflicts", template="conflicts.html")
def conflicts(visit: Visit) -> dict[str, Any]:
    """The register."""
    found = [conflict.model_dump(mode="json") for conflict in objects_of(visit.context.records, CONFLICT)]
    return {"rows": found, "steps": steps_for(visit, "conflict", "new", "declare")}
