"""Tables of texts as a folder of CSV files, and back: one file per table, keys included, UTF-8, CRLF.

A text that a spreadsheet would run as a formula has an apostrophe before it, which is taken away when it is read.
"""

from __future__ import annotations

import csv
import io
import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

from routeproof.tables.rule606.flat import EMPTY, EXTRAS, REPORT, ROOT, SECTION, FlatReport, Row, tables_of
from routeproof.tables.rule606.layout import BY_ROOT
from routeproof.vocab.errors import DataRejectedError
from routeproof.vocab.sheet_text import inert_text, original_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from routeproof.tables.rule606.flat import FlatTable
    from routeproof.tables.rule606.layout import Layout

MOST_BYTES = 64 << 20
"""Of one file that is read."""
MOST_DIGITS = 9
_FIELD_CHARACTERS = 1 << 27


class FolderError(DataRejectedError):
    """The files are not the tables of one report."""

    code = "wrong_tables"


def csv_files(report: FlatReport) -> dict[str, bytes]:
    """File name to content, one for each table of the report, also where it has no rows."""
    return {f"{table.name}.csv": _written(report, table) for table in tables_of(report.layout).values()}


def _written(report: FlatReport, table: FlatTable) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(table.columns)
    optional = [leaf.name for leaf in table.leaves if leaf.optional]
    for row in report.rows.get(table.name, []):
        head = (report.layout.root.name,) if table.name == REPORT else row.key
        texts = [inert_text(row.texts.get(leaf.name, "")) for leaf in table.leaves]
        empty = [name for name in optional if row.texts.get(name) == ""]
        tail = (" ".join(empty),) if optional else ()
        writer.writerow((*head, *texts, *tail, *((inert_text(report.extras),) if table.name == REPORT else ())))
    return out.getvalue().encode("utf-8")


def read_folder(folder: Path) -> FlatReport:
    """The report that the files of a folder hold.

    Raises:
        FolderError: for a missing file, columns that are not the table's, keys that are none or belong to no row, and
            rows that share a key.
    """
    head = _read(folder / f"{REPORT}.csv")
    roots = [line.get(ROOT, "") for _, line in head]
    if len(roots) != 1 or roots[0] not in BY_ROOT:
        message = f"expected one row with {ROOT} = {' or '.join(BY_ROOT)}, found {roots[:3]}"
        raise FolderError(message, where=f"{folder.name}/{REPORT}.csv")
    layout = BY_ROOT[roots[0]]
    tables = tables_of(layout)
    report = FlatReport(layout, extras=original_text(head[0][1].get(EXTRAS, "")))
    for table in tables.values():
        name = f"{table.name}.csv"
        lines = head if table.name == REPORT else _read(folder / name, may_lack=True)
        rows = [_row(line, table, layout, f"{name}:{number}") for number, line in lines]
        report.rows[table.name] = _sorted(rows, table, layout, name)
        parents = {row.key for row in report.rows[table.parent]} if table.parent else {()}
        lost = next((row for row in rows if table.parent and row.key[:-1] not in parents), None)
        if lost is not None:
            message = f"expected a row of {table.parent}.csv with the key {lost.key[:-1]}, found none"
            raise FolderError(message, where=f"{name}:{lost.line}")
    return report


def _read(path: Path, *, may_lack: bool = False) -> list[tuple[int, dict[str, str]]]:
    """Records with the line that each ends on."""
    if may_lack and not path.exists():
        return []
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        message = f"expected a readable file, found: {error.strerror or error}"
        raise FolderError(message, where=path.name) from error
    except UnicodeDecodeError as error:
        message = f"expected UTF-8, found other bytes at {error.start}"
        raise FolderError(message, where=path.name) from error
    if len(content) > MOST_BYTES:
        message = f"expected at most {MOST_BYTES:,} bytes, found {len(content):,}"
        raise FolderError(message, where=path.name)
    try:
        with _long_fields():
            return list(_records(text, path.name))
    except csv.Error as error:
        message = f"expected comma-separated values, found: {error}"
        raise FolderError(message, where=path.name) from error


@contextmanager
def _long_fields() -> Iterator[None]:
    """A text of a report may be longer than other readers let a field be; the limit is the whole program's."""
    before = csv.field_size_limit(_FIELD_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _records(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = next(reader, [])
    if len(set(columns)) != len(columns):
        message = f"expected each column once, found {columns}"
        raise FolderError(message, where=f"{name}:1")
    for fields in reader:
        if not fields:
            continue
        if len(fields) != len(columns):
            message = f"expected {len(columns)} fields, found {len(fields)}"
            raise FolderError(message, where=f"{name}:{reader.line_num}")
        yield reader.line_num, dict(zip(columns, fields, strict=True))


def _row(line: dict[str, str], table: FlatTable, layout: Layout, where: str) -> Row:
    strange = [name for name in line if name not in table.columns]
    lacking = [name for name in table.columns if name not in line and name not in (EMPTY, EXTRAS)]
    if strange or lacking:
        message = (
            f"expected the columns {', '.join(table.columns)}, found {strange or 'none'} beside, {lacking} missing"
        )
        raise FolderError(message, where=where)
    empty = line.get(EMPTY, "").split()
    texts = {}
    for leaf in table.leaves:
        text = original_text(line[leaf.name])
        if text or not leaf.optional or leaf.name in empty:
            texts[leaf.name] = text
    key = tuple(_key(line[name], name, layout, where) for name in table.keys)
    return Row(key, texts, int(where.rpartition(":")[2]))


def _key(text: str, name: str, layout: Layout, where: str) -> int | str:
    if name == SECTION:
        if text in _sections(layout):
            return text
        message = f"expected section {', '.join(_sections(layout))}, found {text[:40]!r}"
        raise FolderError(message, where=where)
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    message = f"expected a whole number in {name}, found {text[:40]!r}"
    raise FolderError(message, where=where)


def _sections(layout: Layout) -> list[str]:
    holder = next(group for group in (layout.root, *layout.root.groups) if any(g.is_section for g in group.groups))
    return [group.name for group in holder.groups]


def _sorted(rows: Sequence[Row], table: FlatTable, layout: Layout, name: str) -> list[Row]:
    places = {section: number for number, section in enumerate(_sections(layout))}
    ordered = sorted(rows, key=lambda row: tuple(places.get(str(part), part) for part in row.key))
    for before, after in itertools.pairwise(ordered):
        if before.key == after.key:
            message = f"expected each key once, found {dict(zip(table.keys, after.key, strict=True))} twice"
            raise FolderError(message, where=f"{name}:{after.line}")
    return ordered
