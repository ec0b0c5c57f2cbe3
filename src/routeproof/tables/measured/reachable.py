"""What shares would have cost at the prices that were displayed: each route walks its books, cheapest share first.

All of it is exact: costs are integers of 5e-19 dollars (twice 1e-18, so that a midpoint is whole), summed in 128 bits.
"""

from __future__ import annotations

import polars as pl

WIDE = pl.Int128()
COST_UNITS_PER_USD = 2 * 10**18


def walked(routes: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Each route's shares taken from its levels, the cheapest all-in first.

    Args:
        routes: `route_id, ladder` (which levels it meets), `sign` (+1 buys), `begin` (shares of its ladder that
            siblings took before it), `shares`, `limit_price` (null = none).
        levels: `ladder, name, price2` (twice the price), `size` (shares on it), `net_fee` (fee less rebate of a share).

    Returns:
        One row per route in their order: `route_id, cost` (sign x price + net fee, times shares), `taken`, `deepest2`
        (twice the worst price that it or a sibling before it walked to; null if none). What is not taken, the levels
        do not hold.
    """
    sign = pl.col("sign")
    allowed = pl.col("limit_price").is_null() | (sign * pl.col("price2") <= sign * 2 * pl.col("limit_price"))
    met = routes.join(levels, on="ladder").filter(allowed)
    rate = pl.col("sign") * pl.col("price2") + 2 * pl.col("net_fee")
    upto = pl.col("size").cum_sum().over("route_id")
    overlap = pl.min_horizontal("upto", pl.col("begin") + pl.col("shares")) - pl.max_horizontal(
        pl.col("upto") - pl.col("size"), "begin"
    )
    reached = (
        met.with_columns(rate.alias("rate"))
        .sort("route_id", "rate", "name", "price2", "size")
        .with_columns(upto.alias("upto"))
        .with_columns(overlap.clip(lower_bound=0).alias("share"))
        .filter(pl.col("size") > 0, pl.col("upto") - pl.col("size") < pl.col("begin") + pl.col("shares"))
    )
    sums = reached.group_by("route_id").agg(
        (pl.col("rate").cast(WIDE) * pl.col("share").cast(WIDE)).sum().alias("cost"),
        pl.col("share").sum().alias("taken"),
        (pl.col("sign") * pl.col("price2")).max().alias("deepest2"),
        pl.col("sign").first().alias("_sign"),
    )
    worst = sums.select("route_id", "cost", "taken", pl.col("deepest2") * pl.col("_sign"))
    return (
        routes.select("route_id")
        .join(worst, on="route_id", how="left", maintain_order="left")
        .with_columns(pl.col("cost").fill_null(0), pl.col("taken").fill_null(0))
    )


def beyond(price2: pl.Expr, net_fee: pl.Expr) -> pl.Expr:
    """Cost of the shares that no level held, at a price and a fee, beside `sign, shares, taken`."""
    missing = (pl.col("shares") - pl.col("taken")).cast(WIDE)
    return missing * (pl.col("sign") * price2 + 2 * net_fee).cast(WIDE)


def siblings(routes: pl.DataFrame, apart_ns: int) -> pl.DataFrame:
    """Routes of one order sent close together as one ladder, so that no displayed share is counted twice.

    Args:
        routes: `route_id, order_id, version, sent_at, shares`.
        apart_ns: a route sent later than this after the one before it meets a new ladder.

    Returns:
        The rows by order and time with `ladder` (number), `met_at` (first send of the ladder) and `begin` (shares of
        the siblings before it).
    """
    keys = ["order_id", "version"]
    ordered = routes.sort(*keys, "sent_at", "route_id")
    gap = pl.col("sent_at") - pl.col("sent_at").shift(1).over(keys)
    new = gap.is_null() | (gap > apart_ns)
    return ordered.with_columns(new.cum_sum().cast(pl.Int64).alias("ladder")).with_columns(
        pl.col("sent_at").min().over("ladder").alias("met_at"),
        (pl.col("shares").cum_sum() - pl.col("shares")).over("ladder").alias("begin"),
    )
