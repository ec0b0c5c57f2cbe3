"""Who may do and see what, by the matrix in force: the server asks here, and so does whoever prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.roster import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context

ANYBODY = "anybody"
"""What every person of the roster may, whatever their role: their own session, help, the front page."""
PUBLIC = "public"
"""What needs no session."""


def matrix_in_force(context: Context) -> Mapping[str, Sequence[str]]:
    """Roles by what is needed: `noun.verb` for what is done, `view.AREA` for what is seen."""
    today = context.today
    governance = policy_in_force(context.records).whole.governance
    views = governance.views.on_or_first(today).value
    return {
        **governance.entitlements.on_or_first(today).value,
        **{f"view.{area}": roles for area, roles in views.items()},
        ANYBODY: ROLES,
    }


def may(matrix: Mapping[str, Sequence[str]], needs: str, roles: Sequence[str]) -> bool:
    """Whether somebody of these roles may; what the matrix does not name, nobody may."""
    if needs == PUBLIC:
        return True
    return any(role in matrix.get(needs, ()) for role in roles)
