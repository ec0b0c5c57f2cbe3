"""A workbook that would take memory out of all proportion is refused before a parser sees it; an honest one is not."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from routeproof.sources.workbook_size import NotWorkbookError, expect_workbook

SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"


def book(path: Path, rows: int = 3, stray: tuple[int, int] | None = None) -> Path:
    """A workbook of two columns, and perhaps one more cell."""
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for row in range(rows):
            sheet.write_row(row, 0, [f"text {row}", row])
        if stray is not None:
            sheet.write_number(*stray, 1)
    return path


def with_part(path: Path, name: str, old: str, new: str) -> Path:
    """The workbook with a change in the XML of one of its parts."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        parts = {item.filename: archive.read(item).decode() for item in archive.infolist()}
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return path


@pytest.mark.parametrize("stray", [None, (40_000, 20), pytest.param((1_048_575, 0), marks=pytest.mark.night)])
def test_an_honest_workbook_is_let_through(tmp_path: Path, stray: tuple[int, int] | None) -> None:
    """A rectangle of 840,021 cells is small, and one of 2,097,152 is not empty where 300,001 are filled."""
    expect_workbook(book(tmp_path / "b.xlsx", 150_000 if stray == (1_048_575, 0) else 3, stray), "b.xlsx")


def test_a_stray_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    """The rectangle would have 17 billion cells."""
    with pytest.raises(NotWorkbookError, match="stray cell"):
        expect_workbook(book(tmp_path / "b.xlsx", 3, (1_048_575, 16_383)), "b.xlsx")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('r="A3"', "r = 'XFD1048576'"),
        ('r="A3"', 'r="XFD0000000000001048576"'),
        ("</sheetData>", '<row r="1048576">' + "<c><v>1</v></c>" * 100 + "</row></sheetData>"),
        ("</sheetData>", "<row>" + "<c/>" * 9_000 + "</row>" + "<row><c/></row>" * 900 + "</sheetData>"),
    ],
    ids=["other quotes", "zeros", "cells without a place", "rows without a place"],
)
def test_however_the_place_is_written(tmp_path: Path, old: str, new: str) -> None:
    """What a parser would take for far out is seen as far out."""
    with pytest.raises(NotWorkbookError, match="stray cell"):
        expect_workbook(with_part(book(tmp_path / "b.xlsx"), SHEET, old, new), "b.xlsx")


def test_rows_that_are_only_formatted_take_no_room(tmp_path: Path) -> None:
    """Spreadsheets hide all rows below the last by naming the last of all."""
    path = with_part(book(tmp_path / "b.xlsx"), SHEET, "</sheetData>", '<row r="1048576" hidden="1"/></sheetData>')
    expect_workbook(path, "b.xlsx")


def test_texts_that_are_promised_and_not_there_are_refused(tmp_path: Path) -> None:
    """A parser would make room for two billion of them."""
    path = with_part(book(tmp_path / "b.xlsx"), TEXTS, 'uniqueCount="3"', 'uniqueCount="2147483647"')
    with pytest.raises(NotWorkbookError, match="2147483647 texts"):
        expect_workbook(path, "b.xlsx")


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to(tmp_path: Path) -> None:
    """Seventy megabytes of blanks in seventy kilobytes."""
    path = with_part(book(tmp_path / "b.xlsx"), SHEET, "</worksheet>", "</worksheet>" + " " * 70_000_000)
    with pytest.raises(NotWorkbookError, match="unpacked"):
        expect_workbook(path, "b.xlsx")


def test_what_is_no_archive_is_no_workbook(tmp_path: Path) -> None:
    """Nor is a part that does not unpack."""
    path = book(tmp_path / "b.xlsx")
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    for broken in (b"x", bytes(content), path.read_bytes()[:-30]):
        path.write_bytes(broken)
        with pytest.raises(NotWorkbookError):
            expect_workbook(path, "b.xlsx")
