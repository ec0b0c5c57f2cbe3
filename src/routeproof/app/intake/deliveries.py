"""Files as they came in: what was read of each, what was refused and why. Counts only; no row of the lake is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.stores.commits import source_outcomes

if TYPE_CHECKING:
    from routeproof.app.context import Context

Row = dict[str, Any]


def deliveries(context: Context) -> list[Row]:
    """One row per file and table, the latest first.

    Returns:
        `file, source, table, first_day, last_day, received, accepted, rejected` (by reason), and `refused`: why a file
        is no evidence, empty if it is.
    """
    latest = {(item.source_id, item.outcome["table"]): item for item in source_outcomes(context.records)}
    return [_row(item.source_id, item.outcome) for item in reversed(latest.values())]


def _row(source_id: str, outcome: Any) -> Row:  # noqa: ANN401  # JSON
    days = outcome["days"]
    named = sorted(str(day["day"]) for day in days if day["day"])
    rejected: dict[str, int] = {}
    for day in days:
        for reason, count in day["rejected"].items():
            rejected[reason] = rejected.get(reason, 0) + count
    return {
        "source_id": source_id,
        "file": outcome["file"],
        "source": outcome["source"],
        "table": outcome["table"],
        "first_day": named[0] if named else None,
        "last_day": named[-1] if named else None,
        "received": sum(day["received"] for day in days),
        "accepted": sum(day["accepted"] for day in days),
        "rejected": rejected,
        "rejected_total": sum(rejected.values()),
        "refused": outcome["refused"] or "",
    }
