"""Policy: what is in force on a day, value by value with its source; proposals, and who approved them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.policy import policies_listed, policy_shown
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()
FOUNDING = "founding"


@routes.page("/policy", needs="view.policy", template="policy.html")
def policy(visit: Visit, on: date | None = None, text: str = "") -> dict[str, Any]:
    """What is in force on a day."""
    shown = policy_shown(visit.context, on)
    words = text.lower().split()
    values = [item for item in shown["in_force"] if all(word in str(item).lower() for word in words)]
    proposals = policies_listed(visit.context)["items"]
    steps = steps_for(visit, "policy", "new", "propose")
    return {**shown, "values": values, "text": text, "proposals": proposals, "steps": steps}


@routes.page("/policy/{id}", needs="view.policy", template="proposal.html", example=lambda _: f"/policy/{FOUNDING}")
def proposal(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One proposal, and what is in force of its key today."""
    found = looked_at(visit, "policy", object_id)
    today = [item for item in policy_shown(visit.context)["in_force"] if item["key"] == found.get("key")]
    steps = steps_for(visit, "policy", object_id, "approve", "withdraw")
    return {"proposal": found, "today": today[0] if today else None, "steps": steps}


@routes.api("GET", "/policy", needs="view.policy")
def policy_call(visit: Visit, on: date | None = None) -> dict[str, Any]:
    """What is in force on a day."""
    return policy_shown(visit.context, on)
