"""Every way in with who may take it: the same routes and the same matrix that the entrance reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.access.matrix import PUBLIC, matrix_in_force
from routeproof.governance.roster import ROLES
from routeproof.web.all_routes import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.web.routing import Route


def ways_in(context: Context, *, examples: bool = False) -> list[dict[str, Any]]:
    """Rows of `method, path, kind, roles, scope`, and `example` where it is asked for (null: nothing there yet)."""
    matrix = matrix_in_force(context)
    return [
        {
            "method": route.method,
            "path": route.path,
            "kind": route.kind,
            "roles": roles_of(route, matrix),
            "scope": route.scope,
            **({"example": example_of(route, context)} if examples else {}),
        }
        for route in ALL
    ]


def roles_of(route: Route, matrix: Mapping[str, Sequence[str]]) -> list[str]:
    """Roles that may take a route."""
    return list(ROLES) if route.needs == PUBLIC else list(matrix.get(route.needs, ()))


def example_of(route: Route, context: Context) -> str | None:
    """An address that exists; null while there is nothing there."""
    if route.example is not None:
        return route.example(context)
    return None if "{" in route.path else route.path
