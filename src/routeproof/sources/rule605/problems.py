"""Codes of what can be wrong with a Rule 605 file, and how a finding becomes rows of the remarks table."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.rule605.remarks import REMARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routeproof.tables.rule605.layout import Layout

ROW = "source_row"
FIELDS = "__fields"

PERCENT_POINTS = "percent_points"
SENTINEL_NOTIONAL = "sentinel_notional"
IMPOSSIBLE_SPREAD = "impossible_spread"
COMPONENT_SUM = "component_sum"
DUPLICATE_KEY = "duplicate_key"
UNKNOWN_PARTICIPANT = "unknown_participant"
UNKNOWN_CODE = "unknown_code"
SHORT_ROW = "short_row"
LONG_ROW = "long_row"
NOT_A_NUMBER = "not_a_number"
UNREADABLE_ROW = "unreadable_row"
NOT_EMPTY = "not_empty"
HEADER = "header"
WRONG_QUOTIENT = "wrong_quotient"
CONTROL_CHARACTER = "control_character"
MIXED_FILE = "mixed_file"

PROBLEM, NOTE = "problem", "note"
"""Kinds of remarks of a validator; those of an intake are what became of the value."""

Remark = dict[str, object]

LONGEST = 1_000
"""Characters of a sentence or a stated text."""


def remark(
    row: int,
    kind: str,
    code: str,
    field: str,
    message: str,
    *,
    stated: str | None = None,
    became: str | None = None,
) -> Remark:
    """One row of the remarks table; a text that somebody filed may be of any length, a sentence about it is not."""
    return {
        ROW: row,
        "kind": kind,
        "code": code,
        "field": field,
        "stated": None if stated is None else _cut(stated),
        "became": became,
        "message": _cut(message),
    }


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def remarks_frame(layout: Layout, found: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """Remarks as a frame of the remarks table."""
    frame = pl.DataFrame(list(found), schema={**REMARKS.dtypes, ROW: pl.Int64()})
    return REMARKS.conform(frame.with_columns(pl.lit(layout.name).alias("layout")))


def shown(value: int, digits: int) -> str:
    """A fixed-point number as people write it: no trailing zeros."""
    text = format(Decimal(value).scaleb(-digits), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
