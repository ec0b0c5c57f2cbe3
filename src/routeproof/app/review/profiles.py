"""Profiles of a provider's quarter: time of day, size, markouts, fill-time quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from routeproof.app.review.quarter import Quarter

_GROUP_WORDS = {"market": "market orders", "limit": "limit orders"}


def time_of_day(quarter: Quarter, provider: str) -> pl.DataFrame:
    """`bucket, executed_shares, executions, e_over_q`, in clock order."""
    own = quarter.tables["time_of_day"].filter((pl.col("provider") == provider) & (pl.col("executions") > 0))
    return own.sort("time_of_day").select(
        pl.col("time_of_day").alias("bucket"), "executed_shares", "executions", "e_over_q"
    )


def sizes(quarter: Quarter, provider: str) -> pl.DataFrame:
    """`bucket, executed_shares, executions, price_improvement_usd_per_share`, smallest first."""
    own = quarter.tables["size"].filter(
        (pl.col("provider") == provider) & (pl.col("executions") > 0) & pl.col("size_bucket").is_not_null()
    )
    lower = pl.col("size_bucket").str.extract(r"(\d+)").cast(pl.Int64)
    in_dollars = pl.col("size_bucket").str.contains("$", literal=True)
    below = pl.col("size_bucket").str.starts_with("below")
    return own.sort(in_dollars, lower, ~below).select(
        pl.col("size_bucket").alias("bucket"), "executed_shares", "executions", "price_improvement_usd_per_share"
    )


def markouts(quarter: Quarter, provider: str) -> pl.DataFrame:
    """`group, horizon_s, markout_bps, n` of market and limit orders."""
    own = _groups(quarter, provider)
    parts = [
        own.select(
            "group",
            pl.lit(horizon_ns / 1e9).alias("horizon_s"),
            pl.col(f"markout_bps_{name}").alias("markout_bps"),
            pl.col("executions").alias("n"),
        )
        for name, horizon_ns in HORIZONS_NS.items()
    ]
    return pl.concat(parts).sort("group", "horizon_s")


def fill_quantiles(quarter: Quarter, provider: str) -> pl.DataFrame:
    """`group, n, p50_ms, p95_ms, p99_ms` of market and limit orders."""
    return (
        _groups(quarter, provider)
        .sort("group")
        .select(
            "group",
            pl.col("executions").alias("n"),
            *(pl.col(f"time_to_execution_ms_{name}").alias(f"{name}_ms") for name in ("p50", "p95", "p99")),
        )
    )


def _groups(quarter: Quarter, provider: str) -> pl.DataFrame:
    table = quarter.tables["group"]
    own = table.filter((pl.col("provider") == provider) & pl.col("order_group").is_in(list(_GROUP_WORDS)))
    return own.with_columns(pl.col("order_group").replace(_GROUP_WORDS).alias("group"))
