"""Constraints of summary columns, held to the SEC's own metadata file where it is there."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.sources.rule605.summary_schema import KEY, NO_VALUE, RULES

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    *("0", "1", "-1", "1.0", "1.000001", "1.0000001", "-2", "-2.000001", "2.000001", "1e3", "1E-2", "+7", ".5", "5."),
    *("0x36", "$42.42", "NaN", "nan", "NAN", "INF", "inf", "1,000", "abc", "A", "AB", "a", "A1", "Y", "N", "Z", "YN"),
    *("M", "ML", "MLIMIT", "MKT", "199999", "200000", "250", "251", "202501", "202412", "202513", "209912", "210001"),
    *("201912", "220509", "999999999", "99999999999999999999", "4.588476", "-0"),
)


@pytest.fixture(scope="module")
def metadata(shared_data: Path) -> list[dict[str, Any]]:
    """Columns as `oes-metadata.json` describes them."""
    document = json.loads((shared_data / "reg" / "sec-605" / "oes-metadata.json").read_text("utf-8"))
    table: dict[str, Any] = document["tables"][0]["tableSchema"]
    assert tuple(table["primaryKey"]) == KEY
    columns: list[dict[str, Any]] = table["columns"]
    return columns


def test_names_stand_in_the_metadatas_order(metadata: list[dict[str, Any]]) -> None:
    """All 18 of them."""
    assert [rule.name for rule in RULES] == [column["name"] for column in metadata]


def test_the_same_texts_are_right(metadata: list[dict[str, Any]]) -> None:
    """Each text in each column: right by ours exactly where it is right by the metadata."""
    differ = [
        (rule.name, text)
        for rule, column in zip(RULES, metadata, strict=True)
        for text in TEXTS
        if text not in (NO_VALUE if "null" in column else ())
        if (rule.problem(text) is None) != _allows(column, text)
    ]
    assert differ == []


def test_the_same_words_mean_no_value(metadata: list[dict[str, Any]]) -> None:
    """Where the metadata lists words for a missing value, and only there."""
    for rule, column in zip(RULES, metadata, strict=True):
        assert tuple(column.get("null", ())) == (NO_VALUE if rule.may_be_missing else ())


def _allows(column: dict[str, Any], text: str) -> bool:
    """Constraints of one column by the CSVW recommendation: format, then the range of the value."""
    kind = column["datatype"]
    if not re.fullmatch(kind["format"], text):
        return False
    if kind["base"] == "token":
        return True
    value = Decimal(text)
    return (
        value >= Decimal(str(kind.get("minimum", "-Infinity")))
        and value <= Decimal(str(kind.get("maximum", "Infinity")))
        and value < Decimal(str(kind.get("exclusiveMaximum", "Infinity")))
    )
