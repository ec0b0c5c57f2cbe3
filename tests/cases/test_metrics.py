"""Each case file under `metrics/` is a small day of trading with its figures worked by hand.

Tables are written with bars between the columns; times are New York times of the case's day; an empty cell is missing.
An expected figure is a number or the arithmetic that gives it, such as `"(100 * 0.02 + 300 * 0.04) / 400"`.
"""

from __future__ import annotations

import ast
import operator
import tomllib
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import routeproof as rp

FOLDER = Path(__file__).parent / "metrics"
TABLES = ("executions", "quotes", "orders", "routes", "order_versions", "trades", "auctions")
WHOLE = ("version", "hop", "sequence")
FLAGS = ("held", "directed", "refused", "iso", "eligible")
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
CASES = sorted(FOLDER.glob("*.toml"))


def worked(text: str) -> Fraction:
    """The exact value of a number or of arithmetic with `+ - * /` and brackets."""

    def value(node: ast.expr) -> Fraction:
        if isinstance(node, ast.Constant):
            return Fraction(ast.get_source_segment(text, node) or "")
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        assert isinstance(node, ast.BinOp), f"expected arithmetic, found {text!r}"
        return Fraction(OPERATORS[type(node.op)](value(node.left), value(node.right)))

    return value(ast.parse(text, mode="eval").body)


def instant(day: date, text: str) -> int:
    """UTC ns of a New York time such as 10:00:00.5, or of another day's, `2026-11-24 10:00:00`."""
    written, _, clock = text.rpartition(" ")
    seconds, _, part = clock.partition(".")
    on = date.fromisoformat(written) if written else day
    at = datetime.combine(on, datetime.strptime(seconds, "%H:%M:%S").time(), ZoneInfo("America/New_York"))  # noqa: DTZ007
    return int(at.timestamp()) * 10**9 + int(part.ljust(9, "0") or 0)


def table(text: str, day: date) -> pl.DataFrame:
    """A frame from a table written with bars."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    columns = {}
    for position, name in enumerate(head):
        cells = [line[position] or None for line in lines]
        if name.endswith("at"):
            columns[name] = pl.Series([cell and instant(day, cell) for cell in cells], dtype=pl.Int64)
        elif name in WHOLE:
            columns[name] = pl.Series([cell and int(cell) for cell in cells], dtype=pl.Int64)
        elif name in FLAGS:
            columns[name] = pl.Series([cell == "yes" for cell in cells])
        else:
            columns[name] = pl.Series(cells, dtype=pl.String)
    return pl.DataFrame(columns)


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
