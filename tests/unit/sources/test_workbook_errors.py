"""A cell that holds an error is no empty cell: its row is refused with the error and the column, in whatever column."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from routeproof.sources.catalog.xlsx_table import XLSX_TABLE
from routeproof.sources.map_file import FileMap
from routeproof.sources.source import ReadContext, SourceResult
from routeproof.sources.workbook_errors import with_errors_as_text

HEAD = ("venue", "valid_from", "liquidity", "fee_usd_per_share", "note")
FEES = FileMap(table="fee_schedules")
CONTEXT = ReadContext(file="fees.xlsx", source_id="ab")


def workbook(path: Path, errors: dict[tuple[int, int], str]) -> Path:
    """Three rows of fees, some cells of which hold errors, by (row, column) from 0."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for row in range(1, 4):
            sheet.write_row(row, 0, (f"V{row}", "2026-07-01", "remove", 0.003, "fine"))
        for (row, column), error in errors.items():
            sheet.write_formula(row, column, "=NA()", None, error)
    return path


def read(path: Path) -> SourceResult:
    """The one result of a workbook."""
    (result,) = XLSX_TABLE.read(path, FEES, CONTEXT)
    return result


@pytest.mark.parametrize(("column", "error"), [(3, "#N/A"), (3, "#DIV/0!"), (0, "#REF!"), (2, "#NUM!")])
def test_a_row_with_an_error_is_refused_where_the_map_reads_it(tmp_path: Path, column: int, error: str) -> None:
    """An optional number would have become 0."""
    result = read(workbook(tmp_path / "a.xlsx", {(2, column): error}))
    assert (result.received, result.accepted) == (3, 2)
    assert result.tables["fee_schedules"]["venue"].to_list() == ["V1", "V3"]
    assert result.rejects.select("file", "row", "reason", "detail").rows() == [
        ("fees.xlsx", 3, "error_cell", f"{HEAD[column]}: {error}")
    ]


def test_an_error_that_nobody_reads_refuses_nothing(tmp_path: Path) -> None:
    """Beside the mapped columns."""
    assert read(workbook(tmp_path / "a.xlsx", {(1, 4): "#N/A"})).accepted == 3


def test_a_workbook_without_errors_is_read_as_it_is(tmp_path: Path) -> None:
    """Not a byte of it changes; of one with errors nothing but what kind of cell they are."""
    plain = workbook(tmp_path / "a.xlsx", {})
    assert with_errors_as_text(plain) == plain.read_bytes()
    wrong = workbook(tmp_path / "b.xlsx", {(1, 3): "#N/A"})
    before, after = (
        {name: archive.read(name) for name in archive.namelist()}
        for archive in (zipfile.ZipFile(wrong), zipfile.ZipFile(io.BytesIO(with_errors_as_text(wrong))))
    )
    sheet = "xl/worksheets/sheet1.xml"
    assert after.pop(sheet) == before.pop(sheet).replace(b't="e"', b't="str"')
    assert after == before
