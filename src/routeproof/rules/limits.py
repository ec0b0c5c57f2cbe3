"""Thresholds as columns: what policy says for the scope that a row falls in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits, Value


def limit(limits: Limits, key: str) -> pl.Expr:
    """The value of a threshold for each row: that of the last scope it falls in, else the general one.

    The judged frame has the columns of the rule's scope; a row where such a column is null falls in no scope of it.
    """
    found = _literal(limits.value(key))
    for item in limits.scoped:
        if key in item.values:
            inside = pl.all_horizontal(pl.col(name).cast(pl.String) == at for name, at in item.where.items())
            found = pl.when(inside.fill_null(value=False)).then(_literal(item.values[key])).otherwise(found)
    return found


def _literal(value: Value) -> pl.Expr:
    """A threshold as a column; whole numbers are wide, since milliseconds become nanoseconds."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return pl.lit(value, dtype=pl.Int64) if is_whole else pl.lit(value)
