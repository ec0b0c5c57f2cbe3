"""The session layer keeps the rules: the QuickFIX acceptance scenarios, each against the product's own adapter."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from fix_session.programs import ECHO, VERSIONS, Running, acceptance_config, running
from fix_session.scenarios import Difference, formats_of, needs_echo, play, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")

LISTED = (
    "future/14j_OutOfRepeatingGroupMembers.def",
    "future/14k_EmbeddedSOH.def",
    "validate/CheckFieldsHaveValues.def: line 20",
)
"""Differences that docs/fix_acceptance.md gives the reason for."""


@pytest.fixture
def suite(shared_data: Path) -> Path:
    """The scenarios, which are not ours to publish."""
    path = shared_data / "robustness" / "fix_acceptance"
    if not path.is_dir():
        pytest.skip(f"no scenarios: {path} is not a directory")
    return path


@pytest.fixture
def echo(shared_data: Path, tmp_path: Path) -> Iterator[Running]:
    """The echo application with a session for each version."""
    with running(ECHO, ["--config", str(acceptance_config(shared_data, tmp_path))], tmp_path / "log") as program:
        yield program


def test_every_scenario_is_met(suite: Path, echo: Running) -> None:
    """Of 356 scenarios of the session alone all but those listed, of 114 that need an application all."""
    formats = formats_of(suite / "fields.fmt")
    met: Counter[str] = Counter()
    differences = []

    def play_folder(folder: Path) -> None:
        for path in sorted(folder.glob("*.def")):
            steps = steps_of(path)
            kind = "echo" if needs_echo(steps) else "session"
            try:
                play(steps, echo.address("fix44"), formats)
                met[kind] += 1
            except Difference as difference:
                differences.append(f"{folder.name}/{path.name}: {difference}")

    # One after the other within a version, since each of them logs on as the same counterparty.
    folders = [suite / "quickfix_cpp" / name for name in VERSIONS]
    with ThreadPoolExecutor(len(VERSIONS)) as pool:
        list(pool.map(play_folder, folders))
    unexpected = [each for each in differences if not each.startswith(tuple(LISTED))]
    assert unexpected == [], "\n".join(unexpected)
    assert met == {"session": 356 - len(LISTED), "echo": 114}
