"""How much memory a workbook would take, told from its bytes before a parser sees them.

A parser holds a sheet as one rectangle of cells, so that a single cell in the last corner asks for hundreds of
gigabytes; it makes room for as many texts as their list says it has; and a few kilobytes can unpack to gigabytes.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.streams import METHODS, UNOPENED
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from pathlib import Path

MAX_CONTENT_BYTES = 2 << 30
"""A workbook that unpacks to more is not a report that a person made."""
FREE_CONTENT_BYTES = 64 << 20
MAX_SWELLING = 100
"""Sheets of numbers and texts shrink five- to thirtyfold when packed; beyond `FREE_CONTENT_BYTES`, more is a bomb."""
FREE_CELLS = 1_000_000
MAX_EMPTINESS = 8
"""Cells of the rectangle to cells that are there; beyond `FREE_CELLS`, more is a stray cell, or a bomb."""

_BLOCK = 1 << 20
_OVERLAP = 64
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)0*([0-9]+)[\"']")
_PROMISED = re.compile(rb"uniqueCount\s*=\s*[\"']0*([0-9]+)")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")


class NotWorkbookError(DataRejectedError):
    """The bytes are not a workbook that can be opened safely."""

    code = "not_xlsx"


@dataclass(slots=True)
class _Extent:
    """How far out the cells of one part are.

    Attributes:
        rows: last row that a cell names.
        columns: last column that a cell names.
        cells: cells there are.
        placeless: most cells of one row that name no place and stand where the row and its other cells put them.
        row_tags: rows there are.
        numbered: last row that a row names.
        is_sheet: the part has the element that holds cells.
        promised: texts that a list of texts says it has.
        texts: those that it has.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    placeless: int = 0
    row_tags: int = 0
    numbered: int = 0
    is_sheet: bool = False
    promised: int = 0
    texts: int = 0

    def see(self, content: bytes) -> None:
        """Take in a stretch of XML."""
        places = _PLACE.findall(content)
        named = [(_column(letters[:5]), int(digits[:9])) for letters, digits in places if letters]
        self.columns = max(self.columns, *(column for column, _ in named), 0)
        self.rows = max(self.rows, *(row for _, row in named), 0)
        self.numbered = max(self.numbered, *(int(digits[:9]) for letters, digits in places if not letters), 0)
        cells = len(_CELL.findall(content))
        self.cells += cells
        self.row_tags += len(_ROW.findall(content))
        self.is_sheet = self.is_sheet or b"sheetData" in content
        self.promised = max(self.promised, *(int(digits[:18]) for digits in _PROMISED.findall(content)), 0)
        self.texts += content.count(b"<si")
        if cells > len(named):
            self.placeless = max(self.placeless, *(len(_CELL.findall(row)) for row in _ROW.split(content)))

    def rectangle(self) -> int:
        """Cells of the smallest rectangle from A1 that surely holds them all."""
        rows = max(self.rows, self.numbered, self.row_tags) if self.placeless else self.rows
        return rows * (self.columns + self.placeless)


def expect_workbook(path: Path, where: str) -> None:
    """Refuse what is no workbook, or would take memory out of all proportion.

    Args:
        path: the file.
        where: its name, for messages.

    Raises:
        NotWorkbookError: if it is no zip archive of whole members, stored or deflated; unpacks to over two GiB or a
            hundredfold; promises texts that it has not; or has a cell so far out that nearly all before it is empty.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _expect_size(sum(item.file_size for item in members), path.stat().st_size, where)
            for item in members:
                if item.compress_type not in METHODS:
                    message = f"expected stored or deflated parts of a workbook, found method {item.compress_type}"
                    raise NotWorkbookError(message, where=where)
                _expect_filled(archive, item, where)
    except UNOPENED as error:
        message = f"expected a workbook (.xlsx), found: {error or type(error).__name__}"
        raise NotWorkbookError(message, where=where) from error


def _expect_size(unpacked: int, packed: int, where: str) -> None:
    most = min(MAX_CONTENT_BYTES, max(FREE_CONTENT_BYTES, MAX_SWELLING * packed))
    if unpacked > most:
        message = f"expected at most {most} bytes unpacked from {packed}, found {unpacked}"
        raise NotWorkbookError(message, where=where)


def _expect_filled(archive: zipfile.ZipFile, item: zipfile.ZipInfo, where: str) -> None:
    extent = _Extent()
    tail = b""
    with archive.open(item) as stream:
        while block := stream.read(_BLOCK):
            content = tail + block
            cut = content.rfind(b"<row")  # a row is seen whole
            if cut <= 0:
                cut = max(len(content) - _OVERLAP, 0)
            extent.see(content[:cut])
            tail = content[cut:]
    extent.see(tail)
    if extent.promised > max(FREE_CELLS, extent.texts):
        message = f"expected the {extent.promised} texts that the workbook says it has, found {extent.texts}"
        raise NotWorkbookError(message, where=where)
    if extent.is_sheet and extent.rectangle() > max(FREE_CELLS, MAX_EMPTINESS * extent.cells):
        message = (
            f"expected a sheet that is mostly filled, found {extent.cells} cells within {extent.rectangle()}: "
            "delete the stray cell far out"
        )
        raise NotWorkbookError(message, where=where)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
