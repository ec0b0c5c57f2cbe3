"""Data: what came in, what was refused and why, whether everything expected is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.intake.deliveries import deliveries
from routeproof.app.intake.kept_quality import kept_quality, quality_now
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()
SHOWN = 200


@routes.page("/data", needs="view.data", template="data.html")
def data(visit: Visit, text: str = "") -> dict[str, Any]:
    """Files as they came in, and the quality report if it was made."""
    words = text.lower().split()
    found = [row for row in deliveries(visit.context) if all(word in str(row).lower() for word in words)]
    return {"rows": found[:SHOWN], "total": len(found), "text": text, "quality": kept_quality(visit.context)}


@routes.action("/data/quality", needs="view.data")
def make_quality(visit: Visit) -> Gone:
    """Look at everything once; the report is kept until data comes."""
    quality_now(visit.context)
    return Gone("/data#quality", "The quality report is of now.")


@routes.api("GET", "/deliveries", needs="view.data")
def deliveries_call(visit: Visit) -> dict[str, Any]:
    """Files as they came in."""
    found = deliveries(visit.context)
    return {"items": found, "total": len(found)}


@routes.api("GET", "/quality", needs="view.data")
def quality_call(visit: Visit) -> dict[str, Any]:
    """What came in and what it is worth; computed once per manifest."""
    return quality_now(visit.context)
