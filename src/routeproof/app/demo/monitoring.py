"""The last week judged, their cases worked as far as people had come, days closed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.cases.case_harm import record_harm
from routeproof.app.cases.case_listing import CaseFilter, list_cases
from routeproof.app.cases.suppressing import add_suppression
from routeproof.app.cases.work_cases import case_step, each_case, open_case
from routeproof.app.monitoring.close_day import close_day
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.steps import STEPS, looks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.app.demo.stage import Stage

TAKEN_IN, WORKED, LOOKED, CLOSED = date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 5), date(2026, 10, 6)
DAYS = 5
"""Sessions that are judged, the last ones: each is measured together with all that rests from before it."""
LEFT_OPEN = 3
"""Days that wait for a supervisor."""
LEFT_CASES = 12
"""Cases that nobody has looked at."""

NOTE = "Replayed the order: the provider went to a venue that showed a worse price. Asked for its routing log."
ASKED = "The screen of the customer is fifteen minutes late; asked for a picture of it."
CLOSING = {
    "disposition": "provider_corrected",
    "root_cause": "provider_routing",
    "rationale": "The provider confirms the order of venues that it used and has changed it for our flow.",
}
ALIKE = {
    "disposition": "explained",
    "root_cause": "market",
    "rationale": "Looked at together: the same minute, the same stock, a moving quote; nothing was out of order.",
}


def judge_days(stage: Stage, days: Sequence[date], on_step: Callable[[str], None]) -> None:
    """Run the rules over days, under one suppression that was approved before."""
    suppress = {
        "rule": "stale_reference_quote",
        "reason": "Thin stocks are quoted seldom: the quote is old, and right. The feed has a heartbeat from 2027.",
        "until": "2026-12-31",
    }
    add_suppression(stage.as_("analyst", TAKEN_IN), "S-1", suppress)
    STEPS["suppress.approve"].run(stage.as_("supervisor", TAKEN_IN), "S-1", {})
    context = stage.as_("analyst", TAKEN_IN)
    for day in days:
        on_step(f"judging {day}")
        run_day(context, day)


def work_cases(stage: Stage, order_day: date) -> None:
    """Bring cases as far as people had come by the second week of October; the rest stays open, and is late by now."""
    found = list_cases(stage.context.records, CaseFilter(state="open"), stage.clock())["items"]
    ids = [str(item["id"]) for item in found]
    closed, waiting, returned, worked, taken = ids[:2], ids[2:3], ids[3:4], ids[4:6], ids[6:8]
    for case_id in (*closed, *waiting, *returned, *worked, *taken):
        case_step(stage.as_("analyst", TAKEN_IN), case_id, "acknowledge")
    for case_id in (*closed, *waiting, *returned, *worked):
        case_step(stage.as_("supervisor", WORKED), case_id, "assign", {"to": "analyst"})
        case_step(stage.as_("analyst", WORKED), case_id, "note", {"text": NOTE})
    for case_id in (*closed, *waiting, *returned):
        if looks_of("case")(stage.context, case_id)["orders"]:
            record_harm(stage.as_("analyst", WORKED), case_id)
        case_step(stage.as_("analyst", WORKED), case_id, "close", CLOSING)
    for case_id in closed:
        looked = {"approve": True, "text": "Read the replay and the answer of the provider."}
        case_step(stage.as_("supervisor", LOOKED), case_id, "review", looked)
    for case_id in returned:
        missing = {"approve": False, "text": "Attach the provider's own log of the minute before."}
        case_step(stage.as_("supervisor", LOOKED), case_id, "review", missing)
    _close_many(stage, ids[8 + LEFT_CASES :])
    _by_hand(stage, order_day)


def _close_many(stage: Stage, ids: Sequence[str]) -> None:
    """What is of one kind is closed in one go, by one person and then by another."""
    each_case(stage.as_("analyst", WORKED), ids, "close", ALIKE)
    each_case(stage.as_("supervisor", LOOKED), ids, "review", {"approve": True})


def _by_hand(stage: Stage, order_day: date) -> None:
    """A customer's question about a fill, with the replay of the order, and a complaint of the quarter before."""
    order = first_order(stage, order_day)
    inquiry: dict[str, Any] = {
        "kind": "inquiry",
        "title": "Customer asks why a market order was filled above the offer that she saw",
        "priority": "medium",
        "provider": "P2",
        "day": order_day.isoformat(),
        "order_id": order,
    }
    open_case(stage.as_("analyst", LOOKED), "INQ-1", inquiry)
    case_step(stage.as_("analyst", LOOKED), "INQ-1", "note", {"text": ASKED})
    complaint = {
        "kind": "complaint",
        "title": "Complaint about a slow fill in June, before the agreement with P2",
        "priority": "low",
        "provider": "P2",
        "period": "2026Q2",
        "day": "2026-06-24",
    }
    open_case(stage.as_("supervisor", LOOKED), "CMP-1", complaint)


def first_order(stage: Stage, day: date) -> str:
    """The first order of a day."""
    rows = stage.context.lake.read("parent_orders", [day], columns=["order_id", "received_at"])
    return str(rows.sort("received_at", "order_id")["order_id"][0])


def close_days(stage: Stage, days: Sequence[date]) -> None:
    """Close the judged days but for the last few, which wait for a supervisor."""
    for day in days[:-LEFT_OPEN] or days[:1]:
        close_day(stage.as_("supervisor", CLOSED), day)
