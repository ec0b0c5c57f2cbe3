"""Suppressions as people work with them: added under a name, approved, listed with what they kept from a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import act, shown
from routeproof.app.objects.governed import ids_of
from routeproof.app.objects.naming import require_name
from routeproof.governance.suppression import SUPPRESSION
from routeproof.rules.registry import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context
    from routeproof.stores.records import Records


def add_suppression(context: Context, name: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for a suppression; `S-1`, `S-2` … where no name is given.

    Raises:
        RefusalError: as `act`.
        UsageError: a name that is none.
    """
    if name:
        require_name(name, "ID")
    known = ids_of(context.records, SUPPRESSION)
    given = name or next(found for number in range(1, len(known) + 2) if (found := f"S-{number}") not in known)
    act(context, SUPPRESSION, given, "add", body, lambda _: {"rules": frozenset(BY_NAME)})
    return suppression_shown(context, given)


def suppression_shown(context: Context, name: str) -> dict[str, Any]:
    """A suppression, and how many findings that stand it keeps from a case."""
    return shown(context, SUPPRESSION, name, {"suppressed": _counted(context.records).get(name, 0)})


def suppressions_listed(context: Context) -> dict[str, Any]:
    """All suppressions with their counts: `{"items", "total"}`."""
    items = [suppression_shown(context, name) for name in ids_of(context.records, SUPPRESSION)]
    return {"items": items, "total": len(items)}


def _counted(records: Records) -> dict[str, int]:
    rows = records.query(
        "SELECT suppressed_by, COUNT(*) FROM findings WHERE suppressed_by IS NOT NULL AND withdrawn = 0 "
        "GROUP BY suppressed_by"
    )
    return {str(name): int(str(count)) for name, count in rows}
