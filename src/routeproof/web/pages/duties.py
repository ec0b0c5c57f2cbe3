"""What is owed when, and what shows that it was done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from routeproof.app.firm.duties import duties_shown
from routeproof.app.firm.duty_calendar import calendar_file
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes
from routeproof.web.visit import Sent

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()
STATES = ("due", "overdue", "done")
DONE_AT = {
    "quarterly_review": ("Reviews", "/reviews"),
    "addendum": ("Reviews", "/reviews"),
    "due_diligence": ("the provider's file", "/providers/{}"),
    "report_605": ("Reports", "/reports"),
    "summary_605": ("Reports", "/reports"),
    "report_606": ("Reports", "/reports"),
    "restated_report": ("Reports", "/reports"),
    "report_6151": ("the register of disclosures", "/disclosures"),
    "disclosure_607": ("the register of disclosures", "/disclosures"),
    "notice_606": ("the register of disclosures", "/disclosures"),
    "customer_report_606": ("the register of disclosures", "/disclosures"),
    "wsp_attestation": ("the procedure", "/wsp/{}"),
    "restatement": ("Restatements", "/restatements"),
    "look_again": ("Remediation", "/remediation"),
    "day_close": ("Exceptions", "/exceptions"),
}
"""Page on which a duty's work is done, by the obligation; its subject stands for `{}`."""


@routes.page("/duties", needs="view.duties", template="duties.html")
def duties(visit: Visit, on: date | None = None, state: str = "") -> dict[str, Any]:
    """Every duty of a day, what is open first."""
    shown = duties_shown(visit.context, on)
    found = [duty for duty in shown["duties"] if not state or duty["state"] == state]
    found.sort(key=lambda duty: (duty["state"] == "done", duty["due_on"]))
    return {**shown, "duties": found, "state": state, "states": STATES}


@routes.page("/duties/calendar.ics", needs="view.duties")
def calendar(visit: Visit) -> Sent:
    """Duties as a calendar file."""
    shown = duties_shown(visit.context)
    return Sent(calendar_file(visit.context, shown), "text/calendar; charset=utf-8", "duties.ics")


def _first(context: Context) -> str | None:
    found = duties_shown(context)["duties"]
    return f"/duties/{found[0]['id']}" if found else None


@routes.page("/duties/{id}", needs="view.duties", template="duty.html", example=_first)
def duty(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One duty, with what closes it."""
    found = looked_at(visit, "duty", object_id)
    repeats = bool(found.get("every_months")) and "period" not in found
    is_owed = found["state"] != "done" and not repeats
    where = done_at(object_id, str(found.get("subject") or "")) if is_owed else None
    steps = steps_for(visit, "duty", object_id, "close") if is_owed else []
    return {"duty": found, "repeats": repeats, "where": where, "steps": steps}


def done_at(duty: str, subject: str) -> tuple[str, str] | None:
    """Page on which a duty is done, with what it is called; null where no page does it."""
    name, path = DONE_AT.get(duty.partition(":")[0], ("", ""))
    return (name, path.replace("{}", quote(subject, safe=""))) if path and (subject or "{}" not in path) else None


@routes.api("GET", "/duties", needs="view.duties")
def duties_call(visit: Visit, on: date | None = None) -> dict[str, Any]:
    """Duties of a day."""
    return duties_shown(visit.context, on)
