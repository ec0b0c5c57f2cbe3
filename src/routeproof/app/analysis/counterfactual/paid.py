"""What the day's marketable routes paid: shares filled soon after sending, prices, fees less rebates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.measured.reachable import WIDE
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.quote_status import OK
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from datetime import date

MARKETABLE = ("market", "market_ioc", "marketable_limit", "marketable_limit_ioc")
KEPT = (
    "route_id", "order_id", "version", "provider", "order_class", "venue", "symbol", "sign", "sent_at", "quarter",
    "limit_price",
)  # fmt: skip


def marketable_routes(routes: pl.DataFrame, day: date) -> pl.DataFrame:
    """Routes of orders that met the market, which the best quote met when they were sent.

    Args:
        routes: last routes to venues of one day with their order's `provider` and `order_class`, and `sent_bid,
            sent_ask, sent_status` as looked up.
        day: of the routes.

    Returns:
        `KEPT` and `usable` (whether there was a two-sided quote); a route whose limit the quote did not meet is none.
    """
    sign = pl.when(pl.col("side") == "buy").then(1).otherwise(-1).cast(pl.Int64)
    touch = pl.when(pl.col("side") == "buy").then("sent_ask").otherwise("sent_bid")
    limit = pl.col("limit_price")
    meets = (pl.col("order_type") == "market") | ((pl.col("order_type") == "limit") & (sign * limit >= sign * touch))
    usable = pl.col("sent_status") == OK
    kept = routes.filter(
        pl.col("order_class").is_in(MARKETABLE), pl.col("intent").fill_null("") != "post", meets | ~usable
    )
    return kept.with_columns(
        sign.alias("sign"), usable.alias("usable"), pl.lit(f"{day.year}Q{(day.month + 2) // 3}").alias("quarter")
    ).select(*KEPT, "usable")


def with_paid(routes: pl.DataFrame, fills: pl.DataFrame, fees: pl.DataFrame, window_ms: int) -> pl.DataFrame:
    """Routes that were filled within the window, with what they paid.

    Args:
        routes: `KEPT`.
        fills: standing executions with `route_id, executed_at, price, quantity, venue, liquidity, fee, rebate`.
        fees: `venue, liquidity, net_fee` of a share in force on the day.
        window_ms: fills later than this after sending are left out.

    Returns:
        The routes plus `shares`, `paid` (5e-19 dollars: price and net fee), `worst2` (twice the worst price paid) and
        `unknown_fee` (shares whose fee nobody tells: it is not in `paid`).
    """
    schedule = fees.select("venue", "liquidity", "net_fee")
    near = (
        fills.select("route_id", "executed_at", "price", "quantity", "venue", "liquidity", "fee", "rebate")
        .join(routes.select("route_id", "sign", "sent_at"), on="route_id", how="inner")
        .filter(pl.col("executed_at") <= pl.col("sent_at") + window_ms * NS_PER_MS)
        .join(schedule, on=["venue", "liquidity"], how="left")
    )
    own = pl.col("fee").is_not_null() | pl.col("rebate").is_not_null()
    own_e18 = (pl.col("fee").fill_null(0) - pl.col("rebate").fill_null(0)).cast(WIDE) * SCALE
    quantity = pl.col("quantity").cast(WIDE)
    charged = pl.when(own).then(own_e18).otherwise(pl.col("net_fee").fill_null(0).cast(WIDE) * quantity)
    cost = 2 * (pl.col("sign").cast(WIDE) * pl.col("price").cast(WIDE) * quantity + charged)
    unknown = pl.when(~own & pl.col("net_fee").is_null()).then("quantity").otherwise(0)
    sums = (
        near.with_columns(cost.alias("cost"), unknown.alias("unknown"))
        .group_by("route_id")
        .agg(
            pl.col("quantity").sum().alias("shares"),
            pl.col("cost").sum().alias("paid"),
            (2 * pl.col("sign") * pl.col("price")).max().alias("worst"),
            pl.col("unknown").sum().alias("unknown_fee"),
        )
    )
    joined = routes.join(sums, on="route_id", how="inner", maintain_order="left")
    return joined.with_columns((pl.col("worst") * pl.col("sign")).alias("worst2")).drop("worst")


def fees_on(schedules: pl.DataFrame) -> pl.DataFrame:
    """`venue, liquidity, net_fee` (fee less rebate of a share, 1e-9 dollars): the latest of each venue's schedules."""
    latest = schedules.sort("venue", "liquidity", "valid_from").unique(
        ["venue", "liquidity"], keep="last", maintain_order=True
    )
    net = pl.col("fee_usd_per_share") - pl.col("rebate_usd_per_share")
    return latest.select("venue", "liquidity", net.alias("net_fee"))
