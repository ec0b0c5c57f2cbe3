"""Measuring over the API: what `routeproof measure --format json` prints, and the catalogs of metrics and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from routeproof.app.measuring.answers import Pending, answer_of
from routeproof.app.monitoring.catalog import rules_shown
from routeproof.metrics.describe import described
from routeproof.web.measure_query import MeasureQuery  # noqa: TC001  # a parameter is made of it
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.api("GET", "/measure", needs="view.measures")
def measure(visit: Visit, asked: Annotated[MeasureQuery, Query()]) -> dict[str, Any]:
    """Execution quality by dimension, as `routeproof measure --format json`."""
    found = answer_of(visit.context, asked.question(visit))
    assert not isinstance(found, Pending)  # noqa: S101  # it was waited for
    return found.as_plain()


@routes.api("GET", "/metrics", needs="anybody")
def metrics(_: Visit) -> dict[str, Any]:
    """Every metric with its definition, as `routeproof metrics --json` lists them."""
    rows = described()
    return {"items": rows, "total": len(rows)}


@routes.api("GET", "/rules", needs="anybody")
def rules(visit: Visit) -> dict[str, Any]:
    """Every monitoring rule with its thresholds in force, as `routeproof rules --json` lists them."""
    rows = rules_shown(visit.context.workspace.root)
    return {"items": rows, "total": len(rows)}
