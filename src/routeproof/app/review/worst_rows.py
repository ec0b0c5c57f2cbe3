"""The executions that cost customers most against the quote at their reference moment."""

from __future__ import annotations

import polars as pl

KEPT = 10
_WIDE = pl.Int128()


def meets_the_market() -> pl.Expr:
    """Executions of market and marketable-or-better limit orders, outside halts: what a receipt quote can judge."""
    return pl.col("order_group").is_in(["market", "limit"]) & (pl.col("halted") == "no")


def worst_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The ten worst executions of orders that met the market, per provider, by dollars outside the quote.

    Cost is q s (P - F), positive when worse than the touch; midpoint-or-better executions never qualify.
    """
    if not rows.width:
        return rows
    rows = rows.filter(meets_the_market())
    shortfall = pl.col("sign") * (pl.col("price") - pl.col("far_touch"))
    costly = rows.with_columns(
        shortfall.alias("cost_per_share"), (shortfall.cast(_WIDE) * pl.col("quantity").cast(_WIDE)).alias("cost_e18")
    ).filter(pl.col("cost_e18") > 0)
    return (
        costly.sort("provider", "cost_e18", "execution_id", descending=[False, True, False])
        .group_by("provider", maintain_order=True)
        .head(KEPT)
    )
