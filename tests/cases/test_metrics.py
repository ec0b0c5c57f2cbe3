"""Each case file under `metrics/` is a small day of trading with its figures worked by hand.

Tables are written with bars between the columns; times are New York times of the case's day; an empty cell is missing.
An expected figure is a number or the arithmetic that gives it, such as `"(100 * 0.02 + 300 * 0.04) / 400"`.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import routeproof as rp
from written import table, worked

FOLDER = Path(__file__).parent / "metrics"
TABLES = ("executions", "quotes", "orders", "routes", "order_versions", "trades", "auctions", "market_status")
CASES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    """The figures of the file are the figures of the program."""
    case = tomllib.loads(path.read_text("utf-8"))
    day = case.get("day", date(2026, 11, 23))
    frames = {name: table(case[name], day) for name in TABLES if name in case}
    for question in case["question"]:
        by = question.get("by", [])
        found = rp.measure(
            frames.get("executions"), frames["quotes"], frames.get("orders"), by=by,
            **{name: frames[name] for name in TABLES[3:] if name in frames},
            **question.get("switches", {}),
        )  # fmt: skip
        rows = {tuple(str(cell) for cell in row[: len(by)]): row for row in found.rows()}
        assert question["rows"], path
        for expected in question["rows"]:
            key = tuple(str(expected[name]) for name in by)
            assert key in rows, f"{key} not among {sorted(rows)}"
            check(dict(zip(found.columns, rows[key], strict=True)), {k: v for k, v in expected.items() if k not in by})


def check(row: dict[str, Any], expected: dict[str, str]) -> None:
    """Every expected figure, to 1e-12 of its size; `none` means that there must be no figure."""
    for name, text in expected.items():
        assert name in row, name
        if text == "none":
            assert row[name] is None, (name, row[name])
        else:
            assert row[name] is not None, name
            assert row[name] == pytest.approx(float(worked(text)), rel=1e-12, abs=1e-12), name
