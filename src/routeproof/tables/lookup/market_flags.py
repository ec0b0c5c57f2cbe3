"""Flags of an order version from the market's status at its receipt: halted, short-sale restricted."""

from __future__ import annotations

import polars as pl

FLAGS = {"halted": ("halt", "luld_pause"), "short_sale_restricted": ("short_sale_restriction",)}
"""Flag -> kinds of `market_status` that set it."""


def with_market_flags(versions: pl.DataFrame, status: pl.DataFrame) -> pl.DataFrame:
    """Versions with `halted` and `short_sale_restricted`, each `yes` or `no`.

    Args:
        versions: with `order_id, version, symbol, clock_at`.
        status: canonical `market_status`; an interval takes in its begin and not its end, and no end means open.

    A day whose status was never delivered has no flags set: a halt that nobody reported shows as missing quotes.
    """
    if status.is_empty():
        return versions.with_columns(pl.lit("no").alias(name) for name in FLAGS)
    keys = ["order_id", "version"]
    inside = (
        versions.select(*keys, "symbol", "clock_at")
        .join(status.select("symbol", "from_at", "to_at", "kind"), on="symbol")
        .filter(
            (pl.col("clock_at") >= pl.col("from_at"))
            & (pl.col("to_at").is_null() | (pl.col("clock_at") < pl.col("to_at")))
        )
    )
    flagged = versions
    for name, kinds in FLAGS.items():
        hit = inside.filter(pl.col("kind").is_in(kinds)).select(keys).unique().with_columns(pl.lit("yes").alias(name))
        flagged = flagged.join(hit, on=keys, how="left").with_columns(pl.col(name).fill_null("no"))
    return flagged
