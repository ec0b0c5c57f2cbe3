"""What measuring needs is loaded before anybody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.orders.figures import figures_of
from routeproof.app.orders.rows import rows_of_order
from routeproof.app.orders.search import OrderFilter, find_orders
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of

if TYPE_CHECKING:
    from routeproof.app.context import Context


def warm_up(context: Context) -> None:
    """Measure the newest order and forget it; whoever is the first to open one finds code and kernels in memory."""
    lake, manifest = context.lake, context.lake.manifest().id
    for found in find_orders(context, OrderFilter(), most=1)["orders"]:
        rows = rows_of_order(lake, manifest, found["order_id"])
        if rows is not None:
            figures_of(
                rows, LakeSource(lake, manifest), rules_of(lake, manifest, policy_in_force(context.records).whole)
            )
