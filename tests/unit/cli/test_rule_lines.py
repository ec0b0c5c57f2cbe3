"""`rules NAME`: thresholds in force on a day, in each scope, and what the figures rest on."""

from __future__ import annotations

from datetime import date
from pathlib import Path  # noqa: TC003  # pytest reads annotations

from governance_desk import new_desk
from program import call
from routeproof.app.firm.policy import decide_policy, propose_policy

PROPOSED, IN_FORCE = date(2026, 9, 21), "2026-09-23"
VALUE = {
    "enabled": True,
    "severity": "critical",
    "ack_ms": 1000,
    "scoped": [{"provider": "P", "ack_ms": 900}, {"provider": "P", "venue": "XNAS", "ack_ms": 50}],
}


def test_each_scope_of_the_day_has_its_line(tmp_path: Path) -> None:
    """From the 23rd on P has less time, and less still at one venue; the day before only the shipped value counts."""
    desk = new_desk(tmp_path / "workspace")
    change = {"key": "rules.slow_acknowledgement", "value": VALUE, "effective_from": IN_FORCE, "reason": "agreed"}
    with desk.context("carl", PROPOSED) as context:
        propose_policy(context, change)
    with desk.context("cleo", PROPOSED) as context:
        decide_policy(context, "approve", "P1")
    words = ("rules", "slow_acknowledgement", "--workspace", str(desk.root), "--on")
    before, after = (call(*words, day).stdout.splitlines() for day in ("2026-09-22", IN_FORCE))
    assert [line for line in before if "ack_ms =" in line] == ["Threshold   ack_ms = 1000 ms"]
    assert [line for line in after if "ack_ms =" in line] == [
        "Threshold   ack_ms = 1000 ms",
        "Threshold   for provider P: ack_ms = 900 ms",
        "Threshold   for provider P and venue XNAS: ack_ms = 50 ms",
    ]
    assert "Metrics     route_to_ack_ms_avg" in after


def test_a_rule_without_metrics_says_so() -> None:
    """A burst rests on none; the clauses of an agreement name theirs."""
    told = {name: call("rules", name).stdout for name in ("reject_burst", "outside_sla")}
    assert "\nMetrics     none\n" in told["reject_burst"]
    assert "\nMetrics     each finding names its own\n" in told["outside_sla"]
