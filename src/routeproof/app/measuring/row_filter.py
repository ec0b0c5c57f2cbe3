"""Row filters as people write them: `venue=XNAS,ARCX`, `quantity>=100`, `day<2026-08-01`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.map_file import nearest
from routeproof.vocab.errors import UsageError
from routeproof.vocab.fixed import to_decimal, to_fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.tables.measured.coded_rows import CodedRows

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


MOST_VALUES = 10_000
"""Distinct texts of a filtered column that are remembered, to name those near a text that was not found."""

LISTED = 12
"""Values that a note lists where none is near."""


class Sieve:
    """Filters at work; it remembers what they met, so that one that finds nothing can say what there was to find."""

    def __init__(self, filters: Sequence[RowFilter] = ()) -> None:
        self.filters = tuple(filters)
        self._passed = 0
        self._found: set[tuple[RowFilter, str]] = set()
        self._texts: dict[str, set[str]] = {}
        self._ends: dict[str, tuple[object, object]] = {}

    def keep(self, rows: pl.DataFrame) -> pl.DataFrame | None:
        """Rows that pass every filter; `None` where the frame has no such column, so that it can say nothing."""
        if any(item.column not in rows.columns for item in self.filters):
            return None
        if not self.filters:
            return rows
        for item in self.filters:
            self._meet(item, rows[item.column].unique())
        kept = rows.filter(*(item.expression(rows.schema[item.column]) for item in self.filters))
        self._passed += kept.height
        return kept

    def passing(self, rows: CodedRows) -> CodedRows:
        """Coded rows that pass every filter; they have all the filtered columns."""
        if not self.filters:
            return rows
        named = rows.frame(list(dict.fromkeys(item.column for item in self.filters)))
        for item in self.filters:
            self._meet(item, named[item.column].unique())
        passed = named.select(
            pl.all_horizontal(item.expression(named.schema[item.column]) for item in self.filters).alias("passed")
        )
        chosen = np.flatnonzero(passed["passed"].fill_null(value=False).to_numpy())
        self._passed += chosen.size
        return rows.filtered(chosen)

    def look(self, rows: pl.DataFrame) -> None:
        """Take note of rows that something else filters."""
        for item in self.filters:
            if item.column in rows.columns:
                self._meet(item, rows[item.column].unique())
        self._passed += rows.height

    def notes(self) -> list[str]:
        """What was asked for and is nowhere, each with what is there instead; empty if every filter found rows."""
        notes = [
            self._note(item, text) for item in self.filters for text in item.values if (item, text) not in self._found
        ]
        if self.filters and not self._passed and not notes:
            notes.append("expected rows that pass every filter, found none: each finds rows, no row passes all of them")
        return notes

    def _meet(self, item: RowFilter, values: pl.Series) -> None:
        """Take note of the distinct values of a column before it is filtered."""
        for text in item.values:
            one = RowFilter(item.column, item.operator, (text,))
            if values.to_frame().select(one.expression(values.dtype).any()).item():
                self._found.add((item, text))
        known = values.drop_nulls()
        if values.dtype == pl.String():
            texts = self._texts.setdefault(item.column, set())
            texts.update(known.head(MOST_VALUES - len(texts)).to_list())
        elif known.len():
            low, high = self._ends.get(item.column, (known.min(), known.max()))
            self._ends[item.column] = min(low, known.min()), max(high, known.max())  # type: ignore[call-overload]

    def _note(self, item: RowFilter, text: str) -> str:
        texts = self._texts.get(item.column)
        if item.operator == "=" and texts:
            near = nearest(text, sorted(texts)) or f"; there: {_listed(sorted(texts))}"
            return f"expected a {item.column} of the measured rows, found none named {text!r}{near}"
        sign = "" if item.operator == "=" else f"{item.operator} "
        asked = f"expected rows with {item.column} {sign}{text}, found none"
        if item.column not in self._ends:
            return f"{asked}: no row has one"
        low, high = (_shown(item.column, value) for value in self._ends[item.column])
        return f"{asked}: it is {low} everywhere" if low == high else f"{asked}: it goes from {low} to {high}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name or "(unnamed)" for name in names[:LISTED])
    return shown if len(names) <= LISTED else f"{shown} and {len(names) - LISTED} more"


def _shown(column: str, value: object) -> str:
    return f"{to_decimal(value).normalize():f}" if column in _FIXED and isinstance(value, int) else str(value)
