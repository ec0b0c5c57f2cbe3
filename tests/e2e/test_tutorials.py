"""The tutorials do what they say."""

from pathlib import Path

import pytest

from e2e.article_case import MONTH, tables, write_files
from e2e.desk import Desk
from e2e.forgers import FORGERS
from e2e.tutorial import run_tutorial

PAGES = Path(__file__).parents[2] / "docs/tutorials"


def test_minutes_that_were_changed(month: Desk, tmp_path: Path) -> None:
    """Seen in the file, in the entry, and, when all is written anew, against the checkpoint that left."""
    desk = Desk(tmp_path)
    desk.folder.joinpath("pack").symlink_to(month.folder / "pack")
    assert run_tutorial(PAGES / "minutes-that-were-changed.md", desk, FORGERS) >= 8


@pytest.mark.night
def test_a_quarter_of_underperformance(tmp_path: Path) -> None:
    """From onboarding a provider to its restoration, on two simulated deliveries."""
    desk = Desk(tmp_path)
    assert run_tutorial(PAGES / "a-quarter-of-underperformance.md", desk) >= 30


@pytest.mark.night
def test_a_provider_that_is_let_go(tmp_path: Path) -> None:
    """From the letter to termination with a transition plan."""
    desk = Desk(tmp_path)
    write_files(desk.folder, tables(MONTH))
    assert run_tutorial(PAGES / "a-provider-that-is-let-go.md", desk) >= 15


@pytest.mark.night
def test_a_day_of_monitoring(tmp_path: Path) -> None:
    """From a bad fill to the closed day, and its amendment."""
    assert run_tutorial(PAGES / "a-day-of-monitoring.md", Desk(tmp_path)) >= 20
