"""Records: one head, however many write; busy is not broken; a failed write stops everybody until it is verified."""

import itertools
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from routeproof.ledger.entry import Fact, leaf_hash
from routeproof.stores.read_only import MARKER, mark_read_only
from routeproof.stores.records import Records, resume_after_verification
from routeproof.stores.records_database import BusyError, WriteFailedError
from routeproof.vocab.errors import LedgerBrokenError, UsageError

FACT = Fact("s", "note", {"text": "a"}, "2026-07-02", "a", "r", "s")
OTHER = Fact("t", "note", {"text": "b"}, "2026-07-02", "a", "r", "s")
APPENDS = """
import sys, time
from pathlib import Path
from routeproof.ledger.entry import Fact
from routeproof.stores.records import Records
path, writer, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
records = Records(path, time.time_ns)
for number in range(times):
    facts = [Fact("w", "note", {"text": f"{writer} {number} {part}"}, "2026-07-02", "a", "r", "s") for part in "xy"]
    print(*records.append(facts), flush=True)
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Records]]:
    """Opens the same records again and again; a writer waits a twentieth of a second for another."""
    ticks = itertools.count(1_000)
    stores: list[Records] = []

    def open_records() -> Records:
        stores.append(Records(tmp_path / "records.sqlite", lambda: next(ticks), timeout_s=0.05))
        return stores[-1]

    yield open_records
    for store in stores:
        store.close()


def test_entries_are_read_back_in_parts_and_by_stream(opened: Callable[[], Records]) -> None:
    """With their leaf hashes, which are those of RFC 6962."""
    records = opened()
    records.append([FACT, OTHER, FACT])
    entries = records.entries()
    assert records.entries(1, 2) == entries[1:2]
    assert records.leaves(1) == [leaf_hash(entry) for entry in entries[1:]]
    assert [(entry.index, entry.appended_at) for entry in records.stream("s")] == [(0, 1_000), (2, 1_002)]
    assert list(records.each_entry()) == entries
    assert records.size() == 3


def test_streams_of_a_kind_are_those_whose_names_begin_so(opened: Callable[[], Records]) -> None:
    """Letter by letter: neither a kind that begins alike, nor one in capitals; each once."""
    records = opened()
    for stream in (
        "case/2",
        "case/1",
        "case/1",
        "case/1/x",
        "case-b/1",
        "cases/1",
        "Case/1",
        "case",
        "case0",
        "cas_/1",
    ):
        records.append([replace(FACT, stream=stream)])
    assert sorted(records.streams_below("case/")) == ["case/1", "case/1/x", "case/2"]
    assert records.streams_below("cas_/") == ["cas_/1"]


def test_a_decider_sees_the_record_under_the_lock(opened: Callable[[], Records]) -> None:
    """Nobody else writes between the decision and the entry, and an empty decision records nothing."""
    records, other = opened(), opened()

    def decide(reader: Records) -> list[Fact]:
        with pytest.raises(BusyError):
            other.append([OTHER])
        return [FACT] if reader.size() == 0 else []

    assert records.decide(decide) == [0]
    assert records.decide(decide) == []
    assert records.size() == 1


def test_a_busy_record_is_not_a_broken_one(opened: Callable[[], Records], tmp_path: Path) -> None:
    """After the other writer let go, the next append is taken."""
    records = opened()
    other = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError) as caught:
        records.append([FACT])
    assert caught.value.code == "busy"
    other.execute("ROLLBACK")
    assert records.append([FACT]) == [0]
    other.close()
    assert not (tmp_path / MARKER).exists()


def test_what_a_decider_raises_leaves_the_record_usable(opened: Callable[[], Records]) -> None:
    """A refusal is not a failure of the record."""
    records = opened()

    def refuses(_: Records) -> list[Fact]:
        raise KeyError

    with pytest.raises(KeyError):
        records.decide(refuses)
    assert records.append([FACT]) == [0]


def test_a_read_only_record_refuses_everybody_until_it_was_verified(
    opened: Callable[[], Records], tmp_path: Path
) -> None:
    """The marker stops processes that run and processes that start; reading goes on."""
    records = opened()
    records.append([FACT])
    mark_read_only(tmp_path, "disk I/O error")
    for refusing in (records, opened()):
        with pytest.raises(WriteFailedError, match=r"disk I/O error.*ledger verify"):
            refusing.append([FACT])
    assert records.size() == 1
    assert resume_after_verification(records)
    assert records.append([FACT]) == [1]
    assert not resume_after_verification(records)


def test_a_disk_that_is_full_stops_the_record(opened: Callable[[], Records], tmp_path: Path) -> None:
    """SQLite's own page limit stands for the disk: code SQLITE_FULL. Later processes are stopped as well."""
    records = opened()
    records.append([FACT])
    ((pages,),) = records.query("PRAGMA page_count")
    records.query(f"PRAGMA max_page_count = {pages}")
    big = Fact("s", "note", {"text": "x" * 60_000}, "2026-07-02", "a", "r", "s")
    with pytest.raises(WriteFailedError, match="not acknowledged"):
        records.append([big])
    with pytest.raises(WriteFailedError, match="full"):
        records.append([FACT])
    assert "full" in (tmp_path / MARKER).read_text("utf-8")
    later = opened()
    with pytest.raises(WriteFailedError, match="full"):
        later.append([FACT])
    assert later.size() == 1


def test_a_damaged_database_is_said_to_be_one(opened: Callable[[], Records], tmp_path: Path) -> None:
    """Bytes that are no database, and a record that is gone, are not a new record."""
    opened().append([FACT])
    path = tmp_path / "damaged" / "records.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(LedgerBrokenError, match="not a database"):
        Records(path, lambda: 1, make=False)
    path.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(LedgerBrokenError, match="restore them from a backup"):
            Records(path, lambda: 1, make=False)
        path.unlink(missing_ok=True)


def test_records_of_a_newer_program_are_refused(opened: Callable[[], Records], tmp_path: Path) -> None:
    """It may hold what this program would not see."""
    opened().append([FACT])
    connection = sqlite3.connect(tmp_path / "records.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(UsageError, match="newer routeproof"):
        opened()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET entry = x'00'",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_leaves SET leaf = x'00'",
        "DELETE FROM ledger_leaves",
        "INSERT INTO ledger_entries (entry_index, entry) VALUES (0, x'00')",
        "INSERT INTO ledger_entries (entry_index, entry) VALUES (2, x'00')",
        "INSERT OR REPLACE INTO ledger_entries (entry_index, entry) VALUES (0, x'00')",
        "INSERT INTO ledger_head (id) VALUES (2)",
    ],
)
def test_triggers_refuse_what_is_not_the_next_entry(
    opened: Callable[[], Records], tmp_path: Path, statement: str
) -> None:
    """Also where another program speaks to the database."""
    records = opened()
    records.append([FACT])
    before = records.entries(), records.leaves()
    other = sqlite3.connect(tmp_path / "records.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        other.execute(statement)
    other.close()
    assert (records.entries(), records.leaves()) == before


@pytest.mark.parametrize("writers", [2, pytest.param(16, marks=pytest.mark.night)])
def test_many_processes_write_one_head(tmp_path: Path, writers: int) -> None:
    """Indexes are dense, each acknowledged once, and every writer's entries stand in the order it wrote them."""
    path, times = tmp_path / "records.sqlite", 20
    Records(path, lambda: 1).close()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDS, str(path), str(writer), str(times)], stdout=subprocess.PIPE, text=True
        )
        for writer in range(writers)
    ]
    acknowledged = {}
    for number, process in enumerate(started):
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        for order, line in enumerate(output.splitlines()):
            first, last = map(int, line.split())
            acknowledged[first], acknowledged[last] = f"{number} {order} x", f"{number} {order} y"
    records = Records(path, lambda: 1)
    texts = [json.loads(entry)["payload"]["text"] for entry in records.entries()]
    records.close()
    assert sorted(acknowledged) == list(range(2 * times * writers))
    assert texts == [acknowledged[index] for index in range(len(texts))]


def test_what_is_read_in_a_snapshot_is_of_one_moment(opened: Callable[[], Records]) -> None:
    """Somebody appends between two reads: the second read does not see it, and the snapshot holds nobody up."""
    reader, writer = opened(), opened()
    writer.append([FACT])
    with reader.snapshot():
        assert len(reader.entries()) == 1
        writer.append([OTHER])
        assert len(reader.leaves()) == 1
    assert len(reader.leaves()) == 2


def test_streams_that_are_remembered_are_forgotten_before_anything_is_decided(opened: Callable[[], Records]) -> None:
    """Somebody else appends meanwhile: a look does not see it, a decision does, and so do looks after it."""
    reader, writer = opened(), opened()
    writer.append([FACT])
    reader.remember_streams()
    assert len(reader.stream("s")) == 1
    writer.append([FACT])
    assert len(reader.stream("s")) == 1
    decided_on: list[int] = []

    def decide(records: Records) -> list[Fact]:
        decided_on.append(len(records.stream("s")))
        return [FACT]

    reader.decide(decide)
    assert decided_on == [2]
    assert len(reader.stream("s")) == 3
