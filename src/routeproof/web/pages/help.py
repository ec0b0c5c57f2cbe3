"""Help: what every metric, rule and word means, from the same catalogs that the program computes with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.monitoring.catalog import rules_shown
from routeproof.metrics.describe import described
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import ID
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/help", needs="anybody", template="help.html")
def help_page(visit: Visit) -> dict[str, Any]:
    """Metrics and rules."""
    return {"metrics": described(), "rules": rules_shown(visit.context.workspace.root)}


@routes.page(
    "/help/metrics/{id}", needs="anybody", template="help_metric.html", example=lambda _: "/help/metrics/e_over_q"
)
def metric(_: Visit, object_id: ID) -> dict[str, Any]:
    """One metric."""
    return {"metric": _one(described(), object_id)}


@routes.page("/help/rules/{id}", needs="anybody", template="help_rule.html", example=lambda _: "/help/rules/slow_fill")
def rule(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One rule."""
    return {"rule": _one(rules_shown(visit.context.workspace.root), object_id)}


@routes.api("GET", "/metrics", needs="anybody")
def metrics_call(_: Visit) -> list[dict[str, Any]]:
    """Every metric."""
    return described()


@routes.api("GET", "/rules", needs="anybody")
def rules_call(visit: Visit) -> list[dict[str, Any]]:
    """Every rule, with its thresholds in force."""
    return rules_shown(visit.context.workspace.root)


def _one(found: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for item in found:
        if name in {item["name"], item.get("code")}:
            return item
    message = "expected a name of the catalog, found another one"
    raise NotFoundError(message, where=name)
