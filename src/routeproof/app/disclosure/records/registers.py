"""`routeproof disclosure`: customers' requests and their clock, notices, filings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import act
from routeproof.app.objects.fold import object_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.disclosure import DISCLOSURE
from routeproof.governance.duty.periods import after
from routeproof.governance.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.records import Records


def record_disclosure(context: Context, line: str, verb: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Do one thing with a line of a register."""
    return act(context, DISCLOSURE, line, verb, body, _around)


def _around(records: Records) -> Mapping[str, Any]:
    return {"due_on": _clock(records), "report": lambda name: _report(records, name)}


def _clock(records: Records) -> Callable[[str, date], date]:
    """Last day for a report, by its kind and the day of the request: business days are those of the calendar."""
    policy = policy_in_force(records).whole
    days = {"606b1": policy.rule606.routing_turnaround_business_days, "606b3": policy.rule606.turnaround_business_days}

    def due_on(kind: str, received: date) -> date:
        return after(received, days[kind].on_or_first(received).value, policy.calendar)

    return due_on


def _report(records: Records, name: str) -> dict[str, Any] | None:
    version = object_of(records, REPORT, name)
    if version is None:
        return None
    report = version.state
    number = report.current.number
    return {
        "kind": report.kind,
        "period": report.period,
        "signed": any(item.number == number for item in report.signatures),
    }
