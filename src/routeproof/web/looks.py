"""Looking at governed objects: lists and single ones, for the API and for pages that have no design of their own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path as InPath

from routeproof.app.cases.case_days import days_of_cases
from routeproof.app.objects.act import listed
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.naming import PATTERN
from routeproof.app.steps import BY_NOUN, STEPS, looks_of
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import period_days, quarter_days
from routeproof.web.examples import example_of
from routeproof.web.faults import NotFoundError
from routeproof.web.forms import fields_of
from routeproof.web.naming import NEW, proposed_name
from routeproof.web.offers import offers_of
from routeproof.web.places import PLACES, place_of
from routeproof.web.routing import API, Route, Routes
from routeproof.web.standing import as_it_stands, offers_within
from routeproof.web.step_labels import BY_PROGRAMS, HINTS, asked_of, label_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.app.context import Context
    from routeproof.governance.decider import Noun
    from routeproof.web.visit import Visit

routes = Routes()
ID = Annotated[str, InPath(alias="id", pattern=f"^{PATTERN}$")]
"""How objects are named; what cannot be a name is refused before anything is looked up."""
AREAS = {
    "case": "exceptions",
    "suppress": "exceptions",
    "day": "exceptions",
    "conflict": "conflicts",
    "provider": "providers",
    "config": "providers",
    "certification": "providers",
    "sla": "providers",
    "remediation": "remediation",
    "review": "reviews",
    "restatement": "reviews",
    "duty": "duties",
    "disclosure": "reports",
    "report": "reports",
    "wsp": "procedures",
    "policy": "policy",
    "evidence": "ledger",
    "experiment": "measures",
    "people": "people",
}
"""Who may see objects of a noun: those who may see the area."""
WITHOUT_LIST = {"day", "duty", "policy", "people"}
"""Nouns whose lists are more than rows of objects; they have calls of their own."""


def require_object(visit: Visit, noun: Noun[Any], object_id: str) -> None:
    """Refuse what there is not.

    Raises:
        NotFoundError: if there is no object of that name.
    """
    if object_of(visit.context.records, noun, object_id) is None:
        message = f"expected something that there is ({noun.name}), found none of that name"
        raise NotFoundError(message, where=object_id[:128])


def looked_at(visit: Visit, noun: str, object_id: str) -> dict[str, Any]:
    """One object, as its command shows it, if the person's role reaches it.

    Raises:
        NotFoundError: there is none, or it is of days that the role does not reach.
    """
    if noun not in WITHOUT_LIST:
        require_object(visit, BY_NOUN[noun], object_id)
    try:
        found = looks_of(noun)(visit.context, object_id)
    except UsageError as error:
        raise NotFoundError(error.message, where=error.where) from error
    span = span_of(visit.context, noun, object_id, found)
    if span is not None:
        visit.require_reach(*span)
    return found


def span_of(context: Context, noun: str, object_id: str, shown: Mapping[str, Any]) -> tuple[date, date] | None:
    """Days that an object is about; null for one that is about no days."""
    if noun == "case":
        return days_of_cases(context.records, [object_id]).get(object_id)
    if shown.get("quarter"):
        return quarter_days(str(shown["quarter"]))
    if noun in {"report", "disclosure"}:
        return period_days(str(shown.get("period") or ""))
    about = shown.get("day") if noun == "day" else None
    if about:
        return date.fromisoformat(str(about)), date.fromisoformat(str(about))
    return None


def steps_for(
    visit: Visit,
    noun: str,
    object_id: str,
    *verbs: str,
    shown: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Forms of the steps that the person may take with an object, in this order; all of the noun's if none is named.

    A form that changes what is `shown` begins with it; `values` stand in every form.
    """
    found = [step for step in STEPS.values() if step.noun.name == noun and (not verbs or step.verb in verbs)]
    found.sort(key=lambda step: verbs.index(step.verb) if verbs else 0)
    offers = offers_of(visit.context, noun)
    return [
        {
            "verb": step.verb,
            "label": label_of(step.name),
            "action": f"{place_of(noun, object_id)}/{step.verb.replace('_', '-')}",
            "fields": [
                asked_of(step.name, field)
                for field in fields_of(
                    step.body,
                    {**as_it_stands(step.name, shown or {}), **(values or {})},
                    {**offers, **offers_within(step.name, shown or {})},
                )
                if field.name not in BY_PROGRAMS.get(step.name, ())
            ],
            "signs": step.signs,
            "hint": HINTS.get(step.name, ""),
            "name": proposed_name(visit.context, step) if object_id == NEW else "",
        }
        for step in found
        if visit.may(step.name)
    ]


def _lister(noun: str) -> Callable[..., dict[str, Any]]:
    def list_(visit: Visit) -> dict[str, Any]:
        items = list_of(visit, noun)
        return {"items": items, "total": len(items)}

    list_.__doc__ = f"All of: {noun}."
    return list_


def list_of(visit: Visit, noun: str) -> list[dict[str, Any]]:
    """Objects of a noun that the person's role reaches: `id, state, version, version_hash, ledger_index`."""
    found = listed(visit.context, BY_NOUN[noun])["items"]
    return [item for item in found if not visit.is_limited or _reached(visit, noun, item)]


def _reached(visit: Visit, noun: str, item: Mapping[str, Any]) -> bool:
    version = object_of(visit.context.records, BY_NOUN[noun], item["id"])
    shown = version.state.model_dump(mode="json") if version else {}
    span = span_of(visit.context, noun, item["id"], shown)
    return span is None or visit.reaches(*span)


def _shower(noun: str) -> Callable[..., dict[str, Any]]:
    def show(visit: Visit, object_id: ID) -> dict[str, Any]:
        return looked_at(visit, noun, object_id)

    show.__doc__ = f"One {noun}, with its history."
    return show


def _founding(_: Context) -> str:
    return f"{API}/policy/founding"


def _register() -> None:
    for noun, place in PLACES.items():
        needs = f"view.{AREAS[noun]}"
        if noun not in WITHOUT_LIST:
            routes.add(Route(method="GET", path=f"{API}/{place}", kind="api", needs=needs, handler=_lister(noun)))
        if noun != "people":
            path = f"{API}/{place}/{{id}}"
            example = example_of(noun, before=API) if noun != "policy" else _founding
            routes.add(Route(method="GET", path=path, kind="api", needs=needs, handler=_shower(noun), example=example))


_register()
