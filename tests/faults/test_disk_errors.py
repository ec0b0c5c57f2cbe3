"""A disk that is full, read-only or broken: nothing acknowledged is lost, and nothing more is acknowledged."""

import itertools
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from faults.commands import BROKEN, MODULES, Desk, require_whole
from faults.points import Faults, Point, Run, faults
from routeproof.stores.read_only import MARKER

SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))
ERRORS = ("ENOSPC", "EIO", "EROFS", "EDQUOT")
FAILING = ("write", "pwrite64", "fsync", "fdatasync")
READ_ONLY = 4
Choice = Callable[[list[Point]], list[Point]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    """One server of commands for all points."""
    with faults(tmp_path_factory.mktemp("faults"), MODULES) as server:
        yield server


@pytest.mark.parametrize("error", ERRORS)
def test_a_sample_of_failing_calls_keeps_the_promise(running: Faults, tmp_path: Path, error: str) -> None:
    """One call that fails, and a disk that fails from then on."""
    chance = random.Random(f"{SEED} {error}")  # noqa: S311  # a choice that can be made again
    fail_at_points(running, tmp_path, "note", [error], lambda points: chance.sample(points, 1))


@pytest.mark.night
@pytest.mark.parametrize(("name", "count"), [("note", None), ("notes", 60)])
def test_many_failing_calls_keep_the_promise(running: Faults, tmp_path: Path, name: str, count: int | None) -> None:
    """All points of a note, and many of a run of batches, with each of four errors, once and from then on."""
    chance = random.Random(f"{SEED} {name}")  # noqa: S311
    fail_at_points(
        running, tmp_path, name, ERRORS, lambda points: points if count is None else chance.sample(points, count)
    )


def fail_at_points(running: Faults, folder: Path, name: str, errors: Sequence[str], choose: Choice) -> None:
    """Run the command with failing calls, each time on a fresh folder."""
    desk = Desk(folder, BROKEN[name])
    desk.fresh()
    points = choose([point for point in running.points(desk.arguments) if point.call in FAILING])
    stopped = 0
    for point, error, onwards in itertools.product(points, errors, (False, True)):
        desk.fresh()
        run = running.fail_at(desk.arguments, point, error, onwards=onwards)
        try:
            stopped += check_failure(running, desk, run)
        except AssertionError as wrong:
            wrong.add_note(f"seed {SEED}, {name}, {point}, {error}, onwards {onwards}: {run.code} {run.errors}")
            raise
    total = len(points) * len(errors) * 2
    print(f"{name}: {total} failing calls, {stopped} made the record read-only, seed {SEED}")  # noqa: T201


def check_failure(running: Faults, desk: Desk, run: Run) -> bool:
    """What was said is kept; a record that stopped says so to the next command, until it was verified."""
    root = desk.folder / "w"
    assert run.code in {0, 1, 2, 4}, "a clear error, not a crash"
    # Where every write fails, the one that says so fails too.
    is_mute = any("errors>" in line and "(INJECTED)" in line for line in run.trace)
    assert run.code == 0 or is_mute or run.errors.startswith("routeproof: expected"), run.errors
    failed = [place for place, line in enumerate(run.trace) if "(INJECTED)" in line]
    synced = [place for place in failed if "records.sqlite" in run.trace[place] and "sync(" in run.trace[place]]
    if synced:
        # A batch that was durable before the log was moved may still be acknowledged; what follows may not.
        later = [line for line in run.trace[synced[0] :] if "write(1<" in line and "INJECTED" not in line]
        assert len(later) <= 1
        assert (root / MARKER).exists()
    stopped = (root / MARKER).exists()
    if stopped:
        refused = running.run(["ledger", "note", "too early", "-w", str(root), "--json"])
        assert refused.code == READ_ONLY
        assert json.loads(refused.errors)["error"]["code"] == "ledger_read_only"
        assert not refused.output
        assert running.run(["ledger", "verify", "-w", str(root)]).code == 0
        assert not (root / MARKER).exists()
    desk.check(run)
    require_whole(root)
    return stopped
