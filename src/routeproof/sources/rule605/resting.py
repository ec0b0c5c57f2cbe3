"""Legacy rows of resting order types: fields 18 to 26 have no meaning there, so what stands in them is no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.check import Check, Checked, number, run_checks
from routeproof.sources.rule605.problems import NOT_EMPTY
from routeproof.tables.rule605.legacy import LEGACY, OF_TRADED_AT_ONCE, RESTING_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.sources.rule605.check import Row


def without_resting_statistics(rows: pl.DataFrame) -> Checked:
    """Rows whose fields 18 to 26 are null for resting types.

    Some reporters write zeros there: they say nothing, and taken as spreads of zero they would flatter whoever does.
    What is not zero is set aside and told.
    """
    rests = pl.col("order_type").is_in(RESTING_TYPES)
    states = pl.any_horizontal(pl.col(name).is_not_null() for name in OF_TRADED_AT_ONCE)
    if not rows.select((rests & states).any()).item():
        return Checked(rows, [])
    checks = [
        Check(NOT_EMPTY, name, "set_aside", rests & (pl.col(name) != 0), _says(name)) for name in OF_TRADED_AT_ONCE
    ]
    told = run_checks(rows, checks, LEGACY)
    return Checked(
        told.rows.with_columns(pl.when(~rests).then(pl.col(name)).alias(name) for name in OF_TRADED_AT_ONCE),
        told.remarks,
    )


def _says(name: str) -> Callable[[Row], str]:
    place = LEGACY.named(name)
    return lambda row: (
        f"expected nothing in {place} for order type {row['order_type']}, found {number(row, name, LEGACY)}"
    )
