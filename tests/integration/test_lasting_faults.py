"""A fault that is found day after day is one case, not one a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.cases.work_cases import case_shown, case_step
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.app.objects.findings import record_findings

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

FRIDAY = date(2026, 9, 11)
NOON_OF_FRIDAY = 1_789_142_400_000_000_000
DAY_NS = 86_400 * 10**9
END = {"disposition": "explained", "root_cause": "market", "rationale": "x"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def fault(days: int, rule: str = "payer_concentration", family: str = "payers", **change: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """What a rule says of a whole day, so many calendar days after Friday."""
    day, venue = FRIDAY + timedelta(days=days), change.get("venue")
    about = crc32(f"{rule} {venue} {change.get('provider')}".encode())
    return {
        "id": f"{days:08x}{about:08x}",
        "rule": rule,
        "severity": "medium",
        "provider": "P",
        "venue": None,
        "symbol": None,
        "order_id": None,
        "status": "final",
        "unit": "ratio",
        "sentence": f"{rule} on {day}",
        "group": f"incident:{day}:{change.get('provider', 'P')}:{family}:{venue or ''}",
        "family": family,
        "key": "",
        "day": day.isoformat(),
        "at": str(NOON_OF_FRIDAY + days * DAY_NS),
        "until_at": None,
        "execution_ids": [],
        "observed": "0.7",
        "threshold": "0.5",
        "source_row": None,
        "policy_version": "p",
        "metric_versions": {},
        **change,
    }


def found(context: Context, *findings: dict[str, Any]) -> tuple[tuple[str, ...], int]:
    """Cases that were opened, and findings that joined one, of findings of one day."""
    day = date.fromisoformat(findings[0]["day"])
    record_findings(context, day, {item["id"]: item for item in findings}, within=[])
    worked = work_findings(context, day)
    assert work_findings(context, day).opened == ()
    return worked.opened, worked.joined


def test_a_fault_of_days_goes_on_with_its_open_case(desk: Desk) -> None:
    """Friday, Monday and Thursday are one matter; its priority rises with the worst of them."""
    with desk.context() as context:
        ((name,), _) = found(context, fault(0))
        assert found(context, fault(3)) == ((), 1)
        assert found(context, fault(6, severity="high")) == ((), 1)
        shown = case_shown(context, name)
        assert shown["findings"] == [fault(0)["id"], fault(3)["id"], fault(6)["id"]]
        assert (shown["priority"], shown["day"]) == ("high", "2026-09-11")
        assert rebuild_projections(context, change=False).differences == []


def test_a_day_that_is_judged_later_joins_the_case_of_the_day_after_it(desk: Desk) -> None:
    """Late data made Friday stale after Monday was judged."""
    with desk.context() as context:
        ((name,), _) = found(context, fault(3))
        assert found(context, fault(0)) == ((), 1)
        assert len(case_shown(context, name)["findings"]) == 2


def test_five_trading_days_are_the_longest_pause(desk: Desk) -> None:
    """Friday to Friday is five sessions; to Monday six, Labor Day not between them."""
    with desk.context() as context:
        ((name,), _) = found(context, fault(0))
        assert found(context, fault(7)) == ((), 1)
        opened, joined = found(context, fault(17))
        assert (len(opened), joined) == (1, 0)
        assert case_shown(context, opened[0])["earlier"] is None
        assert len(case_shown(context, name)["findings"]) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"venue": "XNAS"},
        {"provider": "Q"},
        {"rule": "payment_up_quality_down"},
        {"rule": "routing_share_drift", "family": "routing"},
    ],
)
def test_another_fault_is_another_case(desk: Desk, other: dict[str, Any]) -> None:
    """Of another venue, provider or rule, though of the same family."""
    with desk.context() as context:
        found(context, fault(0))
        opened, joined = found(context, fault(3, **other))
        assert (len(opened), joined) == (1, 0)


def test_what_is_new_beside_what_lasts_is_told_as_new(desk: Desk) -> None:
    """A second rule of the family fires as well: that is a case; from then on both go on with it."""
    second = {"rule": "payment_up_quality_down"}
    with desk.context() as context:
        ((first,), _) = found(context, fault(0))
        ((name,), _) = found(context, fault(3), fault(3, **second))
        assert name != first
        assert found(context, fault(4), fault(4, **second)) == ((), 2)
        assert len(case_shown(context, name)["findings"]) == 4


def test_a_closing_that_was_asked_for_is_left_and_a_closed_case_has_a_successor(desk: Desk) -> None:
    """The next day's finding opens a case of its own beside the first; the next but one joins that."""
    with desk.context() as context:
        ((name,), _) = found(context, fault(0))
    with desk.context("ann") as context:
        case_step(context, name, "close", END)
        ((second,), _) = found(context, fault(3))
        assert case_shown(context, name)["state"] == "awaiting_review"
        assert case_shown(context, second)["earlier"] is None
        assert found(context, fault(4)) == ((), 1)
        case_step(context, second, "close", END)
    with desk.context("sam") as context:
        case_step(context, second, "review", {"approve": True})
        ((third,), _) = found(context, fault(5))
        assert case_shown(context, third)["earlier"] == second
        assert rebuild_projections(context, change=False).differences == []


def test_two_groups_that_join_one_case_at_once_leave_it_at_the_worse_priority(desk: Desk) -> None:
    """Two incidents of Monday, an hour apart, both of Friday's fault: the second undoes nothing."""
    hour = str(NOON_OF_FRIDAY + 3 * DAY_NS + DAY_NS // 24)
    with desk.context() as context:
        ((name,), _) = found(context, fault(0))
        later = fault(3, at=hour, severity="medium") | {"id": "f" * 16}
        assert found(context, fault(3, severity="critical"), later) == ((), 2)
        assert case_shown(context, name)["priority"] == "critical"
        assert rebuild_projections(context, change=False).differences == []


@pytest.mark.parametrize("rule", ["provider_outage", "sequence_gap"])
def test_what_happens_at_its_hour_is_another_incident_the_next_day(desk: Desk, rule: str) -> None:
    """Outages and gaps end; the next one has its own clock."""
    family = "outage" if rule == "provider_outage" else rule
    with desk.context() as context:
        found(context, fault(0, rule, family))
        opened, joined = found(context, fault(3, rule, family))
        assert (len(opened), joined) == (1, 0)


def test_two_orders_that_a_rule_of_days_names_are_two_cases(desk: Desk) -> None:
    """Orders are matters of their own, whatever rule speaks of them."""
    with desk.context() as context:
        found(context, fault(0, "slow_onward_route", "", order_id="O1", group="order:O1"))
        opened, joined = found(context, fault(3, "slow_onward_route", "", order_id="O2", group="order:O2"))
        assert (len(opened), joined) == (1, 0)
