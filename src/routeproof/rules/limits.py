"""Thresholds as columns: what policy says for the scope that a row falls in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits


def limit(limits: Limits, key: str) -> pl.Expr:
    """The value of a threshold for each row: that of the last scope it falls in, else the general one.

    The judged frame has the columns of the rule's scope; a row where such a column is null falls in no scope of it.
    """
    found = pl.lit(limits.value(key))
    for item in limits.scoped:
        if key in item.values:
            inside = pl.all_horizontal(pl.col(name).cast(pl.String) == at for name, at in item.where.items())
            found = pl.when(inside.fill_null(value=False)).then(pl.lit(item.values[key])).otherwise(found)
    return found
