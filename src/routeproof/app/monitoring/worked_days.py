"""Trading days that were judged, the latest first, and whether they are closed: what a supervisor goes through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import ids_of
from routeproof.governance.day import DAY

if TYPE_CHECKING:
    from routeproof.app.context import Context

MOST = 40


def days_worked(context: Context, most: int = MOST) -> list[dict[str, Any]]:
    """`day, findings, suppressed, closed` of days with findings or closed, the latest first."""
    closed = set(ids_of(context.records, DAY))
    rows = context.records.query(
        "SELECT day, COUNT(*), COUNT(suppressed_by) FROM findings WHERE withdrawn = 0 GROUP BY day"
    )
    counts = {str(day): (int(str(count)), int(str(kept))) for day, count, kept in rows}
    days = sorted(counts.keys() | closed, reverse=True)[:most]
    return [
        {
            "day": day,
            "findings": counts.get(day, (0, 0))[0],
            "suppressed": counts.get(day, (0, 0))[1],
            "closed": day in closed,
        }
        for day in days
    ]
