"""Which events of cases channels are told: opened by a person, a clock that ran out, waiting for a review, returned.

A case that the program opens is told of by its findings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from routeproof.app.objects.fold import object_of
from routeproof.governance.case.noun import CASE
from routeproof.rules.notice import notice_of_case

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.governance.case.state import Case
    from routeproof.ledger.entry import Recorded
    from routeproof.rules.notice import Notice

EVENTS_OF_CASES = {
    "case.opened": "opened",
    "case.escalated": "overdue",
    "case.submitted": "awaiting_review",
    "case.returned": "returned",
}
"""Type of an entry to the word that channels are told."""
_OURS = re.compile(r"C-[0-9a-f]{12}(-[0-9]{1,6})?")
"""How the program names cases; a person may put a customer's name or account into the name of one."""


def notice_of_entry(context: Context, entry: Recorded) -> Notice | None:
    """The notice of an event of a case; none of one that channels are not told."""
    event = EVENTS_OF_CASES.get(entry.fact.type)
    version = object_of(context.records, CASE, entry.fact.stream.partition("/")[2]) if event else None
    if version is None:
        return None
    case = version.state
    if entry.fact.type == "case.opened" and case.group is not None:
        return None
    clock = f"{entry.fact.payload['clock']}_" if entry.fact.type == "case.escalated" else ""
    return notice_of_case(
        {
            "case": _named(context, case),
            "event": f"{clock}{event}",
            "occurrence": str(entry.index),
            "severity": case.priority,
            "count": len(case.findings),
            **_about(case),
        }
    )


def _named(context: Context, case: Case) -> str:
    if _OURS.fullmatch(case.id):
        return case.id
    return f"entry-{context.records.stream(CASE.stream(case.id))[0].index}"


def _about(case: Case) -> dict[str, object]:
    """What it is about, as its findings say; of a case that a person described only its kind."""
    if case.group is None:
        return {"rule": case.kind}
    return {"rule": case.subject, "provider": case.provider, "symbol": case.symbol, "day": case.day}
