"""Records become the same typed rows whatever the file's habits are; what cannot be read is told with its row."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from routeproof.sources.rule605.records import Records, read_records
from routeproof.sources.rule605.sniff import UnknownLayoutError, sniff
from rule605_files import DETAILED_FIELDS, LEGACY_RESTING, SUMMARY_FIELDS, detailed, legacy, summary, written

if TYPE_CHECKING:
    from pathlib import Path


def records(path: Path) -> Records:
    """All records of a small file."""
    found = list(read_records(path, sniff(path)))
    rows = pl.concat([item.rows for item in found])
    return Records(rows, [remark for item in found for remark in item.remarks], sum(item.count for item in found))


PLAIN = legacy() + "\n" + legacy(LEGACY_RESTING) + "\n" + legacy(f8="1234567") + "\n"
ODD = {
    "windows": PLAIN.replace("\n", "\r\n"),
    "trailing": PLAIN.replace("\n", "|\n"),
    "marked": "\ufeff" + PLAIN,
    "trailing_twice": PLAIN.replace("\n", "||\n"),
    "quoted": "\n".join("|".join(f'"{field}"' for field in line.split("|")) for line in PLAIN.splitlines()),
    "padded": "\n".join("|".join(f"  {field} " for field in line.split("|")) for line in PLAIN.splitlines()),
    "thousands": PLAIN.replace("|2000|", '|"2,000"|').replace("|5000|", "|5,000|").replace("1234567", '"1,234,567"'),
    "returns_alone": PLAIN.replace("\n", "\r"),
    "blank_lines": "\n\n" + PLAIN.replace("\n", "\n\n"),
    "white_lines": "  \n" + PLAIN.replace("\n", "\n \t \n"),
    "end_of_file_mark": PLAIN.replace("\n", "\r\n") + "\x1a",
    "no_end": PLAIN.rstrip("\n"),
    "short": PLAIN.replace("|-0.0100|||||||||", "|-0.0100"),
    "mixed": PLAIN.replace("T|TXXXX|201601|ABC|14", '"T" | "TXXXX"|201601|ABC|14'),
}


@pytest.mark.parametrize("habit", ODD)
def test_habits_of_reporters_change_no_value(tmp_path: Path, habit: str) -> None:
    """Quotes, padding, thousands commas, trailing pipes, line ends, blank and short lines: the same rows come out."""
    plain = records(written(tmp_path, PLAIN, "plain.dat"))
    odd = records(written(tmp_path, ODD[habit], "odd.dat"))
    assert (odd.count, odd.remarks) == (3, [])
    assert_frame_equal(odd.rows.drop("__fields"), plain.rows.drop("__fields"))


def test_numbers_are_exact_integers(tmp_path: Path) -> None:
    """Shares in millionths, averages in billionths; an empty field is null and never zero."""
    rows = records(written(tmp_path, PLAIN)).rows
    first, second, _ = rows.iter_rows(named=True)
    assert first["covered_orders"] == 10
    assert first["covered_shares"] == 2_000_000_000
    assert first["realized_spread_usd_per_share_300s"] == 12_300_000
    assert first["outside_s"] == 1_500_000_000
    assert second["realized_spread_usd_per_share_300s"] == -10_000_000
    assert second["effective_spread_usd_per_share"] is None
    assert second["improved_shares"] is None
    assert second["shares_to_1800s"] == 0


def test_a_return_inside_a_record_hides_nothing(tmp_path: Path) -> None:
    """Of two records in one line neither is taken for the whole."""
    found = records(written(tmp_path, legacy() + "\r" + legacy(f4="DEF") + "\n" + legacy(f4="GHI") + "\n"))
    assert found.count == 2
    assert [(item["source_row"], item["code"]) for item in found.remarks] == [(1, "long_row")]


def test_packed_files_are_read_as_they_are(tmp_path: Path) -> None:
    """Gzip and zip by what they hold, not by their names."""
    plain = records(written(tmp_path, PLAIN))
    (tmp_path / "a.dat").write_bytes(gzip.compress(PLAIN.encode()))
    with zipfile.ZipFile(tmp_path / "b.dat", "w") as archive:
        archive.writestr("TXXXX201601.dat", PLAIN)
    for name in ("a.dat", "b.dat"):
        assert_frame_equal(records(tmp_path / name).rows, plain.rows)


def test_columns_with_names_are_found_by_name(tmp_path: Path) -> None:
    """A detailed file in another order, with a column that nobody knows and one that is missing, gives the same."""
    right = records(written(tmp_path, detailed({}), "right.txt")).rows
    names = ["New", *reversed(DETAILED_FIELDS)]
    moved = records(written(tmp_path, detailed({"New": "7"}, header=names), "moved.txt")).rows
    assert_frame_equal(moved.drop("__fields"), right.drop("__fields"))
    assert right["covered_shares"].item() == 1_000_500_000
    assert right["covered_usd"].item() == 20_000_500_000
    assert right["filled_orders"].item() is None
    without = [name for name in DETAILED_FIELDS if name != "AvgEFQPct"]
    assert records(written(tmp_path, detailed({}, header=without), "less.txt")).rows["e_over_q"].item() is None


def test_an_early_spelling_of_a_name_is_known(tmp_path: Path) -> None:
    """The plan's abbreviation is spelled in two ways in texts; both are the same field."""
    header = [name.replace("PIOrdWghtd", "PIOrdersWghtd") for name in DETAILED_FIELDS]
    text = detailed({"ExctdPIOrdersWghtdAvgAmtPerShare": "0.004"}, header=header)
    assert records(written(tmp_path, text)).rows["improved_usd_per_share"].item() == 4_000_000


def test_short_rows_of_files_with_names_lack_only_what_is_absent(tmp_path: Path) -> None:
    """A record that ends early has no data in the rest."""
    lines = detailed({}, {"Symbol": "XYZ"}).split("\r\n")
    lines[2] = "|".join(lines[2].split("|")[:13])
    rows = records(written(tmp_path, "\r\n".join(lines))).rows
    assert rows["__fields"].to_list() == [55, 13]
    assert rows["executed_away_shares"].to_list() == [100_000_000, 100_000_000]
    assert rows["shares_to_100us"].to_list() == [100_000_000, None]


@pytest.mark.parametrize(
    ("field", "text", "kind"),
    [
        ("f7", "ten", "rejected"),
        ("f7", "1.5", "rejected"),
        ("f8", "-5", "rejected"),
        ("f8", "1,00", "rejected"),
        ("f8", "99999999999999999999", "rejected"),
        ("f8", "1.0000001", "rejected"),
        ("f10", "NaN", "rejected"),
        ("f18", "n/a", "quarantined"),
        ("f20", "nan", "quarantined"),
    ],
)
def test_what_is_no_number_is_told(tmp_path: Path, field: str, text: str, kind: str) -> None:
    """A count or total that is none costs the row; an average costs its own value alone."""
    found = records(written(tmp_path, legacy() + "\n" + legacy(**{field: text}) + "\n"))
    (remark,) = found.remarks
    assert (remark["source_row"], remark["kind"], remark["code"]) == (2, kind, "not_a_number")
    assert remark["stated"] == text
    assert f"field {field[1:]}" in str(remark["message"])


def test_records_with_more_fields_are_told(tmp_path: Path) -> None:
    """A stray delimiter moves every field after it, so the record says nothing."""
    found = records(written(tmp_path, legacy() + "\n" + legacy() + "|7\n" + legacy() + "|7|8|9\n"))
    assert [(item["source_row"], item["code"]) for item in found.remarks] == [(2, "long_row"), (3, "long_row")]
    assert found.count == 3


def test_rows_are_counted_over_blocks(tmp_path: Path, shared_data: Path) -> None:
    """Rows of a real file by another implementation: lines that are not empty."""
    path = shared_data / "reg" / "605-legacy-virtu-201612" / "VIRTU1216.txt.gz"
    with gzip.open(path, "rt") as file:
        expected = sum(bool(line.strip()) for line in file)
    plain = tmp_path / "plain.txt"
    plain.write_bytes(gzip.decompress(path.read_bytes()) * 5)  # more than one block of eight MiB
    found = list(read_records(plain, sniff(plain)))
    assert len(found) > 1
    assert sum(item.count for item in found) == 5 * expected
    rows = pl.concat([item.rows for item in found])
    assert rows["source_row"].to_list() == list(range(1, 5 * expected + 1))


@pytest.mark.parametrize(
    ("text", "layout"),
    [(PLAIN, "legacy"), ("\ufeff" + detailed({}), "detailed"), (summary({}), "summary"), (ODD["quoted"], "legacy")],
)
def test_the_first_record_tells_the_layout(tmp_path: Path, text: str, layout: str) -> None:
    """Whatever the file is called and whatever month it is of."""
    assert sniff(written(tmp_path, text)).layout.name == layout


NO_REPORTS = [
    "",
    "\n\n",
    "hello",
    "a,b,c\n1,2,3\n",
    "1|2|3|4|5\n",
    "\0\0\0",
    "T|X|2016|A|11|21",
    ',"'.join(SUMMARY_FIELDS),
]


@pytest.mark.parametrize("text", NO_REPORTS)
def test_other_files_are_refused_with_what_was_expected(tmp_path: Path, text: str) -> None:
    """The error shows what stands there."""
    with pytest.raises(UnknownLayoutError, match="expected a Rule 605 report"):
        sniff(written(tmp_path, text))
