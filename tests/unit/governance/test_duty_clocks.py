"""From when a duty's days run: the instant that something was seen, the day that an approval names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from routeproof.governance.duty.facts import Circumstances, Proof, Subject
from routeproof.governance.duty.owed import duties_on
from routeproof.policy.obligations import obligations_of
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects

CALENDAR = load_equity_calendar()
SHIPPED = obligations_of(shipped_subjects()["duties"])
P = Subject("P", date(2026, 3, 1))
LATER = date(2026, 11, 28)


def _incident(on: date, index: int, **members: Any) -> Proof:  # noqa: ANN401  # a payload
    given = {"incident": "I1", "kind": "outage", "started_at": None, "detected_at": None, **members}
    return Proof(type="provider.incident_recorded", object_id="provider/P", on=on, index=index, by="ann", members=given)


def _due(name: str, *proofs: Proof, on: date = LATER) -> list[tuple[date, str]]:
    facts = Circumstances(since=P.since, providers=(P,), proofs=proofs)
    return [(duty.due_on, duty.state) for duty in duties_on({name: SHIPPED[name]}, CALENDAR, facts, on)]


def test_the_clock_of_an_incident_begins_when_it_was_detected() -> None:
    """Detected on 2 November and entered on the 27th: 72 hours end on the 5th, thirty days on 2 December."""
    times = {"started_at": "2026-11-01T09:00:00-05:00", "detected_at": "2026-11-02T09:00:00-05:00"}
    entered = _incident(date(2026, 11, 27), 1, kind="security", **times)
    assert _due("incident_notice_72h", entered) == [(date(2026, 11, 5), "overdue")]
    assert _due("incident_notice_30d", entered) == [(date(2026, 12, 2), "due")]


@pytest.mark.parametrize(
    ("times", "due"),
    [
        ({"started_at": "2026-11-20T23:30:00-05:00"}, date(2026, 11, 23)),
        ({"started_at": "2026-11-21T04:30:00Z"}, date(2026, 11, 23)),
        ({"detected_at": "2026-11-21T05:30:00Z"}, date(2026, 11, 24)),
        ({}, date(2026, 11, 30)),
    ],
)
def test_an_instant_is_of_the_markets_day(times: dict[str, str], due: date) -> None:
    """23:30 of 20 November in New York is 04:30 of the 21st in UTC; without an instant, the business date counts."""
    assert _due("incident_notice_72h", _incident(date(2026, 11, 27), 1, kind="security", **times))[0][0] == due


def test_what_was_recorded_before_or_since_of_the_same_incident_counts() -> None:
    """An outage that turns out to be a breach began when it began; a later word on the time is the last one."""
    first = _incident(date(2026, 11, 2), 1, started_at="2026-11-01T09:00:00-05:00")
    turned = _incident(date(2026, 11, 20), 2, kind="security")
    told = _incident(date(2026, 11, 22), 3, detected_at="2026-11-03T09:00:00-05:00")
    other = _incident(date(2026, 11, 22), 4, incident="I2", detected_at="2026-10-01T09:00:00-04:00")
    assert _due("incident_notice_72h", first, turned, on=date(2026, 11, 21)) == [(date(2026, 11, 4), "overdue")]
    assert _due("incident_notice_72h", first, turned, told, other) == [(date(2026, 11, 6), "overdue")]


def test_due_diligence_comes_back_on_the_day_that_the_approval_names() -> None:
    """Twelve months after 1 March 2027 is 1 March 2028; 365 days would be 29 February."""
    approved = Proof(
        type="provider.approved",
        object_id="provider/P",
        on=date(2027, 3, 1),
        index=1,
        by="sam",
        provider="P",
        members={"refresh_due_on": "2028-03-01"},
    )
    for on, state in ((date(2028, 3, 1), "due"), (date(2028, 3, 2), "overdue")):
        assert _due("due_diligence", approved, on=on)[-1] == (date(2028, 3, 1), state)
