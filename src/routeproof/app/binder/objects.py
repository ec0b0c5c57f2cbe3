"""Objects that belong to a quarter: its reviews, and what of every other kind speaks of it or of its providers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.remediation import remediation_shown
from routeproof.app.desk.review import review_shown
from routeproof.app.objects.act import shown
from routeproof.app.objects.nouns import NOUNS
from routeproof.app.provider.go_live import provider_shown
from routeproof.governance.decider import refuse
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.decider import Noun

ELSEWHERE = frozenset({"people", "policy", "evidence", "duty", "wsp"})
"""Kinds that the binder holds in a part of their own, or in the ledger alone."""
SHOWN: Mapping[str, Callable[[Context, str], dict[str, Any]]] = {
    "provider": provider_shown,
    "review": review_shown,
    "remediation": remediation_shown,
}


def as_of(context: Context, day: date) -> Context:
    """The context with another business day, so that what is shown does not depend on when one looks."""
    return replace(context, actor=replace(context.actor, business_on=day.isoformat()))


def objects_of_quarter(context: Context, quarter: str) -> dict[str, list[dict[str, Any]]]:
    """Objects by kind, each as its `show` gives it; reviews of the quarter are there in any case.

    Raises:
        RefusalError: `wrong_state` if the quarter has no review.
    """
    reviews = [state for state in _states(context, "review").values() if state["quarter"] == quarter]
    if not reviews:
        refuse(
            "wrong_state",
            f"expected a review of {quarter}, found none: `routeproof review open {quarter} --provider P` begins one",
            where=quarter,
        )
    providers = {str(state["provider"]) for state in reviews}
    found: dict[str, list[dict[str, Any]]] = {}
    for noun in NOUNS:
        if noun.name in ELSEWHERE:
            continue
        for name, state in _states(context, noun.name).items():
            if belongs_to_quarter(noun.name, name, state, quarter, providers):
                found.setdefault(noun.name, []).append(_shown(context, noun, name))
    return found


def _states(context: Context, noun: str) -> dict[str, dict[str, Any]]:
    statement = "SELECT id, state FROM governance_objects WHERE noun = :noun ORDER BY id"
    return {str(name): json.loads(str(state)) for name, state in context.records.query(statement, {"noun": noun})}


def belongs_to_quarter(noun: str, name: str, state: Mapping[str, Any], quarter: str, providers: set[str]) -> bool:
    """Of its quarter; work that goes on over quarters while it does; the rest if it is of a reviewed provider."""
    if noun == "provider":
        return name in providers
    if noun == "day":
        first, last = (day.isoformat() for day in quarter_days(quarter))
        return first <= name <= last
    if quarter in (name, state.get("quarter"), state.get("period")):
        return True
    theirs = state.get("provider") in providers
    if noun == "remediation":
        return theirs and _goes_on(state, (state.get("concluded") or {}).get("on"), quarter)
    if noun == "case":
        return (theirs or state.get("provider") is None) and _goes_on(state, state.get("closed_on"), quarter)
    return theirs and "quarter" not in state and "period" not in state


def _goes_on(state: Mapping[str, Any], ended: object, quarter: str) -> bool:
    first, last = (day.isoformat() for day in quarter_days(quarter))
    return str(state["opened_on"]) <= last and str(ended or "9999-12-31") >= first


def _shown(context: Context, noun: Noun[Any], name: str) -> dict[str, Any]:
    show = SHOWN.get(noun.name)
    if show is not None:
        return show(context, name)
    return shown(context, noun, name, on=context.business_day)
