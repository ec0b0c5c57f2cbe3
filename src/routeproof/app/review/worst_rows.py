"""The executions that cost customers most against the quote at their reference moment."""

from __future__ import annotations

import polars as pl

KEPT = 10
_WIDE = pl.Int128()


def worst_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The ten worst executions per provider by dollars outside the quote; ties by identity.

    Cost is q s (P - F), positive when worse than the touch; midpoint-or-better executions never qualify.
    """
    if not rows.width:
        return rows
    shortfall = pl.col("sign") * (pl.col("price") - pl.col("far_touch"))
    costly = rows.with_columns(
        shortfall.alias("cost_per_share"), (shortfall.cast(_WIDE) * pl.col("quantity").cast(_WIDE)).alias("cost_e18")
    ).filter(pl.col("cost_e18") > 0)
    return (
        costly.sort("provider", "cost_e18", "execution_id", descending=[False, True, False])
        .group_by("provider", maintain_order=True)
        .head(KEPT)
    )
