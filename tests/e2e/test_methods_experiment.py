"""docs/methods/experiment.md does what it says."""

from pathlib import Path

from e2e.desk import Desk
from e2e.tutorial import run_tutorial

PAGE = Path(__file__).parents[2] / "docs/methods/experiment.md"


def test_the_page_says_what_the_program_says(tmp_path: Path) -> None:
    """Planned, refused as own work, approved, assigned."""
    desk = Desk(tmp_path)
    assert run_tutorial(PAGE, desk) == 5
    shown = desk.run("experiment", "show", "X1")
    assert "assigned" in shown
    assert "X1" in desk.run("experiment", "list")
