"""Each way in which a Rule 605 file can be wrong: found at its row and column, with a sentence."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import pytest

from routeproof.app.disclosure.validate_605 import validate_file
from routeproof.vocab.errors import UsageError
from rule605_files import (
    DETAILED_FIELDS,
    LEGACY_RESTING,
    LEGACY_ROW,
    SUMMARY_FIELDS,
    detailed,
    legacy,
    summary,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

NG = {
    (1, "RptDate"), (1, "Sp500"), (1, "OrderSize"), (1, "OrderType"), (1, "AvgOrderQty"), (1, "AvgOrderSize"),
    (1, "ExctdOrderMidPtAvg"), (1, "PctExctdAtQuotOrBetter"), (1, "PctExctdPI"), (1, "WghtdAvgPctPI"),
    (1, "AvgEffctvSprdPct"), (1, "AvgEFQPct"), (1, "WghtdAvgExctnTime"),
    (2, "OrderType"), (2, "AvgOrderQty"), (2, "AvgOrderSize"), (2, "ExctdOrderMidPtAvg"),
    (2, "PctExctdAtQuotOrBetter"), (2, "PctExctdPI"), (2, "WghtdAvgPctPI"), (2, "AvgEffctvSprdPct"),
    (2, "AvgPctQuotSprd"), (2, "AvgRealSprdPct1min"), (2, "WghtdAvgExctnTime"),
    (5, "AvgPctQuotSprd"), (31, ""), (32, "WghtdAvgExctnTime"), (39, "AvgPctQuotSprd"),
}  # fmt: skip
"""Read off the official failing file and its schema by eye; row 31 repeats the key of row 30."""


def codes(path: Path) -> list[tuple[int, str | int, str]]:
    """Row, column and code of each problem."""
    return [(item.row, item.column, item.code) for item in validate_file(path, with_notes=False).problems]


def test_the_official_failing_file_fails_where_it_should(shared_data: Path) -> None:
    """Every failure, at its row and column, and no other."""
    found = validate_file(shared_data / "reg" / "sec-605" / "ng.csv")
    assert (found.ok, found.format, found.rows) == (False, "605-summary", 55)
    assert {(item.row, item.column) for item in found.problems} == NG
    assert len(found.problems) == len(NG)
    assert all(item.message.startswith("expected ") and "found" in item.message for item in found.problems)


@pytest.mark.parametrize(
    ("name", "layout", "rows"),
    [
        ("sec-605/sample.csv", "605-summary", 35),
        ("real-605-summary-202608/IEXG202608_summary.csv", "605-summary", 35),
        ("real-605-summary-202608/BATS_subset202608_summary.csv", "605-summary", 10),
        ("605-legacy-virtu-201612/VIRTU1216.txt.gz", "605-legacy", 27_562),
    ],
)
def test_real_files_are_right(shared_data: Path, name: str, layout: str, rows: int) -> None:
    """Percent points are a trap, and no breach of the schema."""
    found = validate_file(shared_data / "reg" / name)
    assert (found.ok, found.format, found.rows, found.problems) == (True, layout, rows, ())


def test_right_files_of_our_own_are_right(tmp_path: Path) -> None:
    """One of each layout."""
    for text in (LEGACY_ROW + "\n" + LEGACY_RESTING + "|\n", detailed({}, {"Symbol": "XYZ"}), summary({})):
        assert codes(written(tmp_path, text)) == []


def test_what_was_received_and_not_executed_states_two_averages(tmp_path: Path) -> None:
    """Keys, shares and dollars; without one of the two it is no such row, and everything is missing."""
    keys = list(SUMMARY_FIELDS)[:6]
    empty = {name: "" for name in SUMMARY_FIELDS if name not in {*keys, "AvgOrderQty", "AvgOrderSize"}}
    assert codes(written(tmp_path, summary(empty))) == []
    found = codes(written(tmp_path, summary({**empty, "AvgOrderSize": ""})))
    assert [(row, code) for row, _, code in found] == [(1, "missing_value")] * 9
    assert (1, "AvgEFQPct", "missing_value") not in found


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"DsgntParticipant": "t"}, "DsgntParticipant", "wrong_pattern"),
        ({"RptDate": "202513"}, "RptDate", "wrong_month"),
        ({"RptDate": "202412"}, "RptDate", "below_minimum"),
        ({"Sp500": "yes"}, "Sp500", "unknown_code"),
        ({"AvgOrderQty": "1.1234567"}, "AvgOrderQty", "not_a_number"),
        ({"AvgOrderQty": "-1"}, "AvgOrderQty", "below_minimum"),
        ({"PctExctdPI": "1.01"}, "PctExctdPI", "above_maximum"),
        ({"WghtdAvgPctPI": "2.1"}, "WghtdAvgPctPI", "above_maximum"),
        ({"AvgEffctvSprdPct": "-2.1"}, "AvgEffctvSprdPct", "below_minimum"),
        ({"WghtdAvgExctnTime": ""}, "WghtdAvgExctnTime", "missing_value"),
    ],
)
def test_summary_columns(tmp_path: Path, change: dict[str, str], column: str, code: str) -> None:
    """In the second row, the first being right."""
    assert codes(written(tmp_path, summary({"OrderType": "ML"}, change))) == [(2, column, code)]


def test_headers_are_the_official_ones_in_order(tmp_path: Path) -> None:
    """Missing, unknown and misplaced names; the rows are read by name all the same."""
    names = list(SUMMARY_FIELDS)
    swapped = [*names[:7], names[8], names[7], *names[9:]]
    assert codes(written(tmp_path, summary({}, header=swapped))) == [
        (0, "AvgOrderSize", "header"),
        (0, "ExctdOrderMidPtAvg", "header"),
    ]
    renamed = [*names[:17], "Speed"]
    assert codes(written(tmp_path, summary({}, header=renamed))) == [
        (0, "WghtdAvgExctnTime", "header"),
        (0, "Speed", "header"),
        (1, "WghtdAvgExctnTime", "missing_value"),
    ]
    assert codes(written(tmp_path, detailed({}, header=[*DETAILED_FIELDS]))) == [
        (0, name, "header")
        for name in (
            *("ExctdPIOrderRltvBestPrQty", "ExctdPIOrderRltvBestPrWghtdAvg", "ExctdOrderAtBestPrQty"),
            *("ExctdOrderOutBestPrQty", "ExctdOrderOutBestPrWghtdAvgAmt", "ExctdOrderSizeBnchmrkQty"),
            *("ExctdSIOutsizedQty", "FilledOrderCnt", "RegExctdOrderQty", "RegExctdOrderOnXchngQty"),
            "FilledOrderWghtdAvgTime",
        )
    ]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"DsgntParticipant": "S"}, "DsgntParticipant", "unknown_participant"),
        ({"OrderSize": "199999"}, "OrderSize", "unknown_code"),
        ({"OrderType": "11"}, "OrderType", "unknown_code"),
        ({"CvrdOrderCnt": "1.5"}, "CvrdOrderCnt", "not_a_number"),
        ({"CvrdOrderCnt": ""}, "CvrdOrderCnt", "missing_value"),
        ({"CvrdOrderQty": "900.5"}, "CvrdOrderQty", "component_sum"),
        ({"CvrdOrderQtyOthr": "101"}, "CvrdOrderExctdQty", "component_sum"),
        ({"ExctdOrderAtQuotQty": "201.5"}, "CvrdOrderExctdQty", "component_sum"),
        ({"AvgRealSprd1min": "x"}, "AvgRealSprd1min", "not_a_number"),
        ({"ExctdPIOrdWghtdAvgAmtPerShare": "-0.1"}, "ExctdPIOrdWghtdAvgAmtPerShare", "below_minimum"),
    ],
)
def test_detailed_fields(tmp_path: Path, change: dict[str, str], column: str, code: str) -> None:
    """By official name."""
    assert codes(written(tmp_path, detailed({"Symbol": "XYZ"}, change))) == [(2, column, code)]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (legacy(f1="S"), 1, "unknown_participant"),
        (legacy(f3="2016"), 3, "not_a_number"),
        (legacy(f5="19"), 5, "unknown_code"),
        (legacy(f7=""), 7, "missing_value"),
        (legacy(f8="x"), 8, "not_a_number"),
        (legacy(f8="1900"), 8, "component_sum"),
        (legacy(f16="1"), 10, "component_sum"),
        (legacy(f20="-1"), 20, "below_minimum"),
        (legacy(f26=""), 26, "missing_value"),
        (legacy(LEGACY_RESTING, f18="0"), 18, "not_empty"),
        (legacy() + "|x", "", "long_row"),
        ("|".join(legacy().split("|")[:25]), "", "short_row"),
        (legacy().replace("ABC", "XYZ"), "", "duplicate_key"),
    ],
)
def test_legacy_fields(tmp_path: Path, line: str, column: int | str, code: str) -> None:
    """By number; the row before is right."""
    assert codes(written(tmp_path, legacy(f4="XYZ") + "\n" + line + "\n")) == [(2, column, code)]


def test_shares_that_are_left_are_a_problem_of_legacy_rows_and_a_note_of_detailed_ones(tmp_path: Path) -> None:
    """A market order of 100 shares, of which nobody says what became of one."""
    assert codes(written(tmp_path, legacy(f8="2001"))) == [(1, 8, "component_sum")]
    found = validate_file(written(tmp_path, detailed({"CvrdOrderQty": "1001.5"})))
    assert found.ok
    assert [(item.column, item.code, item.is_note) for item in found.problems] == [
        ("CvrdOrderQty", "component_sum", True)
    ]


def test_notes_make_no_file_wrong(tmp_path: Path) -> None:
    """Readings that are not confirmed: words of lot sizes, and who states fields 52 to 55."""
    path = written(tmp_path, detailed({"LotSizeFlag": "ODD", "FilledOrderCnt": "3"}))
    found = validate_file(path)
    assert found.ok
    assert [(item.row, item.column, item.is_note) for item in found.problems] == [
        (1, "FilledOrderCnt", True),
        (1, "LotSizeFlag", True),
    ]
    assert validate_file(path, with_notes=False).problems == ()


def test_doubled_keys_are_found_across_a_whole_file(tmp_path: Path) -> None:
    """Each row but the first of its key, whatever stands between them."""
    lines = [legacy(f4="A"), legacy(f4="B"), legacy(f4="A", f18="0.03"), legacy(f4="A")]
    assert codes(written(tmp_path, "\n".join(lines))) == [(3, "", "duplicate_key"), (4, "", "duplicate_key")]


def test_what_is_no_report_is_wrong_as_a_whole(tmp_path: Path) -> None:
    """Unknown layouts and broken archives are problems of row 0; a path that is not there is a wrong call."""
    assert codes(written(tmp_path, "hello")) == [(0, "", "unknown_layout")]
    (tmp_path / "cut.gz").write_bytes(gzip.compress(LEGACY_ROW.encode() * 1000)[:-30])
    assert codes(tmp_path / "cut.gz") == [(0, "", "damaged_file")]
    with pytest.raises(UsageError, match="expected a readable file"):
        validate_file(tmp_path / "absent.csv")


def test_a_record_that_is_none_is_one_problem(tmp_path: Path) -> None:
    """A quote that never closes, and a field longer than any: told at their rows, and the others are read."""
    lines = summary({}, {"Sp500": "N"}, {"OrderSize": "0"}).split("\r\n")
    lines[2] = lines[2].replace("XXXX", "X" * 200_000)
    lines[3] = '"' + lines[3]
    found = codes(written(tmp_path, "\r\n".join(lines)))
    assert (2, "", "unreadable_row") in found
    assert {row for row, *_ in found} == {2, 3}


def test_names_in_other_capitals_are_told_once(tmp_path: Path) -> None:
    """One problem for each name, with its right spelling; the rows are read all the same."""
    found = codes(written(tmp_path, detailed({}).replace("RptDate", "rptdate").replace("Symbol", "SYMBOL")))
    assert found == [(0, "RptDate", "header"), (0, "Symbol", "header")]


def test_what_is_no_number_is_not_called_missing_too(tmp_path: Path) -> None:
    """One cell, one problem."""
    assert codes(written(tmp_path, legacy(f18="n/a"))) == [(1, 18, "not_a_number")]


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), ("T|A|201701".encode("utf-16"), "UTF-16")])
def test_a_file_that_is_no_text_says_what_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    """An empty file, and one in sixteen bits, where the way out is to save it anew."""
    path = tmp_path / "report.dat"
    path.write_bytes(content)
    (problem,) = validate_file(path).problems
    assert words in problem.message


def test_each_file_of_an_archive_is_judged_by_itself(tmp_path: Path) -> None:
    """Rows add up; a problem names its member and the row there; one bad file makes the archive wrong."""
    members = {"a.dat": legacy() + "\n", "b.txt": detailed({}, {"CvrdOrderCnt": "x"}), "c": "hello"}
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    found = validate_file(path, with_notes=False)
    assert (found.ok, found.format, found.rows) == (False, "mixed", 3)
    told = [(item.member, item.row, item.column, item.code) for item in found.problems]
    assert told == [
        ("b.txt", 2, "CvrdOrderCnt", "not_a_number"),
        ("b.txt", 2, "", "duplicate_key"),
        ("c", 0, "", "unknown_layout"),
    ]
    assert found.as_json()["problems"][0].keys() == {"row", "column", "code", "message", "member"}  # type: ignore[index]


@pytest.mark.parametrize("text", ["+", "-", "1e99999999999999999999"])
def test_what_only_looks_like_a_number_is_none(tmp_path: Path, text: str) -> None:
    """The metadata's pattern lets a sign alone pass; a bound cannot be held against it."""
    found = codes(written(tmp_path, summary({"AvgOrderQty": text})))
    assert found == [(1, "AvgOrderQty", "not_a_number")]
