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


def fee(value: object) -> tuple[object, ...]:
    """A row with this fee."""
    return ("V1", "2026-07-01", "removed", value)


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


def test_rows_keep_their_number_where_the_table_stands_lower(tmp_path: Path) -> None:
    """Header in row 4 and column C, below two blank rows and one of blanks; row 6 is blank as well."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 2, (" ", " "))
        for row, values in {
            3: HEAD,
            4: ("V1", "2026-07-01", "removed", 0.003),
            6: ("V2", "", "removed", 0.002),
        }.items():
            sheet.write_row(row, 2, values)
    (result,) = XLSX_TABLE.read(path, FEES, CONTEXT)
    assert (result.received, result.accepted, result.noise) == (2, 1, 1)
    assert result.tables["fee_schedules"].select("venue", "source_row", "fee_usd_per_share").rows() == [
        ("V1", 5, 3_000_000),
    ]  # fmt: skip
    assert result.rejects.select("row", "reason").rows() == [(7, "missing_value")]


@pytest.mark.parametrize(
    ("number", "read_as"),
    [(99_999_999.99, 99_999_999_990_000_000), (0.1 + 0.2, 300_000_000), (1e-9, 1), (1.5e-9, None), (1 / 3, None),
     (2.5e-10, None)],
)  # fmt: skip
def test_numbers_of_a_worksheet_are_read_as_they_are_stored(tmp_path: Path, number: float, read_as: int | None) -> None:
    """The parser shows them with nine decimals; what has more is refused."""
    (result,) = XLSX_TABLE.read(workbook(tmp_path / "a.xlsx", {2: fee(number), 3: fee(0.003)}), FEES, CONTEXT)
    fees = [3_000_000] if read_as is None else [read_as, 3_000_000]
    assert result.tables["fee_schedules"]["fee_usd_per_share"].to_list() == fees
    assert result.rejects["reason"].to_list() == ["too_many_decimals"] * (read_as is None)


@pytest.mark.parametrize("text", ["n/a", "none", True])
def test_text_among_numbers_hides_no_decimals(tmp_path: Path, text: object) -> None:
    """A third and 1.5e-9 are refused beside it as well, and the text itself is no missing number."""
    rows = {2: fee(1 / 3), 3: fee(text), 4: fee(0.1 + 0.2), 5: fee(1.5e-9), 6: fee("0.0040")}
    (result,) = XLSX_TABLE.read(workbook(tmp_path / "a.xlsx", rows), FEES, CONTEXT)
    assert result.tables["fee_schedules"]["fee_usd_per_share"].to_list() == [300_000_000, 4_000_000]
    assert sorted(result.rejects.select("row", "reason").rows()) == [
        (2, "too_many_decimals"), (3, "not_a_number"), (5, "too_many_decimals"),
    ]  # fmt: skip


def test_a_number_that_is_a_name_is_the_name_that_it_shows(tmp_path: Path) -> None:
    """Venue 7 is not 7.0, and a text of digits keeps them all."""
    rows: dict[int, tuple[object, ...]] = {
        2: (7, "2026-07-01", "removed", "0.003"), 3: (8, "2026-07-01", "removed", "12345678.123456789"),
    }  # fmt: skip
    (result,) = XLSX_TABLE.read(workbook(tmp_path / "a.xlsx", rows), FEES, CONTEXT)
    assert result.tables["fee_schedules"].select("venue", "fee_usd_per_share").rows() == [
        ("7", 3_000_000), ("8", 12_345_678_123_456_789),
    ]  # fmt: skip


def test_epoch_numbers_of_a_worksheet_are_exact(tmp_path: Path) -> None:
    """Seconds with milliseconds, 123 of them; shown with nine decimals they are 46 ns more."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("symbol", "at", "price", "quantity"))
        sheet.write_row(1, 0, ("A", 1782912600.123, 10.01, 100))
    trades = parse_map({"table": "trades", "time": {"at": {"unit": "s"}}})
    (result,) = XLSX_TABLE.read(path, trades, CONTEXT)
    assert result.tables["trades"]["at"].to_list() == [1_782_912_600_123_000_000]


def test_a_mapped_column_that_a_worksheet_names_twice_is_refused(tmp_path: Path) -> None:
    """In the words in which a text file is; a column that nothing reads may come twice."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(1, 0, (*HEAD, "note", " Fee "))
    with pytest.raises(
        MapError, match=r"one column 'Fee' for fee_usd_per_share, found it at positions 4 and 7"
    ) as told:
        list(XLSX_TABLE.read(path, FEES, CONTEXT))
    assert told.value.where == "row 2"


@pytest.mark.parametrize("cells", [(), (" ", "")])
def test_an_empty_worksheet_lacks_the_columns_of_the_map(tmp_path: Path, cells: tuple[str, ...]) -> None:
    """Nothing stands in it, or nothing that shows."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_row(2, 1, cells)
    with pytest.raises(MapError, match="expected column 'Venue' for venue"):
        list(XLSX_TABLE.read(path, FEES, CONTEXT))


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
