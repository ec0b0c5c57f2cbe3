"""`kill -9` at any system call that changes the disk: what was acknowledged is kept, and nothing is there twice."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.commands import BROKEN, MODULES, Desk
from faults.points import KILLED, Faults, faults

SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))
SAMPLE = int(os.environ.get("ROUTEPROOF_FAULT_POINTS", "5"))
"""Points of each command per commit; by night, all of them."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    """One server of commands for all points."""
    with faults(tmp_path_factory.mktemp("faults"), MODULES) as server:
        yield server


@pytest.mark.parametrize("name", BROKEN)
def test_a_sample_of_points_keeps_the_promise(running: Faults, tmp_path: Path, name: str) -> None:
    """The seed chooses them; ROUTEPROOF_FAULT_SEED chooses others, ROUTEPROOF_FAULT_POINTS more."""
    kill_at_points(running, tmp_path, name, SAMPLE)


@pytest.mark.night
@pytest.mark.parametrize("name", BROKEN)
def test_every_point_keeps_the_promise(running: Faults, tmp_path: Path, name: str) -> None:
    """All system calls of one run of each command that change the disk."""
    kill_at_points(running, tmp_path, name, None)


def kill_at_points(running: Faults, folder: Path, name: str, count: int | None) -> None:
    """Kill the command at `count` points, or at all, each time on a fresh folder."""
    desk = Desk(folder, BROKEN[name])
    desk.fresh()
    points = running.points(desk.arguments)
    calls = {point.call for point in points}
    assert "write" in calls
    assert calls & {"fsync", "fdatasync"}
    chosen = points if count is None else random.Random(f"{SEED} {name}").sample(points, min(count, len(points)))  # noqa: S311
    killed = 0
    for point in chosen:
        desk.fresh()
        run = running.kill_at(desk.arguments, point)
        # The command may do one call less than it did when it was counted; then it ends well.
        assert run.code in {KILLED, 0}, f"seed {SEED}, {name}, {point}: {run.errors}"
        killed += run.code == KILLED
        try:
            desk.check(run)
        except AssertionError as error:
            error.add_note(f"seed {SEED}, {name}, {point}")
            raise
    assert killed >= len(chosen) * 3 // 4
    print(f"{name}: {len(chosen)} of {len(points)} points, {killed} killed, seed {SEED}")  # noqa: T201  # for the proof page
