"""Reports of simulated providers, end to end: honest ones agree; what is left out or written afterwards is found."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import new_desk
from routeproof.app.intake.take_delivery import take_delivery
from routeproof.app.reconcile.reconcile import reconcile
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.delivery import write_delivery

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = ("quotes", "", "vendor_orders", "vendor_executions", "vendor_statistics")
"""Tables of the delivery; FIX logs name none."""


def told_of(folder: Path, config: LabConfig) -> dict[str, dict[str, Any]]:
    """What `reconcile` says of each provider's report, taken in from the simulator's own files."""
    write_delivery(config, folder / "delivery")
    listing = folder / "delivery" / "delivery.json"
    steps = json.loads(listing.read_text("utf-8"))["steps"]
    wanted = [step for step in steps if step.get("table", "") in NEEDED and not step.get("optional")]
    wanted = [step for step in wanted if step.get("provider") != "P3" or step.get("table", "") in {"", "vendor_orders"}]
    listing.write_text(json.dumps({"steps": wanted}), "utf-8")
    with new_desk(folder / "workspace").context() as context:
        take_delivery(context, folder / "delivery")
        names = [provider.comp_id for provider in config.providers]
        return {name: reconcile(context.lake, context.records, name, "2026Q3").plain for name in names}


def assert_agrees(found: dict[str, Any]) -> None:
    """Nothing is missing, nothing differs, every figure is ours to the digits that it is stated with."""
    assert not found["has_differences"], found["headline"]
    assert (found["missing_at_provider"], found["missing_here"], found["differing"]) == (0, 0, [])
    assert found["orders"]["matched"] > 100
    assert found["executions"]["matched"] > 100
    assert len(found["statistics"]) == 5
    for row in found["statistics"]:
        assert row["recomputed"] == pytest.approx(row["stated"], abs=1e-6), row
        assert row["stated_n"] in {None, row["n"]}
    assert found["timestamps"]["pattern"] is None
    assert "nothing differs beyond tolerance" in found["headline"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Three days: P1 honest, P2 leaves out the worst tenth of its fills, P3 writes a fifth of its times afterwards.

    One day is a stress day, on one a security is halted, and P1's log comes cut short and again.
    """
    config = LabConfig(
        seed=41,
        first=date(2026, 7, 1),
        last=date(2026, 7, 6),
        orders_per_day=80,
        quotes_per_day=6_000,
        stress_on=(date(2026, 7, 1),),
        halt_on=date(2026, 7, 2),
        broken_delivery_on=date(2026, 7, 2),
        providers=(
            Provider("P1"),
            Provider("P2", planted=(Planted("selective_reporting", 0.10),)),
            Provider("P3", planted=(Planted("backfilled_times", 0.20),)),
        ),
    )
    return told_of(tmp_path_factory.mktemp("reports"), config)


def test_an_honest_report_agrees(told: dict[str, dict[str, Any]]) -> None:
    """Beside two that cheat."""
    assert_agrees(told["P1"])


def test_fills_left_out_are_counted_placed_and_tested(told: dict[str, dict[str, Any]]) -> None:
    """The worst tenth: rounded up on each day, dear, and no chance; the stated figures are better than ours."""
    found = told["P2"]
    share = found["executions"]["missing_at_provider"] / (
        found["executions"]["missing_at_provider"] + found["executions"]["matched"]
    )
    assert share == pytest.approx(0.10, abs=0.01)
    assert found["missing_at_provider"] > 10
    assert found["missing_here"] == 0
    missing = found["missing"]
    assert missing["missing"]["outside"] > missing["missing"]["inside"]
    assert missing["outside_p"] < 0.001
    assert missing["cost_p"] == 0.001  # the smallest of 999 draws
    assert missing["missing_cost_bps"] > missing["reported_cost_bps"]
    figures = {(row["metric"], row["definition"]): row for row in found["statistics"]}
    shares = figures["executed_shares", ""]
    assert shares["recomputed"] - shares["stated"] == pytest.approx(missing["shares"])
    assert figures["spread_capture", "benchmark=receipt"]["difference"] > 0
    assert "absent from its file" in found["headline"]
    assert "no sign of selection" not in found["headline"]


def test_times_written_afterwards_are_a_pattern(told: dict[str, dict[str, Any]]) -> None:
    """A fifth is told 45 to 240 s late, many on whole milliseconds, where chance brings one in a thousand."""
    times = told["P3"]["timestamps"]
    assert times["pattern"] == "backfilled"
    assert times["late"] / times["fills"] == pytest.approx(0.20, abs=0.08)
    assert times["late_and_whole_ms"] > 0.1 * times["late"]
    assert times["p"] < 1e-6
    assert "times look written afterwards" in told["P3"]["headline"]
    assert told["P3"]["missing_at_provider"] == 0


def test_bounds_hold_the_clocks_that_wander_within_twenty_milliseconds(told: dict[str, dict[str, Any]]) -> None:
    """The simulated clock is never more than 20 ms off, and a message takes longer than nothing: bounds stay near."""
    clock = told["P1"]["clock_offset_ms"]["P1"]
    assert clock["against"] == "its venues"
    assert -22.5 < clock["lower"] <= clock["estimate"] <= clock["upper"] < 22.5
    assert clock["differs"] is False


@pytest.mark.night
@pytest.mark.parametrize("seed", [8, 19, 77])
def test_honest_reports_of_a_hard_quarter_agree(tmp_path: Path, seed: int) -> None:
    """Other seeds, with a stress day, a halt, an outage, a log cut short and one that comes late."""
    config = LabConfig(
        seed=seed,
        first=date(2026, 7, 1),
        last=date(2026, 7, 10),
        orders_per_day=100,
        quotes_per_day=8_000,
        providers=(Provider("P1", outage_on=date(2026, 7, 2)), Provider("P2")),
        stress_on=(date(2026, 7, 1),),
        halt_on=date(2026, 7, 2),
        broken_delivery_on=date(2026, 7, 6),
        late_delivery_on=date(2026, 7, 7),
    )
    for found in told_of(tmp_path, config).values():
        assert_agrees(found)
