"""One case: what was found, its evidence and orders, its clocks, what people wrote, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.firm.case_policy import case_codes
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.web.examples import example_of
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()
WORK = ("note", "harm", "close", "assign", "link", "reimburse")
STEPS_BY_STATE = {
    "open": ("acknowledge", *WORK),
    "acknowledged": WORK,
    "investigating": WORK,
    "awaiting_review": ("review", "harm", "link", "reimburse"),
    "closed": (),
}
"""What the rules of a case take in each state."""
FINDINGS = 50


@routes.page("/cases/{id}", needs="view.exceptions", template="case.html", example=example_of("case"))
def case(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One case."""
    found = looked_at(visit, "case", object_id)
    verbs = STEPS_BY_STATE[found["state"]]
    return {
        "case": found,
        "findings": list_findings(visit.context.records, FindingFilter(case=object_id), FINDINGS),
        "steps": steps_for(visit, "case", object_id, *verbs) if verbs else [],
        "codes": case_codes(visit.context),
    }


@routes.page("/days/{id}", needs="view.exceptions", template="day.html", example=example_of("day"))
def day(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One trading day: whether it is complete, what was found, and its close."""
    found = looked_at(visit, "day", object_id)
    steps = steps_for(visit, "day", object_id, "close") if found["state"] == "open" else []
    return {"day": found, "name": object_id, "steps": steps}
