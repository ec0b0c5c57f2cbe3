"""Policy: what is in force on a day, value by value with its source; proposals, what they change, who approved them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.effect.effect import proposal_effect
from routeproof.app.firm.policy import policies_listed, policy_shown
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import API, Routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()
FOUNDING = "founding"
WAIT_S = 0.2


def _first(word: str = "", before: str = "") -> Callable[[Context], str]:
    """Address of the first proposal of the firm's own, else of the founding one."""

    def example(context: Context) -> str:
        own = [item["id"] for item in policies_listed(context)["items"] if item["id"] != FOUNDING]
        return f"{before}/policy/{own[0] if own else FOUNDING}{word}"

    return example


@routes.page("/policy", needs="view.policy", template="policy.html")
def policy(visit: Visit, on: date | None = None, text: str = "") -> dict[str, Any]:
    """What is in force on a day."""
    shown = policy_shown(visit.context, on)
    words = text.lower().split()
    values = [item for item in shown["in_force"] if all(word in str(item).lower() for word in words)]
    proposals = policies_listed(visit.context)["items"]
    steps = steps_for(visit, "policy", "new", "propose")
    return {**shown, "values": values, "text": text, "proposals": proposals, "steps": steps}


@routes.page("/policy/{id}", needs="view.policy", template="proposal.html", example=_first())
def proposal(visit: Visit, object_id: ID, day: date | None = None, judge: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  # of the address
    """One proposal: the value in force beside the proposed one, and what it would change."""
    found = looked_at(visit, "policy", object_id)
    steps = steps_for(visit, "policy", object_id, "approve", "withdraw")
    return {"proposal": found, **_effect(visit, object_id, day, WAIT_S, judge=judge), "steps": steps}


@routes.api("GET", "/policy/{id}/effect", needs="view.policy", example=_first("/effect", API))
def effect_call(visit: Visit, object_id: ID, day: date | None = None, judge: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    """What a proposal would change; `judge` a day twice for a threshold of a rule, which takes its time."""
    looked_at(visit, "policy", object_id)
    return _effect(visit, object_id, day, None, judge=judge)


@routes.api("GET", "/policy", needs="view.policy")
def policy_call(visit: Visit, on: date | None = None) -> dict[str, Any]:
    """What is in force on a day."""
    return policy_shown(visit.context, on)


def _effect(visit: Visit, proposal_id: str, day: date | None, wait_s: float | None, *, judge: bool) -> dict[str, Any]:
    if day is not None:
        visit.require_reach(day)
    found = proposal_effect(visit.context, proposal_id, day, judge=judge, wait_s=wait_s)
    if found["asks"]:
        found["asks"]["days"] = [one for one in found["asks"]["days"] if visit.reaches(date.fromisoformat(one))]
    return found
