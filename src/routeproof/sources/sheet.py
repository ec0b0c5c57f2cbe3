"""Sheets that others filled in, told apart by content: CSV, JSON or XLSX become rows of text, strictly."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError
from routeproof.vocab.sheet_text import original_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_BYTES = 10 << 20
MAX_UNPACKED_BYTES = 100 << 20
"""A sheet of answers that is larger, or unpacks to more, was not filled in by a person."""
MAX_ROWS = 10_000
ZIP_START = b"PK\x03\x04"


def read_sheet(path: Path, needed: Sequence[str], allowed: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a sheet as text, each with its `row` (1-based line or place); blank rows are left out.

    Args:
        path: the file.
        needed: columns that must be there.
        allowed: further columns that may be.

    Raises:
        UsageError: if the file is too large, cannot be read, or has other columns.
    """
    content = _content(path)
    where = str(path)
    try:
        if content.startswith(ZIP_START):
            names, rows = _xlsx(content)
        elif content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"}:
            names, rows = _json(content)
        else:
            names, rows = _csv(content)
    except _SheetError as error:
        raise UsageError(str(error), where=where) from error
    _columns(names, needed, allowed, where)
    found = [row for row in rows if any(value.strip() for name, value in row.items() if name != "row")]
    if len(found) > MAX_ROWS:
        message = f"expected at most {MAX_ROWS} rows, found {len(found)}"
        raise UsageError(message, where=where)
    return found


class _SheetError(Exception):
    """What is wrong with a sheet."""


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"expected a sheet of at most {MAX_BYTES} bytes, found {size}"
            raise UsageError(message, where=str(path))
        return path.read_bytes()
    except OSError as error:
        message = f"expected a readable file, found: {error.strerror}"
        raise UsageError(message, where=str(path)) from error


def _columns(names: Sequence[str], needed: Sequence[str], allowed: Sequence[str], where: str) -> None:
    missing = [name for name in needed if name not in names]
    unknown = [name for name in names if name not in (*needed, *allowed)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    for problem, found in (("missing", missing), ("unknown", unknown), ("twice", doubled)):
        if found:
            there = ", ".join(map(repr, names)) or "none"
            message = f"expected columns {', '.join(needed)} and, if wanted, {', '.join(allowed) or 'no other'}; "
            message += f"found {there}; {problem}: {', '.join(map(repr, found))}"
            raise UsageError(message, where=where)


def _csv(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"expected UTF-8 text, found byte {content[error.start]:#04x} at {error.start}: save it as CSV UTF-8"
        raise _SheetError(message) from error
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        names = [name.strip() for name in next(lines, [])]
        rows = []
        for line in lines:
            if line and len(line) != len(names):
                message = f"expected {len(names)} fields in line {lines.line_num}, found {len(line)}"
                raise _SheetError(message)
            values = map(original_text, line)
            rows.append({**dict(zip(names, values, strict=bool(line))), "row": str(lines.line_num)})
    except csv.Error as error:
        message = f"expected CSV, found in line {lines.line_num}: {error}"
        raise _SheetError(message) from error
    return names, rows


def _json(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        message = f"expected a JSON list of objects, found: {error}"
        raise _SheetError(message) from error
    items = document.get("answers") if isinstance(document, dict) else document
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        message = "expected a JSON list of objects (or one under `answers`), found something else"
        raise _SheetError(message)
    names = list(dict.fromkeys(str(name) for item in items for name in item))
    rows = [
        {**{str(name): _json_text(value, name, place) for name, value in item.items()}, "row": str(place)}
        for place, item in enumerate(items, 1)
    ]
    return names, rows


def _json_text(value: Any, name: str, place: int) -> str:  # noqa: ANN401  # JSON
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    message = f"expected text for {name!r} in item {place}, found {type(value).__name__}"
    raise _SheetError(message)


def _xlsx(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    import fastexcel  # noqa: PLC0415  # only where a workbook is read

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(item.file_size for item in archive.infolist())
        if size > MAX_UNPACKED_BYTES:
            message = f"expected a workbook of at most {MAX_UNPACKED_BYTES} bytes unpacked, found {size}"
            raise _SheetError(message)
        frame = fastexcel.read_excel(content).load_sheet(0, dtypes="string").to_polars()
    except (zipfile.BadZipFile, fastexcel.FastExcelError) as error:
        message = f"expected a workbook (.xlsx), found: {str(error)[:200]}"
        raise _SheetError(message) from error
    rows = [
        {**{name: original_text(value or "") for name, value in row.items()}, "row": str(place)}
        for place, row in enumerate(frame.iter_rows(named=True), 2)
    ]
    return list(frame.columns), rows
