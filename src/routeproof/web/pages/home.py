"""My day: what needs this person today, in order, each with the next action; then how every provider stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.todo import provider_states, todo_of
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/", needs="anybody", template="home.html")
def home(visit: Visit) -> dict[str, Any]:
    """What needs me today."""
    providers = provider_states(visit.context) if visit.may("view.providers") else []
    return {"todo": todo_of(visit.context, visit.person, visit.roles, visit.matrix), "providers": providers}
