"""`routeproof lab` does what its help says."""

import json
from pathlib import Path

from click.testing import CliRunner

from routeproof.cli.lab import lab
from routeproof.lab.cheats import BY_NAME
from routeproof.vocab.errors import UsageError


def test_cheats_lists_every_fault_with_its_grades() -> None:
    """Machine-readable: name, three grades, unit, stage and what it is."""
    result = CliRunner().invoke(lab, ["cheats", "--json"])
    rows = json.loads(result.output)
    assert {row["cheat"]: row["grades"] for row in rows}["slow_walk"] == [5, 25, 100]
    assert all(set(row) == {"cheat", "grades", "unit", "stage", "what"} for row in rows)


def test_cheats_as_text_has_one_line_per_fault() -> None:
    """A line for each fault, under a heading that says which grade is which."""
    heading, *lines = CliRunner().invoke(lab, ["cheats"]).output.splitlines()
    assert "grade 0 / 1 / 2" in heading
    assert len(lines) == len(BY_NAME)


def test_simulate_writes_the_delivery_and_prints_totals(tmp_path: Path) -> None:
    """One honest day: at least 2,000 parent orders, and the list of what to ingest."""
    arguments = ["simulate", "--scenario", "honest", "--days", "1", "--workers", "1", "--out", str(tmp_path)]
    result = CliRunner().invoke(lab, arguments)
    assert result.exit_code == 0, result.output
    totals = json.loads((tmp_path / "truth" / "summary.json").read_text())
    assert json.loads(result.stdout.splitlines()[-1]) == totals
    assert sum(provider["parent_orders"] for provider in totals["providers"].values()) >= 2_000
    assert (tmp_path / "delivery.json").is_file()


def test_one_fault_alone_can_be_asked_for(tmp_path: Path) -> None:
    """`--cheat fade --grade 1` plants a 15 % fade in the second provider and nothing in the first."""
    arguments = ["simulate", "--cheat", "fade", "--grade", "1", "--days", "1", "--workers", "1", "--out", str(tmp_path)]
    assert CliRunner().invoke(lab, arguments).exit_code == 0
    providers = json.loads((tmp_path / "truth" / "summary.json").read_text())["providers"]
    assert [(one["cheat"], one["grade"]) for one in providers["P2"]["planted"]] == [("fade", 0.15)]
    assert providers["P1"]["planted"] == []
    assert list(providers["P2"]["planted_rows"]) == ["route:fade"]


def test_one_fault_of_any_intensity_from_a_day_in_a_hard_quarter(tmp_path: Path) -> None:
    """Two sessions before the first day, of three; the fault acts on the last one only; P1 has a truncated log."""
    options = "--cheat fade --intensity 0.3 --cheat-from 2026-07-06 --prior 2 --days 3 --scenario stressed"
    small = ["--orders-per-day", "60", "--quotes-per-day", "4000", "--workers", "1", "--out", str(tmp_path)]
    result = CliRunner().invoke(lab, ["simulate", *options.split(), *small])
    assert result.exit_code == 0, result.output
    totals = json.loads((tmp_path / "truth" / "summary.json").read_text())
    assert totals["days"] == ["2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02", "2026-07-06"]
    assert totals["providers"]["P2"]["planted"] == [{"cheat": "fade", "grade": 0.3, "from_on": "2026-07-06"}]
    assert (tmp_path / "fix" / "P1" / "2026-07-02.corrected.log").is_file()


def test_events_of_a_hard_quarter_follow_the_sessions_asked_for(tmp_path: Path) -> None:
    """Of two sessions in August the first has the truncated log."""
    options = "--scenario stressed --from 2026-08-03 --to 2026-08-04 --orders-per-day 60 --quotes-per-day 4000"
    result = CliRunner().invoke(lab, ["simulate", *options.split(), "--workers", "1", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "fix" / "P1" / "2026-08-03.corrected.log").is_file()


def test_an_intensity_needs_a_fault(tmp_path: Path) -> None:
    """Nothing is planted silently, and nothing is silently not planted."""
    result = CliRunner().invoke(lab, ["simulate", "--intensity", "0.3", "--out", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
