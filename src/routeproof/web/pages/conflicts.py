"""Conflicts of interest: who is paid by whom, who owns what, what is done about it, and whether it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.desk.conflict_view import payments_and_conflicts
from routeproof.app.objects.governed import ids_of
from routeproof.app.steps import looks_of
from routeproof.governance.conflict import CONFLICT
from routeproof.web.looks import steps_for
from routeproof.web.pages.venues import reached_choices
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/conflicts", needs="view.conflicts", template="conflicts.html")
def conflicts(visit: Visit) -> dict[str, Any]:
    """The register, and what the newest packs show of payments."""
    show = looks_of(CONFLICT.name)
    rows = [show(visit.context, name) for name in ids_of(visit.context.records, CONFLICT)]
    return {"rows": rows, **_payments(visit), "steps": steps_for(visit, "conflict", "new", "declare")}


@routes.api("GET", "/payments", needs="view.conflicts")
def payments_call(visit: Visit) -> dict[str, Any]:
    """Payment against quality by provider and venue, and payers that no conflict names."""
    return _payments(visit)


def _payments(visit: Visit) -> dict[str, Any]:
    return payments_and_conflicts(visit.context, reached_choices(visit))
