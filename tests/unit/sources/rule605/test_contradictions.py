"""Rows that contradict themselves beyond sums of shares: as a validator tells it, and what an intake does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from routeproof.app.disclosure.validate_605 import validate_file
from routeproof.sources.rule605.read import read_file
from routeproof.sources.rule605.sniff import sniff
from routeproof.stores.shipped_disclosure import load_disclosure605
from rule605_files import DETAILED_FIELDS, LEGACY_RESTING, detailed, legacy, summary, written

if TYPE_CHECKING:
    from pathlib import Path

RESTS = {
    "OrderType": "LNNNN", "FilledOrderCnt": "10", "RegExctdOrderQty": "900", "RegExctdOrderOnXchngQty": "900",
    **dict.fromkeys(list(DETAILED_FIELDS)[32:44], ""),
}  # fmt: skip
"""Ten orders, each with a fill; all regular prints were on exchanges."""


def found(path: Path, *, notes: bool = False) -> list[tuple[int, str | int, str]]:
    """Row, column and code of each problem, or of each note."""
    told = validate_file(path).problems
    return [(item.row, item.column, item.code) for item in told if item.is_note == notes]


def taken(path: Path) -> list[tuple[int, str, str]]:
    """What became of rows and values: row, kind and code."""
    batches = read_file(path, sniff(path), load_disclosure605())
    return [(item["source_row"], item["kind"], item["code"]) for batch in batches for item in batch.remarks]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        (RESTS | {"FilledOrderCnt": "11"}, "FilledOrderCnt", "component_sum"),
        (RESTS | {"RegExctdOrderOnXchngQty": "900.000001"}, "RegExctdOrderOnXchngQty", "component_sum"),
        ({"ExctdSIOutsizedQty": "800.6"}, "ExctdSIOutsizedQty", "component_sum"),
        ({"CvrdOrderCnt": "0"}, "CvrdOrderCnt", "component_sum"),
        ({"AvgEFQPct": "8"}, "AvgEFQPct", "wrong_quotient"),
        ({"AvgEFQPct": "80"}, "AvgEFQPct", "wrong_quotient"),
        ({"AvgEFQPct": "0.79"}, "AvgEFQPct", "wrong_quotient"),
        ({"LotSizeFlag": ""}, "LotSizeFlag", "missing_value"),
        ({"Symbol": "AB\x01C"}, "Symbol", "control_character"),
    ],
)
def test_detailed_rows(tmp_path: Path, changes: dict[str, str], column: str, code: str) -> None:
    """0.016 / 0.02 is 0.8; 700.5 + 100 shares were executed for ten orders; the second row is right."""
    path = written(tmp_path, detailed(changes, {"Symbol": "XYZ"}))
    assert found(path) == [(1, column, code)]


def test_what_stays_right(tmp_path: Path) -> None:
    """Parts as large as their whole, and E/Q of spreads that were rounded to four decimals: 0.01234 over 0.02468."""
    rounded = {"AvgEffctvSprd": "0.0123", "ExctdOrderAvgQuotSprd": "0.0247", "AvgEFQPct": "0.5", "Symbol": "XYZ"}
    path = written(tmp_path, detailed(RESTS, rounded, {"ExctdSIOutsizedQty": "800.5"}))
    assert found(path) == []


def test_a_record_that_ends_early_is_told(tmp_path: Path) -> None:
    """An intake takes what is absent for no data; where a delimiter was lost, its spreads say so, and it is refused."""
    lines = detailed({}, {"Symbol": "XYZ"}).split("\r\n")
    short = "\r\n".join([lines[0], "|".join(lines[1].split("|")[:44]), lines[2]])
    assert found(written(tmp_path, short)) == [(1, "", "short_row")]
    fields = lines[1].split("|")
    lost = written(tmp_path, "\r\n".join([lines[0], "|".join(fields[:32] + fields[33:]), lines[2]]))
    assert (1, "rejected", "wrong_quotient") in taken(lost)


def test_what_an_intake_does(tmp_path: Path) -> None:
    """Parts above their whole reject a row; a wrong E/Q is marked and stays; percent points are read."""
    rows = [RESTS | {"FilledOrderCnt": "11"}, {"AvgEFQPct": "3", "Symbol": "B"}, {"AvgEFQPct": "80", "Symbol": "C"}]
    assert taken(written(tmp_path, detailed(*rows))) == [
        (1, "rejected", "component_sum"),
        (2, "quarantined", "wrong_quotient"),
        (3, "corrected", "percent_points"),
    ]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"ExctdOrderSizeBnchmrkQty": "1000.6"}, "ExctdOrderSizeBnchmrkQty"),
        ({"CvrdOrderSize": "50000"}, "CvrdOrderSize"),
        ({"CvrdOrderSize": "9999"}, "CvrdOrderSize"),
        ({"AvgEffctvSprd": "0.0160001"}, "AvgEffctvSprd"),
    ],
)
def test_what_is_only_likely_is_a_note(tmp_path: Path, changes: dict[str, str], column: str) -> None:
    """More than the 1,000.5 shares covered; ten orders of 1,000 to 5,000 dollars are 10,000 to 50,000; a digit more."""
    path = written(tmp_path, detailed(changes))
    assert (found(path), found(path, notes=True)) == ([], [(1, column, "unconfirmed")])


def test_legacy_rows(tmp_path: Path) -> None:
    """No orders for 2,000 shares; no realized spread though shares were executed; a control character.

    Four orders of 100 to 499 shares have 1,996 at most, twenty of them 2,000 at least.
    """
    lines = [legacy(f7="0"), legacy(f4="B", f17=""), legacy(LEGACY_RESTING, f17=""), legacy(f4="C\x02")]
    lines += [legacy(f4="D", f7="4"), legacy(f4="E", f7="20"), legacy(f4="F", f7="21")]
    assert found(written(tmp_path, "\n".join(lines) + "\n")) == [
        (1, 7, "component_sum"),
        (2, 17, "missing_value"),
        (3, 17, "missing_value"),
        (4, 4, "control_character"),
        (5, 8, "component_sum"),
        (7, 8, "component_sum"),
    ]


def test_a_file_is_one_reporters_of_one_month(tmp_path: Path) -> None:
    """Two rows of another month and one of another reporter among seven: each kind is told once, at its first row."""
    others = [{"Symbol": name, "RptDate": "202609"} for name in "BC"] + [{"Symbol": "D", "RprtEntityCd": "YYYY"}]
    right = [{"Symbol": name} for name in "EFGH"]
    path = written(tmp_path, detailed(*others, *right))
    assert found(path) == [(1, "", "mixed_file"), (3, "", "mixed_file")]


@pytest.mark.parametrize("column", ["ExctdOrderMidPtAvg", "AvgEFQPct", "AvgRealSprdPct15sec", "AvgRealSprdPct1min"])
@pytest.mark.parametrize("text", ["+", "-"])
def test_a_sign_alone_is_no_number(tmp_path: Path, column: str, text: str) -> None:
    """Also in columns of the summary that have no bounds."""
    assert found(written(tmp_path, summary({column: text}))) == [(1, column, "not_a_number")]
