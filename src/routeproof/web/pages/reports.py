"""Reports: packs of quarters, letters, 605 and 606 reports, the register, binders; each as its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path as InPath
from starlette.responses import FileResponse

from routeproof.app.binder.kept import binder_quarters, kept_binder
from routeproof.app.desk.library import library
from routeproof.vocab.times import period_days, quarter_days
from routeproof.web.answers import NO_STORE
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()
REGISTER = ("request", "notice", "filed")
Quarter = Annotated[str, InPath(pattern=r"^[0-9]{4}Q[1-4]$")]


@routes.page("/reports", needs="view.reports", template="reports.html")
def reports(visit: Visit) -> dict[str, Any]:
    """The library."""
    return {**_library(visit), "steps": steps_for(visit, "disclosure", "new", *REGISTER)}


@routes.api("GET", "/library", needs="view.reports")
def library_call(visit: Visit) -> dict[str, Any]:
    """Every document of the library with the names and hashes of its files; quarters that have a binder."""
    return _library(visit)


def _first_binder(context: Context) -> str | None:
    found = binder_quarters(context)
    return f"/binders/{found[0]}.zip" if found else None


@routes.page("/binders/{quarter}.zip", needs="view.reports", example=_first_binder)
def binder(visit: Visit, quarter: Quarter) -> FileResponse:
    """Everything that was decided in a quarter, in one file that checks itself."""
    visit.require_reach(*quarter_days(quarter))
    if quarter not in binder_quarters(visit.context):
        message = "expected a quarter that has a review, found another one"
        raise NotFoundError(message, where=quarter)
    path = kept_binder(visit.context, quarter)
    return FileResponse(path, media_type="application/zip", filename=f"binder-{quarter}.zip", headers=NO_STORE)


def _library(visit: Visit) -> dict[str, Any]:
    """What the person's role reaches of it."""
    whole = library(visit.context)
    found = {name: [row for row in rows if _reached(visit, row["period"])] for name, rows in whole.items()}
    quarters = [quarter for quarter in binder_quarters(visit.context) if visit.reaches(*quarter_days(quarter))]
    return {**found, "binders": quarters}


def _reached(visit: Visit, period: str) -> bool:
    span = period_days(period)
    return span is None or visit.reaches(*span)
