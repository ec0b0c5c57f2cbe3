"""Whether a judged day is to be judged again: its rows changed since, or those of days that its rules look back on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from routeproof.app.monitoring.judged import JUDGED, last_judgement
from routeproof.stores.manifest import UNMEASURED, WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.app.context import Context
    from routeproof.stores.manifest import Manifest
    from routeproof.stores.records import Records

FLOW = ("parent_orders", "executions")
"""Tables whose parts are the days with own flow."""


def changed_since(context: Context, day: date, manifest: str) -> bool:
    """Whether a day would be judged from other rows than at a manifest; a manifest's id speaks of these alone."""
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
        if may_be and changed_since(context, day, judgement.manifest):  # which reads what the lake was then
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
