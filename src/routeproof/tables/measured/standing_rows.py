"""What stands of a day's flow: busts and corrections folded, every order with terms, every fill with its order."""

from __future__ import annotations

import polars as pl

from routeproof.tables.canonical.order_versions import ORDER_VERSIONS
from routeproof.vocab.words import OPENING_EVENTS

MAX_CORRECTIONS = 8
_OF_THE_ORIGINAL = ("executed_at", "trading_day", "order_id", "route_id", "version", "side", "venue")


def standing_executions(executions: pl.DataFrame) -> pl.DataFrame:
    """Executions that stand, one row per fill.

    Args:
        executions: canonical `executions` of one day. A bust or correction speaks of the execution that it
            `refers_to`, else of the one whose identity it shares.

    Returns:
        Without busted fills. A corrected fill has the last correction's price and quantity, and keeps the original's
        identity, order, route and `executed_at`.
    """
    if executions.is_empty() or executions.select((pl.col("status") == "new").all()).item():
        return executions
    rooted = _with_root(executions)
    first = [pl.coalesce(pl.col(name).first(), pl.col(name).last()).alias(name) for name in _OF_THE_ORIGINAL]
    rest = [name for name in executions.columns if name not in {"execution_id", *_OF_THE_ORIGINAL}]
    last = [
        pl.col("status").last() if name == "status" else pl.col(name).drop_nulls().last().alias(name) for name in rest
    ]
    folded = rooted.drop("execution_id").group_by("root", maintain_order=True).agg(*first, *last)
    folded = folded.rename({"root": "execution_id"})
    return folded.filter(pl.col("status") != "busted").select(executions.columns)


def _with_root(executions: pl.DataFrame) -> pl.DataFrame:
    """Adds `root`, the execution that a chain of references ends at; sorted, originals first, then as reported."""
    known = executions.select(pl.col("execution_id").alias("target"), pl.col("refers_to").alias("next")).unique(
        "target", keep="first", maintain_order=True
    )
    moves = (pl.col("status") != "new") & pl.col("refers_to").is_in(known["target"].implode())
    rooted = executions.with_columns(pl.when(moves).then("refers_to").otherwise("execution_id").alias("root"))
    for _ in range(MAX_CORRECTIONS):
        joined = rooted.join(known, left_on="root", right_on="target", how="left", maintain_order="left")
        onward = pl.col("next").is_in(known["target"].implode()) & (pl.col("next") != pl.col("root"))
        rooted = joined.with_columns(pl.when(onward).then("next").otherwise("root").alias("root")).drop("next")
    reported = pl.coalesce("reported_at", "executed_at")
    return rooted.sort("root", pl.col("status") != "new", reported, "sequence", maintain_order=True)


def terms_of_every_order(orders: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """The versions, and a first one without terms for each order that has none: it still counts as an order.

    Args:
        orders: canonical `parent_orders`.
        versions: canonical `order_versions`.
    """
    bare = orders.join(versions.filter(pl.col("event").is_in(OPENING_EVENTS)), on="order_id", how="anti")
    if bare.is_empty():
        return versions
    first = bare.select(
        "order_id",
        "trading_day",
        pl.col("received_at").alias("effective_at"),
        pl.lit("new").alias("event"),
        pl.lit("other").alias("order_type"),
    )
    return pl.concat([versions, ORDER_VERSIONS.conform(first).select(versions.columns)])


def with_order_of_route(executions: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """Executions that name only their route, with the route's order and version."""
    lost = pl.col("order_id").is_null() & pl.col("route_id").is_not_null()
    if routes.is_empty() or not executions.select(lost.any()).item():
        return executions
    of_route = routes.select("route_id", pl.col("order_id").alias("routed_order"), pl.col("version").alias("routed"))
    joined = executions.join(
        of_route.unique("route_id", keep="first", maintain_order=True),
        on="route_id",
        how="left",
        maintain_order="left",
    )
    return joined.with_columns(
        pl.coalesce("order_id", "routed_order").alias("order_id"),
        pl.when(lost).then(pl.coalesce("version", "routed")).otherwise("version").alias("version"),
    ).drop("routed_order", "routed")
