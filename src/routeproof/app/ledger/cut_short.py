"""A database file that ends too early: SQLite opens it no more, and still most entries can be told."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.app.ledger.stored import READ_ROWS
from routeproof.stores.records import Records
from routeproof.vocab.errors import LedgerBrokenError

if TYPE_CHECKING:
    from routeproof.app.ledger.report import Report

HEADER = 100
MAGIC = b"SQLite format 3\0"
LARGEST_PAGE = 65_536


def note_unreadable(path: Path, report: Report, reason: str) -> None:
    """Note that the database in `path` cannot be opened for `reason`: cut short, with its first lost entry, or else."""
    whole = _bytes_of_header(path)
    size = path.stat().st_size if path.is_file() else 0
    if not 0 < size < whole:
        report.add("unreadable", reason, None, path.name)
        return
    message = f"the file ends after {size} of {whole} bytes"
    report.add("truncated", message, _first_lost(path, whole), path.name)


def _bytes_of_header(path: Path) -> int:
    """How long the file is by its own header (https://www.sqlite.org/fileformat.html, 1.3); 0 if it has none."""
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        header = file.read(HEADER)
    if len(header) < HEADER or not header.startswith(MAGIC):
        return 0
    page = int.from_bytes(header[16:18], "big")
    return (LARGEST_PAGE if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _first_lost(path: Path, whole: int) -> int | None:
    """First entry that a copy, filled up with zeros to its length, does not give; none if it cannot be told."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        try:
            shutil.copyfile(path, copy)
            with copy.open("r+b") as file:
                file.truncate(whole)
            records = Records(copy, lambda: 0, make=False)
            try:
                return _rows_at_start(records)
            finally:
                records.close()
        except LedgerBrokenError:
            return 0  # not even its tables can be read: it gives no entry at all
        except OSError:
            return None


def _rows_at_start(records: Records) -> int:
    """How many rows can be read from the start on, without a gap."""
    statement = "SELECT entry_index, entry FROM ledger_entries WHERE entry_index BETWEEN :low AND :high"
    known, step = 0, READ_ROWS
    while step:
        try:
            rows = records.query(f"{statement} ORDER BY entry_index", {"low": known, "high": known + step - 1})
        except LedgerBrokenError:
            rows = []
        if len(rows) == step:
            known += step
        else:
            step //= 2
    return known
