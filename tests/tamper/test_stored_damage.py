"""Damage below the entries: the database's own file, evidence, kept checkpoints, projections, keys."""

import os
import sqlite3
import threading
from pathlib import Path
from random import Random

import pytest

from routeproof.app.context import open_context
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.app.ledger.verify import verify_workspace
from routeproof.ledger.entry import Fact
from routeproof.vocab.errors import LedgerBrokenError
from tamper import desk


def _first(root: Path) -> tuple[str, int | None, str | None]:
    first = verify_workspace(root).ordered[0]
    return first.kind, first.index, first.file


def test_a_flipped_bit_in_the_content_of_the_database_file(log: Path, tmp_path: Path) -> None:
    """Wherever an entry's bytes lie in the file, the entry is named."""
    entries = desk.entries_of(log)
    raw = _checkpointed(log, tmp_path / "raw").read_bytes()
    for index in Random(5).sample(range(3, len(entries)), 8):
        place = raw.find(entries[index])
        assert place > 0
        copy = desk.copy_of(tmp_path / "raw", tmp_path / f"copy{index}")
        content = bytearray(raw)
        content[place + 10] ^= 1
        (copy / "records.sqlite").write_bytes(bytes(content))
        assert _first(copy) == ("altered", index, "records.sqlite")


def test_a_database_whose_pages_are_damaged_is_reported_and_does_not_raise(log: Path, tmp_path: Path) -> None:
    """Garbage over the first page, and over each tenth page behind it, index pages included."""
    size = _checkpointed(log, tmp_path / "whole").stat().st_size
    for place in (0, *range(4096, size, 40_960)):
        copy = _checkpointed(log, tmp_path / f"copy{place}")
        content = bytearray(copy.read_bytes())
        content[place : place + 4096] = b"\xff" * 4096
        copy.write_bytes(bytes(content))
        report = verify_workspace(copy.parent)
        assert not report.ok, place
        assert {problem.kind for problem in report.problems} & {"unreadable", "altered", "deleted"}


def test_a_row_put_in_by_another_program(log: Path, tmp_path: Path) -> None:
    """With the two columns that everybody may use: there is no leaf for it."""
    copy = desk.copy_of(log, tmp_path / "copy")
    entries = desk.entries_of(copy)
    database = sqlite3.connect(copy / "records.sqlite")
    database.execute("INSERT INTO ledger_entries (entry_index, entry) VALUES (?, ?)", (len(entries), b"{}"))
    database.commit()
    database.close()
    assert _first(copy) == ("inserted", len(entries), "records.sqlite")


@pytest.mark.parametrize("index", [2**62, -7])
def test_a_row_far_away_makes_nobody_count_to_it(index: int, log: Path, tmp_path: Path) -> None:
    """It is named at once."""
    copy = desk.copy_of(log, tmp_path / "copy")
    desk.put_entries(copy, desk.entries_of(copy))
    database = sqlite3.connect(copy / "records.sqlite")
    database.execute("INSERT INTO ledger_entries VALUES (?, ?)", (index, b"{}"))
    database.commit()
    database.close()
    found = [(problem.kind, problem.index) for problem in verify_workspace(copy).problems]
    assert ("inserted", max(index, 0)) in found


def test_one_row_taken_out_and_the_others_left_where_they_are(log: Path, tmp_path: Path) -> None:
    """A gap in the numbers is the deleted entry; a missing leaf is one too."""
    for table in ("ledger_entries", "ledger_leaves"):
        copy = desk.copy_of(log, tmp_path / table)
        desk.put_entries(copy, desk.entries_of(copy))
        database = sqlite3.connect(copy / "records.sqlite")
        database.execute(f"DELETE FROM {table} WHERE entry_index = 33")  # noqa: S608  # our names
        database.commit()
        database.close()
        assert _first(copy) == ("deleted", 33, "records.sqlite")


def test_an_entry_filed_under_another_stream(log: Path, tmp_path: Path) -> None:
    """The entry is whole, but whoever reads its stream would not see it."""
    copy = desk.copy_of(log, tmp_path / "copy")
    desk.put_entries(copy, desk.entries_of(copy))
    database = sqlite3.connect(copy / "records.sqlite")
    database.execute("UPDATE ledger_leaves SET stream = 'elsewhere' WHERE entry_index = 40")
    database.commit()
    database.close()
    assert _first(copy) == ("projection", 40, "records.sqlite")


def test_evidence_that_is_changed_or_gone(log: Path, tmp_path: Path) -> None:
    """An entry names it by hash; that anybody says elsewhere that it expired excuses nothing."""
    copy = desk.copy_of(log, tmp_path / "copy")
    with open_context(copy) as context:
        sha256 = context.evidence.put(b"letter", media_type="text/plain", name="letter.txt")
        fact = Fact("letters", "letter.filed", {}, "2026-07-01", "program", "operator", "s", evidence=(sha256,))
        (index,) = context.records.append([fact])
    assert verify_workspace(copy).ok
    path = copy / "evidence" / sha256
    content = path.read_bytes()
    path.write_bytes(content + b"!")
    assert _first(copy) == ("altered", index, f"evidence/{sha256}")
    path.unlink()
    assert _first(copy) == ("deleted", index, f"evidence/{sha256}")
    with open_context(copy) as context:
        expired = Fact("letters", "evidence.expired", {"sha256": sha256}, "2026-07-01", "program", "operator", "s")
        context.records.append([expired])
    assert _first(copy) == ("deleted", index, f"evidence/{sha256}")


def test_a_kept_checkpoint_that_is_changed(log: Path, tmp_path: Path) -> None:
    """Its signature fails; the file is named."""
    copy = desk.copy_of(log, tmp_path / "copy")
    desk.outside_checkpoint(copy, tmp_path / "usb")
    (path,) = (copy / "checkpoints").glob(f"{len(desk.entries_of(copy))}.note")
    path.write_bytes(path.read_bytes().replace(b"\n6", b"\n7", 1))
    assert _first(copy) == ("signature", None, f"checkpoints/{path.name}")


def test_a_projection_that_shows_something_else(log: Path, tmp_path: Path) -> None:
    """What people see is compared with a replay; `rebuild` puts it right."""
    copy = desk.copy_of(log, tmp_path / "copy")
    database = sqlite3.connect(copy / "records.sqlite")
    database.execute("UPDATE governance_objects SET state = replace(state, 'Nalyst', 'Nother')")
    database.commit()
    database.close()
    assert _first(copy)[0] == "projection"
    with open_context(copy) as context:
        assert len(rebuild_projections(context, change=False).differences) == 2
        rebuild_projections(context, change=True)
        assert rebuild_projections(context, change=False).differences == []
    assert verify_workspace(copy).ok


def test_a_record_that_stopped_takes_writes_again_only_when_it_verifies(log: Path, tmp_path: Path) -> None:
    """The marker of a failed write stays where anything is wrong."""
    whole, damaged = desk.copy_of(log, tmp_path / "whole"), desk.copy_of(log, tmp_path / "damaged")
    desk.put_entries(damaged, desk.entries_of(damaged)[:-1])
    for root in (whole, damaged):
        (root / "READ_ONLY").write_text("disk full")
        verify_workspace(root)
    assert not (whole / "READ_ONLY").exists()
    assert (damaged / "READ_ONLY").exists()


def test_another_log_key_does_not_pass(log: Path, tmp_path: Path) -> None:
    """The key file names another key than the ledger does."""
    copy, other = desk.copy_of(log, tmp_path / "copy"), tmp_path / "other"
    desk.found_log(other, 1)
    (copy / "keys" / "ledger.vkey").write_bytes((other / "keys" / "ledger.vkey").read_bytes())
    assert ("signature", None, "keys/ledger.vkey") in [
        (problem.kind, problem.index, problem.file) for problem in verify_workspace(copy).problems
    ]


def _checkpointed(log: Path, to: Path) -> Path:
    """A copy whose database is one file, without anything left in the write-ahead log."""
    copy = desk.copy_of(log, to)
    database = sqlite3.connect(copy / "records.sqlite")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return copy / "records.sqlite"


def _tampered(log: Path, folder: Path, *statements: str) -> Path:
    """A copy of the log after SQL that no trigger of ours stands against."""
    copy = desk.copy_of(log, folder)
    database = sqlite3.connect(copy / "records.sqlite", isolation_level=None)
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        database.execute(statement)
    database.close()
    return copy


@pytest.mark.parametrize("index", [2**63 - 1, 2**53 + 5])
def test_a_row_at_the_end_of_all_numbers_is_named(index: int, log: Path, tmp_path: Path) -> None:
    """The next index would be no number that the database has; the record takes nothing more."""
    insert = f"INSERT INTO ledger_entries (entry_index, entry) VALUES ({index}, x'7b7d')"  # noqa: S608  # a number
    copy = _tampered(log, tmp_path / "copy", insert)
    assert _first(copy) == ("inserted", index, "records.sqlite")
    with pytest.raises(LedgerBrokenError, match="one after another"), open_context(copy) as context:
        context.records.append([Fact("notes", "note", {"text": "x"}, "2026-07-01", "ann", "operator", "s")])


def test_a_row_behind_a_gap_is_named_where_it_stands(log: Path, tmp_path: Path) -> None:
    """What lies between was never appended, so nothing of it was deleted."""
    size = len(desk.entries_of(log))
    insert = f"INSERT INTO ledger_entries VALUES ({size + 5}, x'7b7d')"  # noqa: S608  # a number
    copy = _tampered(log, tmp_path / "copy", insert)
    found = [(problem.kind, problem.index) for problem in verify_workspace(copy).problems]
    assert found == [("inserted", size + 5)]


def test_a_second_row_of_one_index_is_an_insertion(log: Path, tmp_path: Path) -> None:
    """A table made anew without its key takes a row twice, with the very bytes of the first."""
    copy = _tampered(
        log,
        tmp_path / "copy",
        "ALTER TABLE ledger_entries RENAME TO old",
        "CREATE TABLE ledger_entries (entry_index INTEGER, entry BLOB)",
        "INSERT INTO ledger_entries SELECT * FROM old",
        "INSERT INTO ledger_entries SELECT * FROM old WHERE entry_index = 4",
    )
    assert _first(copy) == ("inserted", 4, "records.sqlite")


def test_an_index_that_is_no_number_is_reported(log: Path, tmp_path: Path) -> None:
    """A table without types holds anything."""
    copy = _tampered(
        log,
        tmp_path / "copy",
        "ALTER TABLE ledger_entries RENAME TO old",
        "CREATE TABLE ledger_entries (entry_index, entry)",
        "INSERT INTO ledger_entries SELECT * FROM old",
        "UPDATE ledger_entries SET entry_index = 'four' WHERE entry_index = 4",
    )
    assert _first(copy) == ("unreadable", None, "records.sqlite")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_database_file_cut_short_names_the_first_entry_lost(share: float, log: Path, tmp_path: Path) -> None:
    """SQLite opens such a file no more. An entry is lost if its bytes lie, in part, behind the cut."""
    path = _checkpointed(log, tmp_path / "copy")
    raw, entries = path.read_bytes(), desk.entries_of(log)
    cut = int(len(raw) * share)
    path.write_bytes(raw[:cut])
    kind, index, file = _first(tmp_path / "copy")
    assert (kind, file) == ("truncated", "records.sqlite")
    assert index is not None
    assert all(raw.find(entry) + len(entry) <= cut for entry in entries[:index])
    assert index > 0 or share < 0.5
    assert index <= len(entries)


def test_what_is_no_checkpoint_file_among_the_kept_is_reported(log: Path, tmp_path: Path) -> None:
    """A folder, a link to nowhere."""
    copy = desk.copy_of(log, tmp_path / "copy")
    (copy / "checkpoints" / "90.note").mkdir()
    (copy / "checkpoints" / "91.note").symlink_to("nowhere")
    found = [(problem.kind, problem.file) for problem in verify_workspace(copy).problems]
    assert found == [("unreadable", "checkpoints/90.note"), ("unreadable", "checkpoints/91.note")]


def test_a_key_name_file_of_other_bytes_is_reported(log: Path, tmp_path: Path) -> None:
    """And the kept checkpoints are still held against the log's own name."""
    copy = desk.copy_of(log, tmp_path / "copy")
    (copy / "keys" / "ledger.vkey").write_bytes(b"\xff\xfe")
    report = verify_workspace(copy)
    assert [(problem.kind, problem.file) for problem in report.problems] == [("signature", "keys/ledger.vkey")]
    assert all(compared.agrees for compared in report.compared)


def test_a_record_where_nobody_writes_is_verified_and_takes_nothing(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without the right to write, as on a disk mounted for reading: SQLite cannot make its log there."""
    copy = desk.copy_of(log, tmp_path / "a copy, 100% still?")
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and real(path, mode))
    before = sorted(path.name for path in copy.iterdir())
    assert verify_workspace(copy).ok
    with pytest.raises(LedgerBrokenError, match="readonly"), open_context(copy, keeps_checkpoints=False) as context:
        context.records.append([Fact("notes", "note", {"text": "x"}, "2026-07-01", "ann", "operator", "s")])
    assert {path.name for path in copy.iterdir()} - set(before) <= {"READ_ONLY"}


def test_somebody_who_appends_meanwhile_is_not_taken_for_a_forger(log: Path, tmp_path: Path) -> None:
    """Entries and leaves are two reads, and a batch may come between them."""
    copy = desk.copy_of(log, tmp_path / "copy")
    done = threading.Event()

    def append() -> None:
        with open_context(copy) as context:
            facts = [Fact("w", "noted", {"text": "x"}, "2026-07-01", "os:ann", "operator", "s")] * 5
            for _ in range(300):
                context.records.append(facts)
                if done.is_set():
                    return

    writer = threading.Thread(target=append)
    writer.start()
    try:
        reports = [verify_workspace(copy) for _ in range(3)]
    finally:
        done.set()
        writer.join()
    assert [report.problems for report in reports] == [[]] * 3
