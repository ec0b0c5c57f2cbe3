"""Whether a judged day is to be judged again: its rows changed since, or those of days that its rules look back on."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

from routeproof.app.monitoring.judged import JUDGED, last_judgement
from routeproof.ledger.canonical import canonical_bytes
from routeproof.stores.manifest import UNMEASURED, WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.app.context import Context
    from routeproof.app.monitoring.judged import Judgement
    from routeproof.stores.manifest import Manifest
    from routeproof.stores.records import Records

REPORTS = ("vendor_orders", "vendor_figures", "vendor_executions")
"""Tables of what providers report by day."""
FLOW = ("parent_orders", "executions")
"""Tables whose parts are the days with own flow."""


def changed_since(context: Context, day: date, judgement: Judgement) -> bool:
    """Whether a day would be judged from other rows than it was: own and the market's, or what providers reported."""
    return _has_other_reports(context, day, judgement) or _has_other_rows(context, day, judgement.manifest)


def reports_of_day(context: Context, day: date) -> str:
    """Digest of what providers have reported for a day, which no manifest's id speaks of; empty where nothing."""
    held = context.lake.manifest().partitions
    there = ((table, held.get((table, day.isoformat()))) for table in REPORTS)
    parts = [[table, part.content] for table, part in there if part is not None and part.rows]
    return hashlib.sha256(canonical_bytes(parts)).hexdigest()[:16] if parts else ""


def _has_other_reports(context: Context, day: date, judgement: Judgement) -> bool:
    return judgement.reports is not None and judgement.reports != reports_of_day(context, day)


def _has_other_rows(context: Context, day: date, manifest: str) -> bool:
    """Whether the rows changed that a manifest's id speaks of, those of days that rules look back on among them."""
    # Rules load the dataframe library, which who keeps the record does not wait for.
    from routeproof.app.facts.history import READ_BACK, look_back  # noqa: PLC0415
    from routeproof.app.monitoring.policy import rule_policy  # noqa: PLC0415
    from routeproof.rules.registry import ALL  # noqa: PLC0415

    then, now = context.lake.manifest(manifest), context.lake.manifest()
    if then.id == now.id:
        return False
    back = look_back(ALL, rule_policy(context.records, day).limits)
    sessions = max(back.sessions, back.choices or 0)
    if then.measured(day.isoformat()) != now.measured(day.isoformat()):
        return True
    before, after = (_earlier(held, day, sessions, READ_BACK) for held in (then, now))
    return before != after


def stale_days(context: Context) -> list[date]:
    """Judged days that are to be judged again, ascending."""
    changes = {key: seq for key, seq in context.lake.last_changes().items() if key[0] not in UNMEASURED}
    found = []
    for day in judged_days(context.records):
        judgement = last_judgement(context.records, day)
        if judgement is None:
            continue
        commit = context.lake.commit_of(judgement.manifest)
        may_be = any(seq > commit and part <= day.isoformat() for (_, part), seq in changes.items())
        if _has_other_reports(context, day, judgement) or (
            may_be and _has_other_rows(context, day, judgement.manifest)  # which reads what the lake was then
        ):
            found.append(day)
    return found


def judged_days(records: Records) -> list[date]:
    """Days that were judged, ascending."""
    rows = records.query("SELECT DISTINCT stream FROM ledger_leaves WHERE type = :type", {"type": JUDGED})
    return sorted(date.fromisoformat(str(stream).rpartition("/")[2]) for (stream,) in rows)


def _earlier(held: Manifest, day: date, sessions: int, tables: Collection[str]) -> dict[tuple[str, str], str]:
    """What the last so many days with own flow before a day are made of, in these tables."""
    own = {part for table in FLOW for part in held.parts(table) if part != WHOLE}
    days = set(sorted(part for part in own if part < day.isoformat())[-sessions:]) if sessions else set()
    return {
        (table, part): item.content
        for (table, part), item in held.partitions.items()
        if part in days and item.rows and table in tables
    }
