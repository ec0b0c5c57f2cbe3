"""Data: what came in, what was refused and why, whether everything expected is there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.intake.deliveries import deliveries
from routeproof.app.intake.kept_quality import kept_quality, quality_now
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.web.visit import Visit

routes = Routes()
SHOWN = 200


@routes.page("/data", needs="view.data", template="data.html")
def data(visit: Visit, text: str = "") -> dict[str, Any]:
    """Files as they came in, and the quality report if it was made."""
    words = text.lower().split()
    found = [row for row in _deliveries(visit) if all(word in str(row).lower() for word in words)]
    quality = kept_quality(visit.context)
    shown = None if quality is None else _within_reach(visit, quality)
    return {"rows": found[:SHOWN], "total": len(found), "text": text, "quality": shown}


@routes.action("/data/quality", needs="view.data")
def make_quality(visit: Visit) -> Gone:
    """Look at everything once; the report is kept until data comes."""
    quality_now(visit.context)
    return Gone("/data#quality", "The quality report is of now.")


@routes.api("GET", "/deliveries", needs="view.data")
def deliveries_call(visit: Visit) -> dict[str, Any]:
    """Files as they came in."""
    found = _deliveries(visit)
    return {"items": found, "total": len(found)}


@routes.api("GET", "/quality", needs="view.data")
def quality_call(visit: Visit) -> dict[str, Any]:
    """What came in and what it is worth; computed once per manifest."""
    return _within_reach(visit, quality_now(visit.context))


def _deliveries(visit: Visit) -> list[dict[str, Any]]:
    """Files whose days the person's role reaches, and those that are about no day."""
    return [row for row in deliveries(visit.context) if _reaches(visit, row["first_day"], row["last_day"])]


def _within_reach(visit: Visit, quality: Mapping[str, Any]) -> dict[str, Any]:
    """The report; of a role that reaches some days only its rows of these, and nothing that sums others up."""
    if not visit.is_limited:
        return dict(quality)
    rows = {name: value for name, value in quality.items() if isinstance(value, list)}
    shown = {name: [row for row in value if _reaches(visit, row.get("day"))] for name, value in rows.items()}
    return {"manifest": quality["manifest"], "total": {}, "gaps": None, **shown}


def _reaches(visit: Visit, first: str | None, last: str | None = None) -> bool:
    return first is None or visit.reaches(date.fromisoformat(first), date.fromisoformat(last or first))
