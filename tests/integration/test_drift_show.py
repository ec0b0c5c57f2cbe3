"""`drift show` over a workspace: streams of the lake, the agreement's level, the dated policy, looks with a margin."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from governance_desk import Desk, new_desk
from routeproof.app.facts.history import LookBack
from routeproof.app.firm.policy import decide_policy, propose_policy
from routeproof.app.intake.take_delivery import take_delivery
from routeproof.app.monitoring.drift import show_drift
from routeproof.app.monitoring.run_day import gather
from routeproof.cli.main import cli
from routeproof.governance.sla.noun import SLA
from routeproof.lab.config import LabConfig, Provider
from routeproof.lab.delivery import write_delivery
from routeproof.metrics.registry import BY_NAME
from routeproof.rules.drifting import WATCHED
from routeproof.vocab.errors import UsageError
from unit.governance.remediation_case import BODIES, look_on, stands_after, step

SMALL = LabConfig(
    seed=5,
    last=date(2026, 7, 6),
    orders_per_day=120,
    quotes_per_day=6_000,
    providers=(Provider("P"), Provider("Q")),
)
DAYS = [session.day for session in SMALL.all_sessions]
MARKET = ["order_class=market"]
TERMS: dict[str, Any] = {
    "provider": "P",
    "effective_from": "2026-01-01",
    "clause": [
        {"id": "PI", "metric": "price_improvement_usd_per_share", "where": MARKET, "at_least": "0.0015"},
        {"id": "TIME", "metric": "time_to_execution_ms_p95", "where": MARKET, "at_most": "250"},
        {"id": "THEIRS", "metric": "route_fill_rate_shares", "at_least": "0.9", "source": "vendor"},
    ],
}
SHORT = {"baseline_sessions": 2, "least_baseline_days": 1.5}
"""Two days are baseline enough, so that three sessions show something."""

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three sessions of P and Q, an agreement with P, and a policy of short baselines from the last session on."""
    folder = tmp_path_factory.mktemp("drift")
    write_delivery(SMALL, folder / "delivery")
    found = new_desk(folder / "workspace")
    with found.context() as context:
        take_delivery(context, folder / "delivery")
    known = {"metrics": frozenset(BY_NAME), "sources": {"csv"}}
    found.act("ann", SLA, "A", "propose", TERMS, on=DAYS[0], around=lambda _: known)
    found.act("sam", SLA, "A", "approve", {}, on=DAYS[0], around=lambda _: known)
    change = {"key": "drift", "value": SHORT, "effective_from": DAYS[2].isoformat(), "reason": "A short record"}
    with found.context("ann", DAYS[0]) as context:
        propose_policy(context, change)
    with found.context("carl", DAYS[0]) as context:
        decide_policy(context, "approve", "P1")
    return found


def _streams(found: dict[str, Any]) -> dict[tuple[str | None, str | None, str], dict[str, Any]]:
    return {(row["venue"], row["order_type"], row["metric"]): row for row in found["streams"]}


def test_streams_of_the_lake_by_the_policy_of_the_day(desk: Desk) -> None:
    """The policy changes with the last session: before it all days are baseline and too few, after it two of three."""
    with desk.context() as context:
        before, after = (show_drift(context, "P", day) for day in DAYS[1:])
    assert {row["metric"] for row in after["streams"]} == set(WATCHED)
    assert (before["baseline_to"], before["sessions"]) == (DAYS[1].isoformat(), 0)
    assert all("at least 40 are needed" in row["reason"] for row in before["streams"])
    assert (after["baseline_from"], after["baseline_to"]) == (DAYS[0].isoformat(), DAYS[1].isoformat())
    assert (after["sessions"], before["policy"] == after["policy"]) == (1, True)
    assert "1.0 effective days; at least 10 are needed" in _streams(after)[None, None, "price_improvement"]["reason"]


def test_the_level_is_the_agreements_where_a_clause_measures_the_same(desk: Desk) -> None:
    """P's market orders at all venues; not a percentile, not the provider's own figure, not Q's."""
    with desk.context() as context:
        ours, theirs = (_streams(show_drift(context, provider, DAYS[2])) for provider in ("P", "Q"))
        facts = gather(context, DAYS[2], context.lake.manifest().id, LookBack(2))
    agreed = {key: row["clause"] for key, row in ours.items() if row["clause"]}
    assert agreed == {(None, "market", "price_improvement"): "PI"}
    assert ours[None, "market", "price_improvement"]["baseline"] == 0.0015
    assert not any(row["clause"] for row in theirs.values())
    assert facts.need("agreed_levels")["clause"].to_list() == ["PI"]
    assert facts.drift.baseline_sessions == 2


def test_values_of_drift_that_mean_nothing_are_not_proposed(desk: Desk) -> None:
    """A chance of a false alarm of one half is no promise."""
    change = {"key": "drift.alpha", "value": 0.5, "effective_from": "2026-09-01", "reason": "x"}
    with desk.context("ann", DAYS[2]) as context, pytest.raises(UsageError, match="alpha"):
        propose_policy(context, change)


def test_a_look_with_a_margin_is_measured_from_the_streams(desk: Desk) -> None:
    """One day since monitoring began is too few: the look says so for each metric, and does not pass."""
    stands_after(desk, "plan")
    test = {"metric": "price_improvement", "where": MARKET, "within": 0.001, "looks": 1}
    test["also"] = [{"metric": "fill_rate", "within": 0.05}]
    body = {**BODIES["heighten"], "thresholds": {"slow_fill.fill_ms": 1_000}, "review_every_days": 1, "exit": test}
    step(desk, "heighten", body, on=DAYS[2])
    step(desk, "look", {}, on=date(2026, 7, 7))
    (look,) = look_on(desk)["looks"]
    first, second = look["streams"]
    assert (first["level"], first["level_from"], second["level_from"]) == (0.0015, "clause PI", "baseline")
    assert (look["bound"], look["lower"], look["passed"], look["met"]) == (first["bound"], None, False, False)
    assert first["bound"] == pytest.approx(0.0005)
    assert (look["n"], look["value"]) == (1, first["mean"])
    assert "fill_rate: cannot tell: 1.0 effective days" in look["reason"]


def test_the_command_prints_what_programs_and_people_read(desk: Desk) -> None:
    """The members that the surface promises, and a table."""
    words = ["drift", "show", "--provider", "P", "--on", DAYS[2].isoformat(), "--workspace", str(desk.root)]
    shown = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
    promised = {"venue", "order_type", "metric", "baseline", "mean", "lower", "upper", "n", "alarm_on"}
    assert shown["streams"]
    assert all(promised <= row.keys() for row in shown["streams"])
    people = CliRunner().invoke(cli, words).stdout
    assert "0 of" in people
    assert "streams can be told" in people
    most = Counter(row["reason"] for row in shown["streams"]).most_common(1)[0][0]
    assert (f"({most})" in people, "alarm_on" in people) == (True, False)
