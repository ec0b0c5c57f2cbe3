"""Power cuts: whatever the disk kept of what was not synced, every acknowledged entry is there and nothing is torn."""

import itertools
import os
import random
import sqlite3
import tempfile
from pathlib import Path

import pytest

from faults.power_cut import Step, images, statements_of, steps_of
from routeproof.ledger.entry import Fact, leaf_hash
from routeproof.stores.records import Records
from routeproof.vocab.errors import LedgerBrokenError

SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))
SHARED_MEMORY = "/dev/shm"  # noqa: S108  # a folder of ours is made in it
Work = tuple[list[Step], list[bytes], set[int]]
"""Steps, entries, and how many entries there were after each transaction."""
SAMPLE = int(os.environ.get("ROUTEPROOF_FAULT_CUTS", "150"))
NIGHT = 10_000
BATCHES = (1, 3, 40, 1, 1)
"""Entries appended together, in one session; each session ends with the log moved into the file."""


def small(text: str) -> Fact:
    """A note of a few bytes."""
    return Fact("notes", "note", {"text": text}, "2026-07-02", "a", "r", "s")


def work(path: Path) -> None:
    """Three sessions of small batches; in the second, so much that the log is moved while the session goes on."""
    ticks = itertools.count(1)
    for session in range(3):
        records = Records(path, lambda: next(ticks))
        for batch in BATCHES:
            records.append([small(f"{session} {batch} {number}") for number in range(batch)])
        if session == 1:
            for number in range(45):
                records.append([small(f"{number} " + "x" * 50_000)])
            for number in range(10):
                records.append([small(f"after {number}")])
        records.close()


@pytest.fixture(scope="module")
def cut_work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """The steps of the work, its entries, and how many there were after each transaction."""
    folder = tmp_path_factory.mktemp("power")
    statements = statements_of(lambda: work(folder / "first.sqlite"))
    records = Records(folder / "first.sqlite", lambda: 1)
    entries = records.entries()
    records.close()
    steps = steps_of(statements, folder / "records.sqlite")
    return steps, entries, {step.acknowledged for step in steps} | {len(entries)}


def test_the_work_exercises_log_and_file(cut_work: Work) -> None:
    """The log is synced for every batch, moved into the file, begun anew, and deleted."""
    steps, entries, _ = cut_work
    asked = {(step.kind, step.file.removeprefix("records.sqlite")) for step in steps}
    assert {("sync", "-wal"), ("sync", ""), ("write", ""), ("delete", "-wal"), ("sync", "-journal")} <= asked
    rewound = [step for step in steps if step.kind == "write" and step.file.endswith("-wal") and step.offset == 0]
    assert len(rewound) >= 4
    assert len(entries) == 3 * sum(BATCHES) + 55


def test_a_sample_of_power_cuts_keeps_the_promise(cut_work: Work) -> None:
    """The seed chooses cuts and what they take; ROUTEPROOF_FAULT_SEED chooses others."""
    cut_power(cut_work, SAMPLE)


@pytest.mark.night
def test_many_power_cuts_keep_the_promise(cut_work: Work) -> None:
    """At every step several times over."""
    cut_power(cut_work, NIGHT)


def test_a_database_that_does_not_sync_its_commits_is_found_out(tmp_path: Path) -> None:
    """The same images, of a database that syncs less (NORMAL), do lose what it acknowledged: these cuts bite."""
    statements = [
        text.replace("synchronous=FULL", "synchronous=NORMAL")
        for text in statements_of(lambda: work(tmp_path / "first.sqlite"))
    ]
    records = Records(tmp_path / "first.sqlite", lambda: 1)
    entries = records.entries()
    records.close()
    steps = steps_of(statements, tmp_path / "records.sqlite")
    sizes = {step.acknowledged for step in steps} | {len(entries)}
    with pytest.raises(AssertionError, match="acknowledged"):
        cut_power((steps, entries, sizes), SAMPLE)


def cut_power(made: Work, count: int) -> None:
    """Look into `count` images of the disk, in memory where there is a folder for that: they survive nothing anyway."""
    folder = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    steps, entries, sizes = made
    chance = random.Random(SEED)  # noqa: S311  # a choice that can be made again
    cuts = [chance.randrange(len(steps)) for _ in range(count)]
    looked = 0
    for cut, acknowledged, files in images(steps, cuts, SEED):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            for name, content in files.items():
                (Path(place) / name).write_bytes(content)
            found = look(Path(place) / "records.sqlite")
        where = f"seed {SEED}, cut {cut} of {len(steps)}"
        assert len(found) >= acknowledged, f"{where}: {acknowledged} acknowledged, {len(found)} found"
        assert found == entries[: len(found)], where
        assert len(found) in sizes, f"{where}: part of a batch"
        looked += 1
    assert looked == count
    print(f"{looked} power cuts at {len(steps)} steps, seed {SEED}")  # noqa: T201  # for the proof page


def look(path: Path) -> list[bytes]:
    """The entries that the product finds; each has its leaf, the database is sound, and takes another entry."""
    try:
        records = Records(path, lambda: 1, make=False)
    except LedgerBrokenError as error:
        # Before its tables were committed there is no ledger, and nothing was acknowledged.
        if "found none" not in error.message:
            raise
        return []
    try:
        found = records.entries()
        assert records.leaves() == [leaf_hash(entry) for entry in found]
        records.append([small("after the cut")])
        assert records.size() == len(found) + 1
    finally:
        records.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return found
