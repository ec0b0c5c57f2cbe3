"""For machines that watch the server: alive, ready, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.access.readiness import readiness
from routeproof.web.answers import ExactJSON
from routeproof.web.counting import COUNTS
from routeproof.web.routing import Route
from routeproof.web.visit import Sent, Visit

if TYPE_CHECKING:
    from starlette.responses import Response


def healthz(_: Visit) -> dict[str, Any]:
    """Whether the process answers."""
    return {"status": "ok"}


def readyz(visit: Visit) -> Response:
    """Whether records, ledger and lake can be used; 503 while nothing may be recorded."""
    checks = readiness(visit.context)
    ready = all(state == "ok" for state in checks.values())
    return ExactJSON({"status": "ok" if ready else "unready", "checks": checks}, status_code=200 if ready else 503)


def metrics(_: Visit) -> Sent:
    """Counts as Prometheus reads them."""
    return Sent(COUNTS.text(), "text/plain; version=0.0.4; charset=utf-8")


ALL = [
    Route(method="GET", path=path, kind="api", needs="public", handler=handler)
    for path, handler in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics))
]
