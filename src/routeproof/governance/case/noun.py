"""A case that a person works: opened with its evidence, owned, investigated, closed, and looked at by a second person.

Clocks run from the opening. What is closed stays closed: what comes later of the same matter opens a new case, which
names the earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.case import rules as case_rules
from routeproof.governance.case.bodies import (
    Assignment,
    Closing,
    Harm,
    LinkBody,
    NoteBody,
    Opening,
    Reimbursement,
    Review,
)
from routeproof.governance.case.evolve import evolve
from routeproof.governance.case.reimburse import not_the_owner, reimburse
from routeproof.governance.case.state import CLOSED, Case
from routeproof.governance.decider import Nothing, Noun, Verb
from routeproof.vocab.times import begin_of_market_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

INSIDE = ("pins", "opened_at", "acknowledged_at", "investigated_at")
"""Members that are shown in another shape."""


def _show(case: Case, on: date, around: Mapping[str, Any]) -> dict[str, Any]:
    """The case on a day; its clocks are held against the instant `now` where that is given, else the day's begin."""
    now = around.get("now")
    at = begin_of_market_day(on) if now is None else int(now)
    state = {name: value for name, value in case.model_dump(mode="json").items() if name not in INSIDE}
    attached = [{"sha256": sha256, "rows": []} for sha256 in case.evidence]
    pinned = [{"sha256": pin.sha256, "rows": list(pin.rows)} for pin in case.pins]
    due = case.due
    return state | {
        "released": list(case.released),
        "evidence": [*pinned, *attached],
        "clocks": case.clocks.model_dump(mode="json"),
        "overdue": due is not None and due[1] < at,
        "opened_at": case.opened_at,
        "open": case.state != CLOSED,
    }


CASE: Noun[Case] = Noun(
    name="case",
    state=Case,
    verbs={
        "open": Verb(Opening, case_rules.open_),
        "acknowledge": Verb(Nothing, case_rules.acknowledge),
        "assign": Verb(Assignment, case_rules.assign),
        "note": Verb(NoteBody, case_rules.note),
        "link": Verb(LinkBody, case_rules.link),
        "close": Verb(Closing, case_rules.close),
        "review": Verb(Review, case_rules.review, others=case_rules.second_person),
        "harm": Verb(Harm, case_rules.harm),
        "reimburse": Verb(Reimbursement, reimburse, others=not_the_owner),
    },
    evolve=evolve,
    show=_show,
)
