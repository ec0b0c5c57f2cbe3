"""Profiles of a provider's quarter: time of day, size, markouts, fill-time quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.review.fill_times import GROUP_WORDS
from routeproof.app.review.intervals import rows_behind, with_intervals
from routeproof.tables.measured.order_size import bucket_order
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from routeproof.app.review.quarter import Quarter


def time_of_day(quarter: Quarter, provider: str, intervals: pl.DataFrame) -> pl.DataFrame:
    """`bucket, executed_shares, executions, e_over_q, lower, upper`, in clock order."""
    own = quarter.tables["time_of_day"].filter((pl.col("provider") == provider) & (pl.col("executions") > 0))
    return (
        with_intervals(own, intervals, provider, "time_of_day")
        .sort("time_of_day")
        .select(pl.col("time_of_day").alias("bucket"), "executed_shares", "executions", "e_over_q", "lower", "upper")
    )


def sizes(quarter: Quarter, provider: str, intervals: pl.DataFrame) -> pl.DataFrame:
    """`bucket, scheme, executed_shares, executions, price_improvement_usd_per_share, lower, upper`, smallest first.

    `scheme` says what an order's size was counted in on its day: shares under the earlier rule, dollars since.
    """
    own = quarter.tables["size"].filter(
        (pl.col("provider") == provider) & (pl.col("executions") > 0) & pl.col("size_bucket").is_not_null()
    )
    in_dollars = pl.col("size_bucket").str.contains("$", literal=True)
    return (
        with_intervals(own, intervals, provider, "size_bucket")
        .sort(bucket_order(pl.col("size_bucket")))
        .select(
            pl.col("size_bucket").alias("bucket"),
            pl.when(in_dollars).then(pl.lit("dollars")).otherwise(pl.lit("shares")).alias("scheme"),
            "executed_shares",
            "executions",
            "price_improvement_usd_per_share",
            "lower",
            "upper",
        )
    )


def markouts(quarter: Quarter, provider: str, intervals: pl.DataFrame) -> pl.DataFrame:
    """`group, horizon_s, markout_bps, lower, upper, n` of market and limit orders; n counts what a value rests on."""
    own = _groups(quarter, provider)
    parts = [
        own.select(
            "group",
            "order_group",
            pl.lit(f"markout_bps_{name}").alias("metric"),
            pl.lit(horizon_ns / 1e9).alias("horizon_s"),
            pl.col(f"markout_bps_{name}").alias("markout_bps"),
        )
        for name, horizon_ns in HORIZONS_NS.items()
    ]
    behind = rows_behind(quarter.profile_sums, provider, "order_group")
    drawn = with_intervals(pl.concat(parts), intervals, provider, "order_group")
    drawn = drawn.join(behind, on=["order_group", "metric"], how="left").with_columns(pl.col("n").fill_null(0))
    return drawn.sort("order_group", "horizon_s", descending=[True, False]).drop("order_group", "metric")


def fill_quantiles(quarter: Quarter, provider: str, beside: str = "") -> pl.DataFrame:
    """`group, n, p50_ms, p95_ms, p99_ms` of market and limit orders, the other provider's under the provider's."""
    other = _groups(quarter, beside).with_columns(
        pl.format("{} at provider {}", "group", pl.lit(beside)).alias("group")
    )
    return (
        pl.concat([_groups(quarter, provider), other])
        .sort("order_group", descending=True, maintain_order=True)
        .select(
            "group",
            pl.col("executions").alias("n"),
            *(pl.col(f"time_to_execution_ms_{name}").alias(f"{name}_ms") for name in ("p50", "p95", "p99")),
        )
    )


def _groups(quarter: Quarter, provider: str) -> pl.DataFrame:
    table = quarter.tables["group"]
    own = table.filter((pl.col("provider") == provider) & pl.col("order_group").is_in(list(GROUP_WORDS)))
    return own.with_columns(pl.col("order_group").replace(GROUP_WORDS).alias("group"))
