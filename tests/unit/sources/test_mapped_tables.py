"""Text files and workbooks under a map: what is no data, and what no map can mean."""

from pathlib import Path

import pytest
import xlsxwriter

from routeproof.sources.catalog.csv_table import CSV_TABLE
from routeproof.sources.catalog.xlsx_table import XLSX_TABLE
from routeproof.sources.map_file import parse_map
from routeproof.sources.source import ReadContext
from routeproof.vocab.errors import MapError

FEES = parse_map({"table": "fee_schedules", "columns": {"venue": "Venue", "fee_usd_per_share": "Fee"}})
HEAD = ("Venue", "valid_from", "liquidity", "Fee", "note")
CONTEXT = ReadContext(file="fees", source_id="ab")


def workbook(path: Path, rows: dict[int, tuple[object, ...]]) -> Path:
    """A worksheet with a header and these rows, by their number in it from 1."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for row, values in rows.items():
            sheet.write_row(row - 1, 0, values)
    return path


def test_blank_rows_of_a_worksheet_are_noise_as_blank_lines_are(tmp_path: Path) -> None:
    """Rows 3 and 4 show nothing, row 4 but a space; row 5 has a note alone, so it claims to be data and lacks it."""
    rows: dict[int, tuple[object, ...]] = {
        2: ("V1", "2026-07-01", "removed", 0.003), 4: (" ",), 5: ("", "", "", "", "see below"),
        6: ("V2", "2026-07-01", "removed", 0.002),
    }  # fmt: skip
    (result,) = XLSX_TABLE.read(workbook(tmp_path / "a.xlsx", rows), FEES, CONTEXT)
    assert (result.received, result.accepted, result.noise) == (3, 2, 2)
    assert result.tables["fee_schedules"].select("venue", "source_row").rows() == [("V1", 2), ("V2", 6)]
    assert result.rejects.select("row", "reason").rows() == [(5, "missing_value")]


def test_blank_rows_between_errors_are_noise_too(tmp_path: Path) -> None:
    """An error shows something."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_formula(1, 3, "=NA()", None, "#N/A")
        sheet.write_row(3, 0, ("V1", "2026-07-01", "removed", 0.003))
    (result,) = XLSX_TABLE.read(path, FEES, CONTEXT)
    assert (result.received, result.accepted, result.noise) == (2, 1, 1)
    assert result.rejects.select("row", "reason").rows() == [(2, "error_cell")]


@pytest.mark.parametrize("head", ["Venue,valid_from,liquidity,Fee,Fee", "Venue,valid_from,liquidity,Fee, Fee "])
def test_a_mapped_column_that_the_header_names_twice_is_refused(tmp_path: Path, head: str) -> None:
    """Which of the two fees holds nobody can say; both positions are named."""
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\nV1,2026-07-01,removed,0.003,0.002\n", encoding="utf-8")
    with pytest.raises(MapError, match=r"one column 'Fee' for fee_usd_per_share, found it at positions 4 and 5"):
        list(CSV_TABLE.read(path, FEES, CONTEXT))


def test_a_column_that_is_mapped_by_its_own_name_counts_as_mapped(tmp_path: Path) -> None:
    """`valid_from` needs no line in a map."""
    path = tmp_path / "a.csv"
    path.write_text("valid_from,Venue,valid_from,liquidity,Fee\n", encoding="utf-8")
    with pytest.raises(MapError, match=r"'valid_from' for valid_from, found it at positions 1 and 3"):
        list(CSV_TABLE.read(path, FEES, CONTEXT))


def test_a_column_that_nothing_reads_may_come_twice(tmp_path: Path) -> None:
    """Notes, and columns without a name."""
    path = tmp_path / "a.csv"
    path.write_text("Venue,,valid_from,note,liquidity,,Fee,note\nV1,,2026-07-01,a,removed,,0.003,b\n", encoding="utf-8")
    (result,) = CSV_TABLE.read(path, FEES, CONTEXT)
    assert (result.received, result.accepted) == (1, 1)
