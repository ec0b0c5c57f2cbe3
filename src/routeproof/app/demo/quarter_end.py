"""What is measured when the quarter is over: agreements, disclosures, the review's pack."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from routeproof.app.demo.player import story
from routeproof.app.desk.review import open_review
from routeproof.app.disclosure.records.made_605 import record_605
from routeproof.app.disclosure.records.on_record import record_built
from routeproof.app.disclosure.report606.public_report import Asked606a1, make_606a1
from routeproof.app.disclosure.report_605 import asked_605, flow_of_workspace, make_605
from routeproof.app.run_demo import PROVIDER, QUARTER
from routeproof.app.sla.evaluate import evaluate_sla
from routeproof.app.sla.record import record_evaluation

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.demo.stage import Stage

MEASURED, REPORTED, OPENED = date(2026, 10, 7), date(2026, 10, 8), date(2026, 10, 9)
REPORTER, PARTICIPANT = "DEMO", "T"


def evaluate_agreements(stage: Stage) -> None:
    """Evaluate both agreements; each breach opens its case."""
    for provider in ("P1", "P2"):
        context = stage.as_("analyst", MEASURED)
        record_evaluation(context, evaluate_sla(context, provider, QUARTER))


def make_reports(stage: Stage, days: list[date]) -> dict[str, str]:
    """Put two reports on record as built: `{"public"}`, the id of the one that is signed later.

    The monthly one is of the last month that is whole in the files, else of the first.
    """
    context = stage.as_("analyst", REPORTED)
    month = _month(days)
    asked = asked_605("detailed", REPORTER, PARTICIPANT, f"{month:%Y-%m}", stage.scratch)
    record_605(context, make_605(asked, flow_of_workspace(context)))
    public = record_built(
        context, make_606a1(context, Asked606a1(quarter=QUARTER, aspects=story("aspects"))), f"606a1_{QUARTER}.xml"
    )
    return {"public": str(public)}


def _month(days: list[date]) -> date:
    last = days[-1]
    whole = last.day >= monthrange(last.year, last.month)[1] - 1
    months = sorted({day.replace(day=1) for day in days})
    return months[-1] if whole or len(months) == 1 else months[-2]


def open_quarters_review(stage: Stage, pack: Path) -> None:
    """Open the review over the pack that was built."""
    open_review(stage.as_("analyst", OPENED), QUARTER, PROVIDER, pack)
