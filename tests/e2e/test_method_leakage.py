"""The page of leakage does what it says; the same seed gives the same bits, and every row says what it could find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from e2e.desk import Desk
from e2e.tutorial import run_tutorial

PAGE = Path(__file__).parents[2] / "docs/methods/leakage.md"

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The page's two days, its commands run."""
    desk = Desk(tmp_path_factory.mktemp("leakage"))
    assert run_tutorial(PAGE, desk) == 4
    return desk


def test_two_days_are_refused_with_counts_and_the_caution(desk: Desk) -> None:
    """Every cell is there with its events and the reason; nothing is asked; the caution stands on the result."""
    said = desk.run("leakage", "--json")
    found: dict[str, Any] = json.loads(said)
    assert found["refused"]
    assert "effective days" in found["reason"]
    assert {row["phase"] for row in found["by_venue"]} >= {"arrival", "route", "fill"}
    assert all(row["events"] > 0 and row["reason"] for row in found["by_venue"])
    assert found["questions"] == []
    assert found["caution"] == "This is evidence for a question to the provider, never proof of one cause."
    assert found["caution"] in found["assumptions"]
    assert desk.run("leakage", "--json") == said


def test_controls_hang_on_the_seed_and_events_do_not(desk: Desk) -> None:
    """Another seed draws other controls for the same events."""
    one, other = (json.loads(desk.run("leakage", "--seed", seed, "--json")) for seed in ("1", "2"))
    assert (one["seed"], other["seed"]) == (1, 2)
    assert one["n"] == pytest.approx(other["n"], rel=0.05)
    assert [row["events"] for row in one["by_venue"]] == [row["events"] for row in other["by_venue"]]
