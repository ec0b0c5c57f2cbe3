"""One row per order version: its terms, when it took effect and when it ended."""

from __future__ import annotations

import polars as pl

from routeproof.vocab.words import LASTING, OPENING_EVENTS

ENDING_EVENTS = ("cancel", "expire", "done", "reject")
KEY = ["order_id", "version"]

ORDER_COLUMNS = (
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
TERM_COLUMNS = (
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
    opened = _sorted(versions.filter(pl.col("event").is_in(OPENING_EVENTS)))
    if "restate" in opened["event"]:  # a restatement changes terms, not the moment the version began
        opened = opened.with_columns(pl.col("effective_at").first().over(KEY))
    opening = _last_of_each(opened).select(TERM_COLUMNS)
    joined = opening.join(orders.select(ORDER_COLUMNS), on="order_id", how="inner", maintain_order="left")
    for changes in (_ended(versions), _cancelled(versions), _triggered(versions)):
        joined = _with_changes(joined, changes)
    order = pl.col("order_id")
    is_last = (order != order.shift(-1)).fill_null(value=True)
    return joined.with_columns(
        pl.when((order != order.shift()).fill_null(value=True))
        .then("received_at")
        .otherwise("effective_at")
        .alias("clock_at"),
        pl.min_horizontal("ended_at", pl.when(~is_last).then(pl.col("effective_at").shift(-1))).alias("ends_at"),
        is_last.alias("is_last"),
        pl.col("cancelled_quantity").fill_null(0),
        pl.col("cancelled_by_customer").fill_null(value=False),
    ).drop("ended_at")


def _sorted(versions: pl.DataFrame) -> pl.DataFrame:
    """Rows by order, version, instant; the lake's files are so already, and looking is cheaper than sorting."""
    order, version, at = pl.col("order_id"), pl.col("version"), pl.col("effective_at")
    same = order == order.shift()
    later = (version > version.shift()) | ((version == version.shift()) & (at >= at.shift()))
    ascending = (order > order.shift()) | (same & later)
    if versions.select(ascending.fill_null(value=True).all()).item():
        return versions
    return versions.sort(*KEY, "effective_at", maintain_order=True)


def _last_of_each(versions: pl.DataFrame) -> pl.DataFrame:
    """The last row of each run of one (order, version)."""
    changes = pl.any_horizontal(pl.col(name) != pl.col(name).shift(-1) for name in KEY)
    return versions.filter(changes.fill_null(value=True))


def _ended(versions: pl.DataFrame) -> pl.DataFrame:
    goes_on = (pl.col("event") == "done") & pl.col("time_in_force").is_in(LASTING)
    ending = versions.filter(pl.col("event").is_in(ENDING_EVENTS) & ~goes_on)
    return ending.group_by(KEY).agg(pl.col("effective_at").min().alias("ended_at"))


def _cancelled(versions: pl.DataFrame) -> pl.DataFrame:
    cancels = versions.filter(pl.col("event") == "cancel")
    return cancels.group_by(KEY).agg(
        pl.col("quantity").sum().alias("cancelled_quantity"),
        pl.col("effective_at").min().alias("cancelled_at"),
        pl.col("requested_by").is_in(["customer", ""]).any().alias("cancelled_by_customer"),
    )


def _triggered(versions: pl.DataFrame) -> pl.DataFrame:
    triggers = versions.filter(pl.col("event") == "trigger")
    return triggers.group_by(KEY).agg(pl.col("effective_at").min().alias("triggered_at"))


def _with_changes(opening: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Left join on (order, version), in order; nothing to join costs nothing."""
    if changes.is_empty():
        added = {name: dtype for name, dtype in changes.schema.items() if name not in KEY}
        return opening.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in added.items())
    return opening.join(changes, on=KEY, how="left", maintain_order="left")
