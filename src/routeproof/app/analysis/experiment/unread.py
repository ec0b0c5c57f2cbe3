"""What a registered experiment answers before its orders are read: nothing, said as every analysis says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.policy_in_force import policy_in_force
from routeproof.evidence.answer import refused
from routeproof.metrics.registry import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context

MEMBERS = ("estimate", "lower", "upper", "n", "refused", "reason", "assumptions")
DESIGN = "the assignment was drawn as the plan says; nothing is assumed about the orders"
UNREAD = "nothing is estimated before the orders are read: `routeproof experiment analyse`"


def unread(context: Context, state: Mapping[str, Any]) -> dict[str, Any]:
    """`MEMBERS` of a refused answer, `seed`, `manifest` (null: no data was looked at) and `policy_version`."""
    metric = BY_NAME.get(str(state.get("metric")))
    unit = metric.unit if metric is not None else ""
    none = refused("treatment less control", unit, UNREAD, counted="eligible orders", assumptions=(DESIGN,))
    said: dict[str, Any] = {name: getattr(none, name) for name in MEMBERS}
    policy = policy_in_force(context.records).analyses
    return said | {"assumptions": [DESIGN], "seed": state["seed"], "manifest": None, "policy_version": policy}
