"""Reports: packs of quarters, 605 and 606 reports, registers, binders; each as its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.governance.disclosure import DISCLOSURE
from routeproof.governance.report import REPORT
from routeproof.governance.review.noun import REVIEW
from routeproof.vocab.times import quarter_days
from routeproof.web.looks import steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()
REGISTER = ("request", "notice", "filed")


@routes.page("/reports", needs="view.reports", template="reports.html")
def reports(visit: Visit) -> dict[str, Any]:
    """The library."""
    records = visit.context.records
    packs = [review for review in objects_of(records, REVIEW) if visit.reaches(*quarter_days(review.quarter))]
    return {
        "packs": sorted(packs, key=lambda review: review.quarter, reverse=True),
        "reports": sorted(objects_of(records, REPORT), key=lambda report: (report.period, report.id), reverse=True),
        "register": objects_of(records, DISCLOSURE),
        "steps": steps_for(visit, "disclosure", "new", *REGISTER),
    }
