"""Cells of a workbook that hold an error, such as `#N/A`: the parser shows them as empty, which they are not."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ERRORS = (
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!",
)  # fmt: skip
"""What such a cell shows (ECMA-376 part 1, 18.17.3, and those that came later)."""

_BLOCK = 1 << 20
_ERROR_CELL = re.compile(rb"(<(?:\w+:)?c\s(?:[^<>]*\s)?t\s*=\s*)(?:\"e\"|'e')")


def with_errors_as_text(path: Path) -> bytes:
    """The workbook's bytes; where a cell holds an error, those of a copy that has what the cell shows as text."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if not any(_ERROR_CELL.search(part) for item in members for part in _parts(archive, item)):
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for item in members:
                with copy.open(zipfile.ZipInfo(item.filename, item.date_time), "w", force_zip64=True) as made:
                    for part in _parts(archive, item):
                        made.write(_ERROR_CELL.sub(rb'\1"str"', part))
        return out.getvalue()


def _parts(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member in stretches that end before a tag begins, so that each tag is seen whole."""
    tail = b""
    with archive.open(item) as stream:
        while block := stream.read(_BLOCK):
            content = tail + block
            cut = content.rfind(b"<")
            cut = len(content) if cut <= 0 else cut
            yield content[:cut]
            tail = content[cut:]
    yield tail


def first_error(frame: pl.DataFrame, columns: list[str]) -> pl.Series:
    """`COLUMN: ERROR` of each row's first cell, in the order of the columns, that shows one; null where none does."""
    shown = (pl.when(pl.col(name).is_in(ERRORS)).then(pl.format("{}: {}", pl.lit(name), name)) for name in columns)
    return frame.select(pl.coalesce(*shown, pl.lit(None, dtype=pl.String)).alias("error")).to_series()
