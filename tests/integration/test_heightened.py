"""Heightened monitoring really tightens: rules of one provider, from its first day to its last, and its calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.firm.duties import duties_shown
from routeproof.app.intake.take_delivery import take_delivery
from routeproof.app.monitoring.policy import rule_policy
from routeproof.app.monitoring.run_day import gather
from routeproof.governance.decider import RefusalError
from routeproof.lab.config import LabConfig, Provider
from routeproof.lab.delivery import write_delivery
from routeproof.rules.judge import judge
from routeproof.rules.registry import BY_NAME
from unit.governance.remediation_case import BODIES, look_on, stands_after, step

SMALL = LabConfig(
    seed=5,
    last=date(2026, 7, 6),
    orders_per_day=120,
    quotes_per_day=6_000,
    providers=(Provider("P"), Provider("Q")),
)
DAYS = [session.day for session in SMALL.all_sessions]
TIGHT = {"slow_fill.fill_ms": 1.0}
"""Milliseconds in which hardly any honest fill comes; shipped are 5,000."""

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three honest sessions of P and Q; P stands before heightened monitoring."""
    folder = tmp_path_factory.mktemp("heightened")
    write_delivery(SMALL, folder / "delivery")
    found = new_desk(folder / "workspace")
    with found.context() as context:
        take_delivery(context, folder / "delivery")
    stands_after(found, "plan")
    return found


def _slow(desk: Desk, day: date) -> dict[str, int]:
    """Slow fills of a day by provider, by the policy in force on it."""
    with desk.context() as context:
        facts = gather(context, day, context.lake.manifest().id)
        limits = rule_policy(context.records, day).limits
        found = judge([BY_NAME["slow_fill"]], facts, limits).findings
    return dict(found["provider"].value_counts().iter_rows())


def _heighten(desk: Desk, thresholds: dict[str, float]) -> dict[str, Any]:
    body = {**BODIES["heighten"], "until": DAYS[1].isoformat(), "thresholds": thresholds, "review_every_days": 1}
    return step(desk, "heighten", body, on=DAYS[1])


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("slow_fill.fill_ms", 16_000.0, "at most 15000 as in force now, found 16000"),
        ("slow_fil.fill_ms", 1.0, "no rule is named 'slow_fil'"),
        ("slow_fill.fill_s", 1.0, "expected a threshold of slow_fill that differs by provider"),
    ],
)
def test_what_does_not_tighten_is_refused_when_it_is_recorded(desk: Desk, key: str, value: float, said: str) -> None:
    """A looser value, and a key that would do nothing unnoticed."""
    with pytest.raises(RefusalError, match=said):
        _heighten(desk, {key: value})
    assert look_on(desk)["monitoring"] is None


def test_a_fill_fires_under_heightened_monitoring_of_its_provider_and_not_before_or_after(desk: Desk) -> None:
    """The same honest days: none slow by the shipped policy; P's are slow on the one day that P is watched closely."""
    assert [_slow(desk, day) for day in DAYS] == [{}, {}, {}]
    with desk.context() as context:
        before = rule_policy(context.records, DAYS[1]).id
    _heighten(desk, TIGHT)
    first, second, third = (_slow(desk, day) for day in DAYS)
    assert (first, third) == ({}, {})
    assert set(second) == {"P"}
    assert second["P"] > 10
    with desk.context() as context:
        ids = {rule_policy(context.records, day).id for day in DAYS}
    assert len(ids) == 2
    assert before in ids


def test_the_calendar_of_the_provider_is_closer(desk: Desk) -> None:
    """The list of duties has P's looks: by hand, one a week from 2 July until 16 July, and none of Q's."""
    body = {**BODIES["heighten"], "until": "2026-07-20", "thresholds": TIGHT, "review_every_days": 7}
    step(desk, "heighten", body, on=date(2026, 7, 2))
    with desk.context(on=date(2026, 7, 10)) as context:
        found = duties_shown(context, date(2026, 7, 10))["duties"]
    looks = [item for item in found if item["id"].startswith("monitoring_look:")]
    assert [(item["due_on"], item["state"]) for item in looks] == [("2026-07-09", "overdue"), ("2026-07-16", "due")]
    assert looks[0]["title"] == "Look 1 of heightened monitoring of P, every 7 days, under R1"
