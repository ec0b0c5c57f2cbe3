"""Orders that stand inline on executions, or one row per order, as parent orders and first versions."""

from __future__ import annotations

import polars as pl

from routeproof.tables.canonical.order_versions import ORDER_VERSIONS
from routeproof.tables.canonical.parent_orders import PARENT_ORDERS
from routeproof.tables.intake.coerce import coerce

TERMS = ("order_type", "limit_price", "stop_price", "time_in_force", "instructions")


def orders_on_executions(executions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """A plain orders frame from executions that carry `received_at`, and the executions with their order's identity.

    Returns:
        (orders with inline terms, executions), or `None` where the executions carry no order fields. Without `order_id`
        each execution is its own order. `order_quantity` is the order's size where given, else unknown.
    """
    if "received_at" not in executions.columns:
        return None
    named = _with_identities(executions)
    wanted = [name for name in (*PARENT_ORDERS.names, *TERMS) if name in named.columns and name != "trading_day"]
    size = [pl.col("order_quantity").alias("quantity")] if "order_quantity" in named.columns else []
    told = named.filter(pl.col("received_at").is_not_null(), *_not_of_another(named))
    orders = told.select(*wanted, *size).unique("order_id", keep="first", maintain_order=True)
    return orders, named


def _with_identities(executions: pl.DataFrame) -> pl.DataFrame:
    """Executions without an order are their own order's only ones."""
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    has_id = "execution_id" in executions.columns
    own = pl.format("execution-{}", pl.coalesce(pl.col("execution_id").cast(pl.String), number) if has_id else number)
    given = [pl.col("order_id").cast(pl.String)] if "order_id" in executions.columns else []
    return executions.with_columns(pl.coalesce(*given, own).alias("order_id"))


def _not_of_another(executions: pl.DataFrame) -> list[pl.Expr]:
    """A bust, or a correction of another row, brings no order of its own."""
    if "status" not in executions.columns:
        return []
    kept = [(pl.col("status") != "busted").fill_null(value=True)]
    if {"refers_to", "execution_id"} <= set(executions.columns):
        kept.append(~pl.col("refers_to").is_in(executions["execution_id"].implode()).fill_null(value=False))
    return kept


def plain_orders(orders: pl.DataFrame, *, where: str = "orders") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Canonical parent orders and their first versions from one row per order with inline terms."""
    parents = coerce(orders, PARENT_ORDERS, where=where, unknown=("side",))
    first = orders.with_columns(pl.col("received_at").alias("effective_at"), pl.lit("new").alias("event"))
    if "quantity" not in first.columns:
        first = first.with_columns(pl.lit(None, dtype=pl.Int64).alias("quantity"))
    versions = coerce(first.drop("trading_day", strict=False), ORDER_VERSIONS, where=where, unknown=("quantity",))
    return parents, versions
