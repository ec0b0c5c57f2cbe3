"""Each case file under `rule605/` is a small month of trading with the rows of its report worked by hand.

Tables are written as in the cases of metrics and become the CSV files that `report 605 --orders` takes. A figure is a
number or the arithmetic that gives it, rounded here to six decimals half up by the decimal module; an empty text means
that the field must be empty. `notes` are words of which each stands in one note of the report.
"""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from routeproof.app.disclosure.report_605 import asked_605, flow_of_folder, report_605
from routeproof.metrics.rule605.detailed import FIELDS
from routeproof.metrics.rule605.detailed import HEADER as DETAILED
from routeproof.metrics.rule605.summary import HEADER as SUMMARY
from written import instant, worked

FOLDER = Path(__file__).parent / "rule605"
CASES = sorted(FOLDER.glob("*.toml"))
TABLES = (
    "parent_orders", "routes", "executions", "quotes", "trades", "order_versions", "instruments", "market_status",
)  # fmt: skip
KEYS = {"detailed": ("Symbol", "LotSizeFlag", "OrderSize", "OrderType"), "summary": ("Sp500", "OrderSize", "OrderType")}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    """The rows and the counts of the file are those of the program."""
    case = tomllib.loads(path.read_text("utf-8"))
    write_folder(tmp_path / "orders", case)
    for report in case["report"]:
        month, provider = report.get("month", f"{case['day']:%Y-%m}"), report.get("provider", "")
        asked = asked_605(report["kind"], "FIRM", "T", month, tmp_path / "out", provider=provider)
        made = report_605(asked, flow_of_folder(tmp_path / "orders"))
        for name in ("orders_in", "covered", "excluded"):
            if name in report:
                assert made.as_json()[name] == report[name], name
        for words in report.get("notes", []):
            assert [words in note for note in made.notes].count(True) == 1, words
        rows = _read(Path(made.files[0]["path"]), report["kind"])
        assert len(rows) == made.files[0]["rows"]
        assert sorted(rows) == sorted(row["key"] for row in report.get("row", []))
        for expected in report.get("row", []):
            for name, text in expected.items():
                if name != "key":
                    assert (name, rows[expected["key"]][name]) == (name, rounded(text)), expected["key"]


def test_every_field_has_a_case() -> None:
    """Each numeric field of the detailed report, and each column of the summary, was worked by hand with a value."""
    answered = {
        name
        for path in CASES
        for report in tomllib.loads(path.read_text("utf-8"))["report"]
        for row in report.get("row", [])
        for name, text in row.items()
        if text
    }
    assert [field.name for field in FIELDS if field.name not in answered] == []
    assert [name for name in SUMMARY[6:] if name not in answered] == []


def rounded(text: str) -> str:
    """Six decimals, half up by magnitude, without trailing zeros."""
    if not text:
        return ""
    exact = worked(text)
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    shown = f"{value.quantize(Decimal('0.000001'), ROUND_HALF_UP):f}".rstrip("0").rstrip(".")
    return "0" if shown in {"-0", ""} else shown


def write_folder(folder: Path, case: dict[str, Any]) -> None:
    """The case's tables as CSV files; times become ISO 8601 with a zone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        if name in case:
            head, *lines = [[cell.strip() for cell in line.split("|")] for line in case[name].strip().splitlines()]
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
                writer = csv.writer(stream)
                writer.writerow(head)
                for line in lines:
                    writer.writerow(_cell(*pair, case["day"]) for pair in zip(head, line, strict=True))


def _cell(name: str, text: str, day: date) -> str:
    if not text or not name.endswith("at"):
        return text
    at = instant(day, text)
    return f"{datetime.fromtimestamp(at // 10**9, UTC):%Y-%m-%dT%H:%M:%S}.{at % 10**9:09d}Z"


def _read(path: Path, kind: str) -> dict[str, dict[str, str]]:
    header, separator = (DETAILED, "|") if kind == "detailed" else (SUMMARY, ",")
    content = path.read_bytes()
    assert content.endswith(b"\r\n")
    lines = content.decode("ascii").split("\r\n")[:-1]
    assert lines[0] == separator.join(header)
    rows = [dict(zip(header, line.split(separator), strict=True)) for line in lines[1:]]
    return {" ".join(row[name] for name in KEYS[kind]): row for row in rows}
