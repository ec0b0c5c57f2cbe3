"""Duties of a day: listed, closed by people, added by the firm, as a calendar file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.duty_sources import circumstances
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.fold import object_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.duty.noun import DUTY
from routeproof.governance.duty.owed import duties_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.duty.facts import Duty
    from routeproof.policy.whole import WholePolicy
    from routeproof.stores.records import Records


def duties_of(records: Records, on: date) -> tuple[Duty, ...]:
    """Every duty whose period has begun by a day, by due date."""
    return duties_under(records, policy_in_force(records).whole, on)


def duties_under(records: Records, policy: WholePolicy, on: date) -> tuple[Duty, ...]:
    """The same under any policy."""
    return duties_on(policy.obligations, policy.calendar, circumstances(records, policy, on), on)


def duties_shown(context: Context, on: date | None = None) -> dict[str, Any]:
    """Duties as people see them: what is open first, then what is done, each by due date."""
    day = on or context.business_day
    found = duties_of(context.records, day)
    counts = Counter(duty.state for duty in found)
    return {
        "on": day.isoformat(),
        "total": len(found),
        "done": counts["done"],
        "due": counts["due"],
        "overdue": counts["overdue"],
        "duties": [duty.shown() for duty in found],
    }


def duty_shown(context: Context, duty: str, on: date | None = None) -> dict[str, Any]:
    """One duty with what the record says of it.

    Raises:
        UsageError: if there is none of that name on the day.
    """
    found = [item for item in duties_shown(context, on)["duties"] if item["id"] == duty]
    if found and object_of(context.records, DUTY, duty) is None:
        head = {"version": 0, "version_hash": "", "ledger_index": None, "documents": [], "history": []}
        return {**found[0], **head}
    record = shown(context, DUTY, duty)
    return {**record, **(found[0] if found else {})}


def close_duty(context: Context, duty: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Close a duty with evidence.

    Raises:
        RefusalError: `wrong_state` if it is not owed or done already, `not_permitted` to who does not answer for it,
            `incomplete` without evidence.
    """
    act(context, DUTY, duty, "close", body, _around(context))
    return duty_shown(context, duty)


def add_duty(context: Context, duty: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Add a duty of the firm's own."""
    return act(context, DUTY, duty, "add", body, _around(context))


def done_duties(context: Context, first: date, last: date) -> dict[str, int]:
    """How many duties of each obligation were done in a period, for those that were due or done in it."""
    counts: dict[str, int] = {}
    for duty in duties_of(context.records, last):
        done = duty.done_on is not None and first <= duty.done_on
        if duty.obligation and (done or first <= duty.due_on <= last):
            counts[duty.obligation] = counts.get(duty.obligation, 0) + done
    return counts


def _around(context: Context) -> Callable[[Records], Mapping[str, Any]]:
    day = context.business_day

    def around(records: Records) -> Mapping[str, Any]:
        owed = duties_of(records, day)
        return {"duties": {duty.id: duty.state for duty in owed}, "owners": {duty.id: duty.owner for duty in owed}}

    return around
