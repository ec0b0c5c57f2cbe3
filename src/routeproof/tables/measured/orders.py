"""What became of each parent order: filled, cancelled, how fast, at what shortfall."""

from __future__ import annotations

import polars as pl

from routeproof.tables.measured.rows import calendar_dimensions, side_sign
from routeproof.tables.session_clock import day_of
from routeproof.vocab.fixed import SCALE

DIMENSIONS = (
    "symbol",
    "side",
    "provider",
    "order_type",
    "order_class",
    "order_group",
    "lot",
    "size_bucket",
    "tif",
    "session",
    "beyond_displayed",
    "halted",
    "short_sale_restricted",
    "received_at",
    "trading_day",
)
OF_FILLS = ("order_id", "execution_id", "executed_at", "quantity", "price", "fee", "time_to_execution_ns")
"""Columns of executions that are read."""

_WIDE = pl.Int128()


def measured_orders(versions: pl.DataFrame, executions: pl.DataFrame) -> pl.DataFrame:
    """The order frame that metrics read: one row per parent order.

    Args:
        versions: measured versions of the orders, all versions of each; class and quantity are the last accepted one's.
        executions: joined executions of the orders, on whatever day; only `OF_FILLS` of them are read.

    Returns:
        `order_id`, dimensions, shares `quantity, executed, cancelled, cancelled_before_executable`, flags (0/1)
        `accepted, filled, executable_limit, never_executable, missed_auction`, durations `first_fill_ns, last_fill_ns`,
        and `shortfall_e18x2, paper_e18x2` in twice 1e-18 dollars.
    """
    last = versions.filter("is_last")
    cancelled = versions.group_by("order_id").agg(pl.col("cancelled_quantity").sum().alias("cancelled"))
    joined = (
        last.join(cancelled, on="order_id", how="left")
        .join(_fills(executions), on="order_id", how="left")
        .with_columns(
            day_of(pl.col("received_at")).alias("trading_day"),
            pl.col("executed").fill_null(0),
        )
        .with_columns(
            side_sign().alias("sign"),
            *calendar_dimensions("received_at"),
        )
    )
    too_early = pl.col("cancelled_by_customer") & (
        pl.col("executable_at").is_null() | (pl.col("cancelled_at") < pl.col("executable_at"))
    )
    is_limit = ~pl.col("refused") & (pl.col("order_class") == "non_marketable")
    is_never = ~pl.col("refused") & (pl.col("order_class") == "never_executable")
    flags = {
        "accepted": ~pl.col("refused"),
        "filled": pl.col("executed") > 0,
        "executable_limit": is_limit,
        "never_executable": is_never,
        "missed_auction": pl.col("order_class").is_in(["on_open", "on_close"]) & (pl.col("executed") == 0),
    }
    return joined.with_columns(
        pl.when(too_early).then("cancelled_quantity").otherwise(0).alias("cancelled_before_executable"),
        *(flag.cast(pl.Int64).alias(name) for name, flag in flags.items()),
        *_shortfall(),
    ).select(
        "order_id",
        *DIMENSIONS,
        "day",
        "month",
        "quarter",
        "time_of_day",
        "quantity",
        "executed",
        "cancelled",
        "cancelled_before_executable",
        *flags,
        "first_fill_ns",
        "last_fill_ns",
        "shortfall_e18x2",
        "paper_e18x2",
    )


def _fills(executions: pl.DataFrame) -> pl.DataFrame:
    known = executions.select(OF_FILLS).filter(pl.col("order_id").is_not_null()).sort("executed_at")
    if known.select(pl.struct("order_id", "executed_at").is_duplicated().any()).item():  # then their names decide
        known = known.sort("executed_at", "execution_id")
    return known.group_by("order_id").agg(
        pl.col("quantity").sum().alias("executed"),
        pl.col("time_to_execution_ns").first().alias("first_fill_ns"),
        pl.col("time_to_execution_ns").last().alias("last_fill_ns"),
        (pl.col("quantity").cast(_WIDE) * pl.col("price").cast(_WIDE)).sum().alias("paid_e18"),
        pl.col("fee").sum().alias("fees"),
    )


def _shortfall() -> list[pl.Expr]:
    """Implementation shortfall and its paper value, both times 2e18, so that midpoints stay whole numbers."""
    quantity, executed = pl.col("quantity").cast(_WIDE), pl.col("executed").cast(_WIDE)
    decision, end = pl.col("decision_mid2").cast(_WIDE), pl.col("end_mid2").cast(_WIDE)
    sign = pl.col("sign").cast(_WIDE)
    missed = (
        pl.when(executed >= quantity).then(pl.lit(0, dtype=_WIDE)).otherwise((quantity - executed) * (end - decision))
    )
    paid = 2 * pl.col("paid_e18").fill_null(0) - executed * decision
    fees = 2 * SCALE * pl.col("fees").fill_null(0).cast(_WIDE)
    shortfall = sign * (paid + missed) + fees
    accepted = ~pl.col("refused")
    return [
        pl.when(accepted).then(shortfall).alias("shortfall_e18x2"),
        pl.when(accepted & shortfall.is_not_null()).then(quantity * decision).alias("paper_e18x2"),
    ]
