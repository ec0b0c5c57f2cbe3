"""Checks that need a whole row: what no honest file has, per table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

POSITIVE_COLUMNS = {
    "trades": ("price", "quantity"),
    "executions": ("price", "quantity"),
    "routes": ("quantity",),
    "parent_orders": ("quantity",),
}
"""Columns where zero says nothing that could have happened."""

NEGATIVE_REASON = {"price": "negative_price", "quantity": "negative_size"}
ZERO_REASON = {"price": "zero_price", "quantity": "zero_size"}

PERIODS = {"market_status": (("from_at", "to_at"),)}
"""Columns where a thing begins and ends; without an end it goes on."""

REVERSED_REASON = "end_before_begin"


def normalised(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Table conventions applied: a quote side of zero is no side, and a missing side has no size and no venue."""
    if table != "quotes":
        return frame
    present = set(frame.columns)
    for side in ("bid", "ask"):
        if side not in present:
            continue
        price = pl.when(pl.col(side) != 0).then(pl.col(side))
        of_side = [name for name in (f"{side}_size", f"{side}_venue") if name in present]
        frame = frame.with_columns(
            price.alias(side), *(pl.when(price.is_not_null()).then(pl.col(name)).alias(name) for name in of_side)
        )
    return frame


def row_problem(table: str, present: Sequence[str]) -> pl.Expr:
    """Reason word of the first thing that is wrong with a row whose fields could be read, else null."""
    columns = {column.name: column for column in TABLES[table].columns if column.name in present}
    if table == "parent_orders" and "quantity" in present:
        columns["quantity"] = TABLES["order_versions"].column("quantity")
    problems: list[pl.Expr] = [
        pl.when(pl.col(name) < 0).then(pl.lit(NEGATIVE_REASON[column.kind]))
        for name, column in columns.items()
        if column.kind in NEGATIVE_REASON
    ]
    problems += [
        pl.when(pl.col(name) == 0).then(pl.lit(ZERO_REASON[columns[name].kind]))
        for name in POSITIVE_COLUMNS.get(table, ())
        if name in columns
    ]
    problems += [
        pl.when(pl.col(end) < pl.col(begin)).then(pl.lit(REVERSED_REASON))
        for begin, end in PERIODS.get(table, ())
        if begin in columns and end in columns
    ]
    problems += _without_day(table, present)
    return pl.coalesce(*problems) if problems else pl.lit(None, dtype=pl.String)


def _without_day(table: str, present: Sequence[str]) -> list[pl.Expr]:
    """The check of tables whose rows may state their day or their instant: one of the two has to be there."""
    known = TABLES[table]
    if known.day_of is None or known.column(known.day_of).required:
        return []
    stated = [pl.col(name).is_not_null() for name in ("trading_day", known.day_of) if name in present]
    return [pl.when(~pl.any_horizontal(*stated) if stated else pl.lit(True)).then(pl.lit("missing_value"))]
