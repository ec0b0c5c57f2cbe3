"""Policy: what is in force on a day, value by value with its source; proposals, what they change, who approved them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.effect.effect import judge_effect, proposal_effect
from routeproof.app.firm.policy import policies_listed, policy_shown
from routeproof.vocab.errors import UsageError
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import API, Routes
from routeproof.web.visit import Gone

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
def proposal(visit: Visit, object_id: ID, day: date | None = None) -> dict[str, Any]:
    """One proposal: the value in force beside the proposed one, and what it would change."""
    found = looked_at(visit, "policy", object_id)
    steps = steps_for(visit, "policy", object_id, "approve", "withdraw")
    return {"proposal": found, **_effect(visit, object_id, day), "steps": steps}


@routes.action("/policy/{id}/effect", needs="view.policy", example=_first("/effect"))
def begin_effect(visit: Visit, object_id: ID) -> Gone:
    """Judge a day without the proposal and with it; the answer is kept."""
    looked_at(visit, "policy", object_id)
    asks = _effect(visit, object_id, _day(visit.form.get("day", "")))["asks"]
    if not asks:
        return Gone(f"/policy/{object_id}", "There is no day to judge for it.")
    judge_effect(visit.context, object_id, date.fromisoformat(asks["day"]), WAIT_S)
    return Gone(f"/policy/{object_id}?day={asks['day']}")


@routes.api("GET", "/policy/{id}/effect", needs="view.policy", example=_first("/effect", API))
def effect_call(visit: Visit, object_id: ID, day: date | None = None) -> dict[str, Any]:
    """What a proposal would change, as far as it is computed; a day of a rule is judged by the POST."""
    looked_at(visit, "policy", object_id)
    return _effect(visit, object_id, day)


@routes.api("POST", "/policy/{id}/effect", needs="view.policy", example=_first("/effect", API))
def judge_call(visit: Visit, object_id: ID, day: date) -> dict[str, Any]:
    """Judge a day without the proposal of a rule's threshold and with it; answers once that is done."""
    looked_at(visit, "policy", object_id)
    visit.require_reach(day)
    judge_effect(visit.context, object_id, day)
    return _effect(visit, object_id, day)


@routes.api("GET", "/policy", needs="view.policy")
def policy_call(visit: Visit, on: date | None = None) -> dict[str, Any]:
    """What is in force on a day."""
    return policy_shown(visit.context, on)


def _effect(visit: Visit, proposal_id: str, day: date | None) -> dict[str, Any]:
    if day is not None:
        visit.require_reach(day)
    found = proposal_effect(visit.context, proposal_id, day)
    if found["asks"]:
        found["asks"]["days"] = [one for one in found["asks"]["days"] if visit.reaches(date.fromisoformat(one))]
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        message = f"expected a day, YYYY-MM-DD, found {text[:40]!r}"
        raise UsageError(message, where="day") from error
