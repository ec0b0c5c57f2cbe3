"""What a check of a row is: when it fires, at which field it points, what becomes of the row, how it is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from routeproof.sources.rule605.problems import ROW, Remark, remark, shown
from routeproof.tables.rule605.layout import TOTAL_DIGITS
from routeproof.tables.rule605.remarks import QUARANTINED, REJECTED
from routeproof.vocab.fixed import SCALE_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.tables.rule605.layout import Layout

Row = Mapping[str, Any]
Outcome = Literal["reject", "set_aside", "mark"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        code: stable word.
        field: canonical column that it points at.
        outcome: `reject` the row, `set_aside` the value (it becomes null), `mark` it and keep it.
        fires: true where something is wrong; null is no.
        says: a sentence about a row on which it fires.
    """

    code: str
    field: str
    outcome: Outcome
    fires: pl.Expr
    says: Callable[[Row], str]


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows after their checks: the rejected ones gone, values set aside null."""

    rows: pl.DataFrame
    remarks: list[Remark]


def run_checks(rows: pl.DataFrame, checks: Sequence[Check], layout: Layout) -> Checked:
    """Run all checks over all rows at once; a row that several checks reject is rejected by the first of them."""
    rejected = pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    found: list[Remark] = []
    nulls: dict[str, pl.Series] = {}
    for check, fired in _fired(rows, checks):
        mask = fired & ~rejected
        found += _remarks(rows.filter(mask), check, layout)
        if check.outcome == "reject":
            rejected |= mask
        elif check.outcome == "set_aside":
            nulls[check.field] = nulls.get(check.field, mask) | mask
    aside = rows.with_columns(
        pl.when(pl.lit(mask)).then(None).otherwise(pl.col(name)).alias(name) for name, mask in nulls.items()
    )
    return Checked(aside.filter(~rejected) if rejected.any() else aside, found)


def all_remarks(rows: pl.DataFrame, checks: Sequence[Check], layout: Layout) -> list[Remark]:
    """What every check says of every row, whatever the others say of it."""
    fired = _fired(rows, checks)
    return [item for check, mask in fired for item in _remarks(rows.filter(mask), check, layout)]


def _fired(rows: pl.DataFrame, checks: Sequence[Check]) -> list[tuple[Check, pl.Series]]:
    """Checks that fire at all, with the rows on which they do; all are looked at in one pass."""
    if not checks:
        return []
    fired = rows.select(check.fires.fill_null(value=False).alias(str(at)) for at, check in enumerate(checks))
    hits = fired.select(pl.all().any()).row(0)
    return [(check, fired.get_column(str(at))) for at, (check, hit) in enumerate(zip(checks, hits, strict=True)) if hit]


def number(row: Row, column: str, layout: Layout) -> str:
    """A stored number of a row as the file would write it; `nothing` where it states none."""
    value = row[column]
    kind = next(item.kind for item in layout.fields if item.column == column)
    if value is None:
        return "nothing"
    if kind == "key":
        return str(value)
    return shown(value, {"count": 0, "total": TOTAL_DIGITS, "average": SCALE_DIGITS}[kind])


def _remarks(rows: pl.DataFrame, check: Check, layout: Layout) -> Iterator[Remark]:
    kind = REJECTED if check.outcome == "reject" else QUARANTINED
    for row in rows.iter_rows(named=True):
        stated = None if check.field == "" or row[check.field] is None else number(row, check.field, layout)
        yield remark(row[ROW], kind, check.code, check.field, check.says(row), stated=stated)
