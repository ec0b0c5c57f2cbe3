"""Row filters as people write them: `venue=XNAS,ARCX`, `quantity>=100`, `day<2026-08-01`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.vocab.errors import UsageError
from routeproof.vocab.fixed import to_fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.tables.coded_rows import CodedRows

_PATTERN = re.compile(r"^\s*([a-z0-9_]+)\s*(>=|<|=)\s*(.*?)\s*$")
_FIXED = ("price", "quantity", "limit_price", "stop_price", "fee", "rebate", "payment", "executed", "cancelled")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class RowFilter:
    """One comparison; several are joined by *and*.

    Attributes:
        column: of a measured frame.
        operator: `=`, `>=` or `<`.
        values: texts as written; more than one only with `=`.
    """

    column: str
    operator: str
    values: tuple[str, ...]

    def expression(self, dtype: pl.DataType) -> pl.Expr:
        """The comparison against a column of that type; null rows do not pass."""
        wanted = [self._value(text, dtype) for text in self.values]
        column = pl.col(self.column)
        if self.operator == ">=":
            return column >= wanted[0]
        return column < wanted[0] if self.operator == "<" else column.is_in(wanted)

    def _value(self, text: str, dtype: pl.DataType) -> date | bool | int | str:
        try:
            if dtype == pl.Date():
                return date.fromisoformat(text)
            if dtype == pl.Boolean():
                return _FLAGS[text.lower()]
            if self.column in _FIXED:
                return to_fixed(text)
            if dtype.is_integer():
                return int(text)
        except (ValueError, ArithmeticError, KeyError) as error:
            message = f"expected a value of type {dtype} for {self.column}, found {text!r}"
            raise UsageError(message, where="--where") from error
        return text


def parse_filters(texts: Sequence[str]) -> tuple[RowFilter, ...]:
    """Filters from their texts.

    Raises:
        UsageError: a text is no comparison.
    """
    return tuple(_parse(text) for text in texts)


def _parse(text: str) -> RowFilter:
    found = _PATTERN.match(text)
    if found is None:
        message = f"expected COLUMN=V[,V], COLUMN>=V or COLUMN<V, found {text!r}"
        raise UsageError(message, where="--where")
    column, operator, value = found.groups()
    if operator != "=" and "," in value:
        message = f"expected one value after {operator}, found {text!r}; a list goes with ="
        raise UsageError(message, where="--where")
    values = tuple(part.strip() for part in value.split(",")) if operator == "=" else (value,)
    return RowFilter(column, operator, values)


def keep(rows: pl.DataFrame, filters: Sequence[RowFilter]) -> pl.DataFrame | None:
    """Rows that pass every filter; `None` where the frame has no such column, so that it can say nothing."""
    if any(item.column not in rows.columns for item in filters):
        return None
    return rows.filter(*(item.expression(rows.schema[item.column]) for item in filters)) if filters else rows


def passing(rows: CodedRows, filters: Sequence[RowFilter]) -> CodedRows:
    """Coded rows that pass every filter; they have all the filtered columns."""
    if not filters:
        return rows
    named = rows.frame(list(dict.fromkeys(item.column for item in filters)))
    passed = named.select(
        pl.all_horizontal(item.expression(named.schema[item.column]) for item in filters).alias("passed")
    )
    return rows.filtered(np.flatnonzero(passed["passed"].fill_null(value=False).to_numpy()))
