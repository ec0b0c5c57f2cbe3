"""Tables and figures as case files write them: bars between columns, New York times, arithmetic."""

from __future__ import annotations

import ast
import operator
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE = (
    "version",
    "hop",
    "sequence",
    "seq",
    "from_seq",
    "to_seq",
    "n",
    "rows",
    "count",
    "message_id",
    "uncertainty_ns",
    "accepted",
    "least_rows",
    "rejected",
    "contradicting",
    "source_row",
    "fills",
    "late",
    "late_and_whole_ms",
)
FLAGS = (
    *("held", "directed", "refused", "iso", "eligible", "breached", "resent", "is_reset"),
    *("reported", "known", "amended", "orders_told", "differs"),
)
DAYS = ("day", "month", "valid_from", "due_on", "came_on", "effective_from", "notice_on", "since")
FIXED = (
    *("seen_price", "seen_quantity", "last_qty", "last_px", "stated_quantity", "filled_quantity"),
    *("own_filled", "vendor_filled", "vendor_price", "vendor_improvement"),
    *("own_fee", "shown_fee"),
)
LISTS = ("execution_ids", "found")
NUMBERS = (
    *("value", "weight", "usd_per_share", "observed", "threshold", "own_price", "own_improvement"),
    *("stated", "recomputed", "lower", "upper", "tolerance", "late_ms", "p", "most_rejected"),
)
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


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


def table(text: str, day: date, plain: tuple[str, ...] = ()) -> pl.DataFrame:
    """A frame from a table written with bars; an empty cell is missing, `plain` columns stay text."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pl.DataFrame(
        {
            name: _column("" if name in plain else name, [line[place] or None for line in lines], day)
            for place, name in enumerate(head)
        }
    )


def _column(name: str, cells: list[str | None], day: date) -> pl.Series:
    if name.endswith("at") and name != "what":
        return pl.Series([cell and instant(day, cell) for cell in cells], dtype=pl.Int64)
    if name in FLAGS:
        return pl.Series([cell == "yes" for cell in cells])
    for names, read, dtype in READ:
        if name in names:
            return pl.Series([cell and read(cell) for cell in cells], dtype=dtype)
    return pl.Series(cells, dtype=pl.String)


def _fixed(cell: str) -> int:
    return int(worked(cell) * SCALE)


def _number(cell: str) -> float:
    return float(worked(cell))


READ: tuple[tuple[tuple[str, ...], Callable[[str], object], type[pl.DataType] | pl.DataType], ...] = (
    (WHOLE, int, pl.Int64),
    (DAYS, date.fromisoformat, pl.Date),
    (FIXED, _fixed, pl.Int64),
    (NUMBERS, _number, pl.Float64),
    (LISTS, str.split, pl.List(pl.String)),
)
"""How the cells of columns that are told by name are read."""
