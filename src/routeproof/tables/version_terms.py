"""One row per order version: its terms, when it took effect and when it ended."""

from __future__ import annotations

import polars as pl

from routeproof.vocab.words import OPENING_EVENTS

ENDING_EVENTS = ("cancel", "expire", "done", "reject")
KEY = ["order_id", "version"]

_ORDER_COLUMNS = (
    "order_id",
    "provider_id",
    "symbol",
    "side",
    "held",
    "directed",
    "multileg_id",
    "decided_at",
    "received_at",
    "refused",
)
_TERM_COLUMNS = (
    "order_id",
    "version",
    "effective_at",
    "quantity",
    "order_type",
    "limit_price",
    "stop_price",
    "time_in_force",
    "instructions",
)


def version_terms(orders: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Terms in force, one row per (order_id, version).

    Args:
        orders: canonical `parent_orders`.
        versions: canonical `order_versions`.

    Returns:
        Order and version columns plus `clock_at` (receipt of the order for its first version, else the moment the
        replace took effect), `ends_at` (the next version's begin, or the first ending event; null while open),
        `triggered_at`, `cancelled_quantity` and `is_last` (the last accepted version).
    """
    opening = (
        versions.filter(pl.col("event").is_in(OPENING_EVENTS))
        .sort("order_id", "version", "effective_at", maintain_order=True)
        .unique(KEY, keep="last", maintain_order=True)
        .select(_TERM_COLUMNS)
    )
    ended = (
        versions.filter(pl.col("event").is_in(ENDING_EVENTS))
        .group_by(KEY)
        .agg(pl.col("effective_at").min().alias("ended_at"))
    )
    cancelled = (
        versions.filter(pl.col("event") == "cancel")
        .group_by(KEY)
        .agg(
            pl.col("quantity").sum().alias("cancelled_quantity"),
            pl.col("effective_at").min().alias("cancelled_at"),
            pl.col("requested_by").is_in(["customer", ""]).any().alias("cancelled_by_customer"),
        )
    )
    triggered = (
        versions.filter(pl.col("event") == "trigger")
        .group_by(KEY)
        .agg(pl.col("effective_at").min().alias("triggered_at"))
    )
    first = pl.col("version") == pl.col("version").min().over("order_id")
    return (
        opening.join(orders.select(_ORDER_COLUMNS), on="order_id", how="inner")
        .join(ended, on=KEY, how="left")
        .join(cancelled, on=KEY, how="left")
        .join(triggered, on=KEY, how="left")
        .sort(KEY)
        .with_columns(
            pl.when(first).then("received_at").otherwise("effective_at").alias("clock_at"),
            pl.min_horizontal("ended_at", pl.col("effective_at").shift(-1).over("order_id")).alias("ends_at"),
            (pl.col("version") == pl.col("version").max().over("order_id")).alias("is_last"),
            pl.col("cancelled_quantity").fill_null(0),
            pl.col("cancelled_by_customer").fill_null(value=False),
        )
        .drop("ended_at")
    )
