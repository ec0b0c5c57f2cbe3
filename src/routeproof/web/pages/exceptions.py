"""Exceptions: cases as people triage them, one by one or many at once; and findings behind them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from routeproof.app.cases.case_days import days_of_cases
from routeproof.app.cases.case_listing import CaseFilter, list_cases
from routeproof.app.cases.case_views import forget_view, save_view, views_of
from routeproof.app.cases.work_cases import each_case
from routeproof.app.firm.case_policy import case_codes
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.monitoring.worked_days import days_worked
from routeproof.app.objects.fold import roster_of
from routeproof.web.looks import steps_for
from routeproof.web.naming import NEW
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.web.visit import Visit

routes = Routes()
Text = Annotated[str, Query(max_length=200)]
STATES = ("alive", "open", "acknowledged", "investigating", "awaiting_review", "closed")
PRIORITIES = ("high", "medium", "low")
PAGE = 100
MOST_AT_ONCE = 500


@routes.page("/exceptions", needs="view.exceptions", template="exceptions.html")
def exceptions(
    visit: Visit,
    state: Text = "alive",
    priority: Text = "",
    owner: Text = "",
    rule: Text = "",
    provider: Text = "",
    text: Text = "",
    overdue: Text = "",
    after: Text = "",
) -> dict[str, Any]:
    """Cases by priority and age."""
    given = {"state": state, "priority": priority, "owner": owner, "rule": rule, "provider": provider, "text": text}
    wanted = CaseFilter(**{name: value or None for name, value in given.items()}, overdue=True if overdue else None)
    return {
        **_cases(visit, wanted, after or None),
        "given": {**given, "overdue": overdue},
        "choices": {"state": STATES, "priority": PRIORITIES, "owner": sorted(roster_of(visit.context.records).people)},
        "views": {name: _address(given) for name, given in views_of(visit.context).items()},
        "codes": case_codes(visit.context),
        "days": [one for one in days_worked(visit.context) if visit.reaches(date.fromisoformat(one["day"]))],
        "steps": steps_for(visit, "case", NEW, "open"),
    }


def _cases(visit: Visit, wanted: CaseFilter, after: str | None) -> dict[str, Any]:
    """`cases, total, next` of a page; of a role that reaches some days only, how many there are is not told."""
    records, clock = visit.context.records, visit.context.clock()
    found = list_cases(records, wanted, clock, PAGE, after)
    if not visit.is_limited:
        return {"cases": found["items"], "total": found["total"], "next": found["next"]}
    reached = _reached(visit, found["items"])
    while not reached and found["next"]:
        found = list_cases(records, wanted, clock, PAGE, found["next"])
        reached = _reached(visit, found["items"])
    return {"cases": reached, "total": None, "next": found["next"]}


def _reached(visit: Visit, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    spans = days_of_cases(visit.context.records, [case["id"] for case in cases])
    return [case for case in cases if case["id"] not in spans or visit.reaches(*spans[case["id"]])]


@routes.action("/exceptions/views", needs="case.note")
def keep_view(visit: Visit) -> Gone:
    """Keep a filter under a name that everybody shares, or forget it."""
    form, name = visit.form, visit.form.get("name", "").strip()
    if form.get("forget"):
        known = forget_view(visit.context, name)
        return Gone("/exceptions", f"View {name}: {'forgotten' if known else 'there is none of that name'}.")
    given = {key: form[key] for key in ("state", "priority", "owner", "rule", "provider", "text") if form.get(key)}
    kept = save_view(visit.context, name, CaseFilter(**given, overdue=True if form.get("overdue") else None))
    return Gone(_address(kept["filter"]), f"View {name}: kept.")


@routes.action("/exceptions/assign", needs="case.assign")
def assign(visit: Visit) -> Gone:
    """Give cases to a person."""
    return _each(visit, "assign", {"to": visit.form.get("to", "")})


@routes.action("/exceptions/acknowledge", needs="case.acknowledge")
def acknowledge(visit: Visit) -> Gone:
    """Say that cases were seen."""
    return _each(visit, "acknowledge", {})


@routes.action("/exceptions/close", needs="case.close")
def close(visit: Visit) -> Gone:
    """Close cases with one disposition and one rationale."""
    names = ("disposition", "root_cause", "rationale")
    return _each(visit, "close", {name: visit.form[name] for name in names if visit.form.get(name)})


def _address(given: Mapping[str, Any]) -> str:
    """A filter as a link; without a state it means all of them."""
    return f"/exceptions?{urlencode({'state': '', **given, **({'overdue': 'yes'} if given.get('overdue') else {})})}"


def _each(visit: Visit, verb: str, body: dict[str, Any]) -> Gone:
    ids = [line for line in visit.form.get("case", "").split("\n") if line][:MOST_AT_ONCE]
    rows = each_case(visit.context, ids, verb, body)
    refused = [f"{row['id']}: {row['error']['message']}" for row in rows if row["error"]]
    said = f"{verb.capitalize()}: {len(rows) - len(refused)} of {len(rows)} cases."
    return Gone("/exceptions", " ".join([said, *refused[:3]]))


@routes.api("GET", "/findings", needs="view.exceptions")
def findings_call(
    visit: Visit, day: date | None = None, rule: Text = "", provider: Text = "", limit: int = PAGE, after: Text = ""
) -> dict[str, Any]:
    """Findings that stand."""
    wanted = FindingFilter(
        day=day,
        from_on=visit.limits.from_on,
        to_on=visit.limits.to_on,
        rule=rule or None,
        provider=provider or None,
    )
    return list_findings(visit.context.records, wanted, min(max(limit, 1), 10 * PAGE), after or None)
