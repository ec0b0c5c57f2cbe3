"""What needs a person today: cases, duties, reviews to sign, data that is missing; and how each provider stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.access.matrix import may
from routeproof.app.cases.case_listing import CaseFilter, list_cases
from routeproof.app.desk.data_missing import data_missing, last_days
from routeproof.app.desk.preparing.review_todo import reviews_waiting
from routeproof.app.firm.duties import duties_shown
from routeproof.app.objects.governed import objects_of
from routeproof.governance.case.state import AWAITING_REVIEW, CLOSED, OPEN
from routeproof.governance.people import PEOPLE
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.provider.state import state_on
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.governance.sla.noun import SLA
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.app.desk.preparing.review_todo import Waiting
    from routeproof.governance.provider.state import Provider

SHOWN = 20
SOON_DAYS = 31
MOST_OF_A_KIND = 3
KINDS = ("data", "review", "people", "duty", "case")
"""In this order where days are the same: without data nothing else can be judged."""
FURTHER = {
    "case": ("cases", "/exceptions"),
    "duty": ("duties", "/duties"),
    "review": ("reviews that wait", "/reviews"),
    "people": ("roles to approve", "/admin"),
    "data": ("things that lack", "/data"),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do.

    Attributes:
        what: in words.
        action: what the next step is called.
        to: where it is done.
        due_on: day or instant by which; empty if it has none.
        late: whether that is over.
        kind: case, review, duty, data or people.
    """

    what: str
    action: str
    to: str
    due_on: str = ""
    late: bool = False
    kind: str = "case"


def todo_of(context: Context, person: str, roles: Sequence[str], matrix: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What needs the person, the most pressing first: `{"items", "total"}`."""

    def may_do(needs: str) -> bool:
        return may(matrix, needs, roles)

    found: list[Todo] = []
    if may_do("case.note"):
        found += _cases(context, person)
    if may_do("case.review"):
        found += _second_looks(context)
    reviews = list(reviews_waiting(context, person, roles, may_do))
    duties = {duty["id"]: duty for duty in _pressing(context)} if reviews or may_do("duty.close") else {}
    found += [_review(one, duties.get(one.duty)) for one in reviews]
    if may_do("people.approve"):
        found += _grants(context, person)
    if may_do("duty.close"):
        served = {one.duty for one in reviews}
        found += [_duty(duty) for name, duty in duties.items() if name not in served]
    if may_do("data.ingest"):
        found += _data(context)
    found.sort(key=lambda item: (not item.late, item.due_on or "9999", KINDS.index(item.kind)))
    return {"items": folded(found)[:SHOWN], "total": len(found)}


def folded(found: Sequence[Todo]) -> list[Todo]:
    """The first few of each kind, and one line for the rest of it, where the first of the rest would stand."""
    counts = Counter(item.kind for item in found)
    shown: list[Todo] = []
    seen: Counter[str] = Counter()
    for item in found:
        seen[item.kind] += 1
        rest = counts[item.kind] - MOST_OF_A_KIND
        if seen[item.kind] <= MOST_OF_A_KIND or rest == 1:
            shown.append(item)
        elif seen[item.kind] == MOST_OF_A_KIND + 1:
            plural, to = FURTHER[item.kind]
            shown.append(Todo(f"{rest} more {plural}", "see them", to, item.due_on, item.late, item.kind))
    return shown


def _cases(context: Context, person: str) -> Iterator[Todo]:
    for owner, action in ((person, "investigate"), ("", "acknowledge")):
        wanted = CaseFilter(state="alive" if owner else OPEN, owner=owner or None)
        for case in list_cases(context.records, wanted, context.clock(), limit=SHOWN)["items"]:
            if not owner and case.get("owner"):
                continue
            yield Todo(
                what=f"{case['title']} ({case['id']})",
                action=action,
                to=f"/cases/{case['id']}",
                due_on=_day(case["due_at"]),
                late=bool(case.get("overdue")),
            )


def _second_looks(context: Context) -> Iterator[Todo]:
    wanted = CaseFilter(state=AWAITING_REVIEW)
    for case in list_cases(context.records, wanted, context.clock(), limit=SHOWN)["items"]:
        yield Todo(f"{case['title']} ({case['id']})", "look at it as a second person", f"/cases/{case['id']}")


def _grants(context: Context, person: str) -> Iterator[Todo]:
    for roster in objects_of(context.records, PEOPLE):
        for grant in roster.proposed:
            if grant.approved_by is None and person not in {grant.by, grant.person}:
                yield Todo(f"{grant.role} for {grant.person}", "approve or let it be", "/admin", kind="people")


def _pressing(context: Context) -> Iterator[Mapping[str, Any]]:
    """Duties that are overdue, or due within the month; what is owed later is on the page of duties."""
    until = (context.business_day + timedelta(days=SOON_DAYS)).isoformat()
    for duty in duties_shown(context)["duties"]:
        if duty["state"] in {"due", "overdue"} and duty["due_on"] <= until:
            yield duty


def _duty(duty: Mapping[str, Any]) -> Todo:
    about = ", ".join(filter(None, (duty["subject"], duty["period"])))
    what = f"{duty['title']} ({about})" if about else duty["title"]
    late = duty["state"] == "overdue"
    return Todo(what, "close with evidence", f"/duties/{duty['id']}", duty["due_on"], late, "duty")


def _review(one: Waiting, duty: Mapping[str, Any] | None) -> Todo:
    """A step of a review; it is as pressing as the duty that it serves."""
    due_on, late = (duty["due_on"], duty["state"] == "overdue") if duty else ("", False)
    return Todo(one.what, one.action, one.to, due_on, late, "review")


def _data(context: Context) -> Iterator[Todo]:
    """Data that was expected and did not come; what was due before today is late."""
    today = context.business_day.isoformat()
    for item in data_missing(context):
        late = bool(item.due_on) and item.due_on < today
        yield Todo(item.what, item.action, item.to, item.due_on, late, "data")


def _day(instant: str | None) -> str:
    if not instant:
        return ""
    return datetime.fromtimestamp(int(instant) // NS_PER_S, tz=UTC).date().isoformat()


def provider_states(context: Context) -> list[dict[str, Any]]:
    """How every provider stands.

    Returns:
        `id, name, state`; `open_cases` and `overdue_cases`; `remediation`: files under way; `open_conditions` of its
        approval; `breached`: clauses of its agreements at their last evaluation, null where none was evaluated;
        `incidents`: those that go on; `refresh_due_on`; `last_day`: of accepted data, null without any.
    """
    alive, under_way, breached = _alive(context), _under_way(context), _breached(context)
    days = last_days(context)
    return [
        {
            "id": provider.id,
            "name": provider.name,
            "state": state_on(provider, context.business_day),
            "open_cases": alive.get(provider.id, (0, 0))[0],
            "overdue_cases": alive.get(provider.id, (0, 0))[1],
            "remediation": under_way.get(provider.id, []),
            "open_conditions": len(provider.open_conditions()),
            "breached": breached.get(provider.id),
            "incidents": sum(item.ended_at is None for item in provider.incidents),
            "refresh_due_on": _refresh(provider),
            "last_day": days[provider.id].isoformat() if provider.id in days else None,
        }
        for provider in objects_of(context.records, PROVIDER)
    ]


def _alive(context: Context) -> dict[str, tuple[int, int]]:
    """Cases that are not closed by provider, and how many of them are late."""
    rows = context.records.query(
        "SELECT provider, COUNT(*), SUM(CASE WHEN due_at < :now THEN 1 ELSE 0 END) FROM cases "
        "WHERE state <> :closed GROUP BY provider",
        {"closed": CLOSED, "now": context.clock()},
    )
    return {str(provider): (int(str(count)), int(str(late or 0))) for provider, count, late in rows}


def _under_way(context: Context) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in objects_of(context.records, REMEDIATION):
        if item.concluded is None:
            found.setdefault(item.provider, []).append(item.id)
    return found


def _breached(context: Context) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in objects_of(context.records, SLA):
        if item.evaluations:
            found[item.provider] = found.get(item.provider, 0) + len(item.evaluations[-1].breached)
    return found


def _refresh(provider: Provider) -> str | None:
    approved = provider.last_approved
    return approved.refresh_due_on.isoformat() if approved and approved.refresh_due_on else None
