"""A trading day closed by a supervisor: completeness, findings by rule, cases that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.intake.quality import completeness
from routeproof.app.monitoring.day_over import end_of_day
from routeproof.app.monitoring.judged import last_judgement
from routeproof.app.monitoring.staleness import changed_since
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.fold import object_of
from routeproof.governance.case.state import CLOSED
from routeproof.governance.day import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.records import Records

Row = dict[str, Any]
MEMBERS = ("completeness", "findings", "suppressed", "open_cases", "overdue_cases")


def close_day(context: Context, day: date) -> Row:
    """Close a day as the person of the context; with the receipt of the sign-off.

    Raises:
        RefusalError: `not_ready` for a day that is not over, was not judged with all of its data, or where findings
            wait; `wrong_state` for one that is closed or has no session; as the entitlements.
    """
    measured = completeness(context, day)

    def around(records: Records) -> Mapping[str, Any]:
        found = standing(context, records, day)
        return {"day": found | {"completeness": measured, "end": end_of_day(context, day)}}

    done = act(context, DAY, day.isoformat(), "close", None, around)
    return day_shown(context, day) | {"ledger_index": done["ledger_index"], "receipt": done["receipt"]}


def day_shown(context: Context, day: date) -> Row:
    """A day as it was closed with its amendments, or as it stands while it is open."""
    if object_of(context.records, DAY, day.isoformat()) is not None:
        return shown(context, DAY, day.isoformat())
    found = standing(context, context.records, day) | {"completeness": completeness(context, day)}
    waiting = {"judged": found["manifest"], "stale": found["stale"], "waiting": found["waiting"]}
    return {
        "day": day.isoformat(),
        "state": "open",
        **{name: found[name] for name in MEMBERS},
        **waiting,
        "unjudged": found["unjudged"],
        "amendments": [],
    }


def standing(context: Context, records: Records, day: date) -> Row:
    """What the record says of a day now: last judgement, findings that stand, and cases of all days."""
    judgement = last_judgement(records, day)
    bound = {"day": day.isoformat()}
    rows = records.query(
        "SELECT rule, status, COUNT(*), COUNT(suppressed_by) FROM findings WHERE day = :day AND withdrawn = 0 "
        "GROUP BY rule, status ORDER BY rule",
        bound,
    )
    counts: dict[str, int] = {}
    for rule, _, count, _ in rows:
        counts[str(rule)] = counts.get(str(rule), 0) + int(str(count))
    ((alive, overdue),) = records.query(
        "SELECT COUNT(*), COUNT(CASE WHEN due_at < :now THEN 1 END) FROM cases WHERE state <> :closed",
        {"now": context.clock(), "closed": CLOSED},
    )
    return {
        "manifest": judgement.manifest if judgement else None,
        "unjudged": dict(judgement.unjudged) if judgement else {},
        "stale": judgement is not None and changed_since(context, day, judgement),
        "waiting": sum(int(str(row[2])) for row in rows if row[1] != "final"),
        "findings": counts,
        "suppressed": sum(int(str(row[3])) for row in rows),
        "open_cases": int(str(alive)),
        "overdue_cases": int(str(overdue)),
    }
