"""The tutorial of a live session does what it says: a program from its page sends a bad fill, and the day is closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.desk import Desk
from e2e.tutorial import run_tutorial
from loopback import free_port

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")

PAGE = Path(__file__).parents[2] / "docs/tutorials/a-bad-fill-over-fix.md"


def test_a_bad_fill_over_fix(tmp_path: Path) -> None:
    """From the wire to the closed day, on a port that is free here."""
    assert run_tutorial(PAGE, Desk(tmp_path), instead={"9878": str(free_port())}) >= 12
