"""How far a person's roles reach: an examiner's are limited to days, everybody else's are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.fold import roster_of
from routeproof.governance.roster import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.context import Context


def limits_of(context: Context, person: str, roles: Sequence[str]) -> Limits:
    """Days that may be seen: no limit if one role of the person has none, else those of the first."""
    now = context.clock()
    known = roster_of(context.records).people[person]
    found = [known.limits_of(role, now) for role in roles]
    unlimited = any(limits.from_on is None and limits.to_on is None for limits in found)
    return Limits() if unlimited or not found else found[0]
