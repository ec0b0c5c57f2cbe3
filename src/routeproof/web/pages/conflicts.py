"""Conflicts of interest: who is paid by whom, who owns what, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import ids_of
from routeproof.app.steps import looks_of
from routeproof.governance.conflict import CONFLICT
from routeproof.web.looks import steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/conflicts", needs="view.conflicts", template="conflicts.html")
def conflicts(visit: Visit) -> dict[str, Any]:
    """The register."""
    show = looks_of(CONFLICT.name)
    rows = [show(visit.context, name) for name in ids_of(visit.context.records, CONFLICT)]
    return {"rows": rows, "steps": steps_for(visit, "conflict", "new", "declare")}
