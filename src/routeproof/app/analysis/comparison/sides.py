"""What is compared with what, as people write it: `provider=P2`, `venue=XNAS,ARCX`, `period=2026-07-01..2026-08-15`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.row_filter import RowFilter, parse_filters
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.analysis.ground import Ground

PERIOD, POPULATION, TAPE, REST = "period", "population", "tape", "rest"
FORMS = "DIMENSION=VALUE such as provider=P2 or venue=XNAS, period=2026-07-01..2026-08-15, or population=tape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two flows.

    Attributes:
        text: as written.
        kind: `period`, `population`, `rest` (all rows that are not the other side's), or a dimension.
        rows: filter on a dimension, or null.
        days: first and last day of a period, or null.
    """

    text: str
    kind: str
    rows: RowFilter | None = None
    days: tuple[date, date] | None = None

    @property
    def is_tape(self) -> bool:
        """Whether it is what everybody traded."""
        return self.kind == POPULATION

    def passes(self, rows: pl.DataFrame, other: Side) -> pl.Expr:
        """Whether a measured row is on this side.

        Raises:
            UsageError: the rows have no such dimension.
        """
        if self.kind == REST:
            return ~other.passes(rows, other)
        if self.days is not None:
            return pl.col("trading_day").is_between(*self.days)
        if self.rows is None:
            return pl.lit(value=True)
        if self.rows.column not in rows.columns:
            message = f"expected a dimension that this metric's rows have, found {self.rows.column!r}"
            raise UsageError(message, where="--subject, --against")
        return self.rows.expression(rows.schema[self.rows.column]).fill_null(value=False)


def side_of(text: str, option: str) -> Side:
    """The side that a text names.

    Raises:
        UsageError: it names none.
    """
    name, equals, value = text.partition("=")
    name = name.strip()
    if text.strip() == REST:
        return Side(text=REST, kind=REST)
    if not equals or not value:
        message = f"expected {FORMS}; found {text!r}"
        raise UsageError(message, where=option)
    if name == PERIOD:
        return Side(text=text, kind=PERIOD, days=_period(value, option))
    if name == POPULATION:
        if value != TAPE:
            message = f"expected population=tape, found {text!r}"
            raise UsageError(message, where=option)
        return Side(text=text, kind=POPULATION)
    return Side(text=text, kind=name, rows=parse_filters([text])[0])


def _period(value: str, option: str) -> tuple[date, date]:
    first, dots, last = value.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        days = None
    if days is None or not dots or days[0] > days[1]:
        message = f"expected a period such as 2026-07-01..2026-08-15, found {value!r}"
        raise UsageError(message, where=option)
    return days


def pair_of(subject: str, against: str) -> tuple[Side, Side]:
    """The two sides.

    Raises:
        UsageError: they are of different kinds, overlap, or the tape is the subject.
    """
    one, other = side_of(subject, "--subject"), side_of(against, "--against")
    if one.is_tape or one.kind == REST:
        message = f"expected own flow as the subject, found {subject!r}"
        raise UsageError(message, where="--subject")
    if other.kind not in {one.kind, REST, POPULATION}:
        message = f"expected both sides by the same dimension, found {subject!r} and {against!r}"
        raise UsageError(message, where="--subject, --against")
    if _overlap(one, other):
        message = f"expected two flows that share no order, found {subject!r} and {against!r}"
        raise UsageError(message, where="--subject, --against")
    return one, other


def _overlap(one: Side, other: Side) -> bool:
    if one.days is not None and other.days is not None:
        return one.days[0] <= other.days[1] and other.days[0] <= one.days[1]
    if one.rows is None or other.rows is None:
        return False
    return _values(one.rows) & _values(other.rows) != set() or one.rows.operator != "=" or other.rows.operator != "="


def _values(rows: RowFilter) -> set[str]:
    return set(rows.values)


def within(ground: Ground, sides: Sequence[Side]) -> Ground:
    """The ground cut to the days that the sides speak of.

    Raises:
        UsageError: none of these days has own flow.
    """
    days = tuple(days_asked(sides, ground.days))
    if not days:
        message = f"expected days with own flow within {' and '.join(side.text for side in sides)}, found none"
        raise UsageError(message, where="--subject, --against")
    return replace(ground, days=days)


def days_asked(sides: Sequence[Side], days: Sequence[date]) -> list[date]:
    """The days that the sides speak of: those of the periods, or all."""
    spans = [side.days for side in sides if side.days is not None]
    return [day for day in days if not spans or any(first <= day <= last for first, last in spans)]
