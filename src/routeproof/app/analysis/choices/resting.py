"""Orders that wait to be met, by the venue they are sent to first, in the shape in which choices are judged.

What such an order costs is what stays unfilled, and what it gets soon. So the sums of `choice_cells` are read thus:
cost is the shares that were not filled, its base the shares that were ordered, and the share "filled" is that of orders
which had a first fill soon. Alike are orders of one class in one spread, with the limit as far from the best price.
"""

from __future__ import annotations

import polars as pl

from routeproof.app.analysis.choices.cells import KEYS, SUMS
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

WIDE = pl.Int128()
TWICE = 2
INSIDE, AT, NEAR, AWAY, UNKNOWN = (
    "inside the spread", "at the best price", "within a spread of it", "further away", "limit unknown",
)  # fmt: skip
ONE_CENT_PER_SHARE = SCALE // 50
"""Twice a half spread of one cent: a cost that is a share of the order is no price, and is left as it is."""


def rest_state() -> pl.Expr:
    """How far a route's limit is from the best price of its own side when it was sent.

    From `side, limit_price, sent_bid, sent_ask` and `half_spread`, the whole spread, null without a usable quote.
    """
    buys = pl.col("side") == "buy"
    ahead = (
        pl.when(buys)
        .then(pl.col("limit_price") - pl.col("sent_bid"))
        .otherwise(pl.col("sent_ask") - pl.col("limit_price"))
    )
    return (
        pl.when(ahead.is_null() | pl.col("half_spread").is_null())
        .then(pl.lit(UNKNOWN))
        .when(ahead > 0)
        .then(pl.lit(INSIDE))
        .when(ahead == 0)
        .then(pl.lit(AT))
        .when(-ahead <= pl.col("half_spread"))
        .then(pl.lit(NEAR))
        .otherwise(pl.lit(AWAY))
        .alias("rest_state")
    )


def resting_cells(rows: pl.DataFrame, rest_ms: int) -> pl.DataFrame:
    """One row per `cells.KEYS` of orders that rest; `displayed_state` holds the state of `rest_state`.

    Args:
        rows: `venue_routes.DayRoutes.rows` of the classes that rest, one day or several.
        rest_ms: a first fill within so long after the first route is soon.

    Returns:
        `cells.SUMS`, of which `cost2` is what stayed unfilled and `spread_shares` what was ordered (2e-18 shares),
        `executed` the orders with a first fill soon and `ordered` the orders (1e-9); `spreads` stands for one cent.
    """
    first = pl.col("sent_at").first()
    of_order = (
        rows.filter(pl.col("first_half_spread").is_not_null() & (pl.col("rest_state") != UNKNOWN))
        .with_columns(pl.col("rest_state").alias("displayed_state"))
        .sort("order_id", "version", "rank")
        .group_by("order_id", "version", maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in KEYS),
            pl.col("net_rate").first(),
            pl.col("order_quantity").first(),
            pl.col("executed").sum(),
            pl.col("net_payment").sum(),
            (pl.col("first_fill_at").min() - first <= rest_ms * NS_PER_MS).fill_null(value=False).alias("is_soon"),
        )
    )
    fixed = TWICE * SCALE
    missing = (pl.col("order_quantity") - pl.col("executed")).clip(lower_bound=0).cast(WIDE)
    return (
        of_order.group_by(KEYS)
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            (pl.len().cast(pl.Int64) * SCALE).alias("ordered"),
            (pl.col("is_soon").sum().cast(pl.Int64) * SCALE).alias("executed"),
            (missing.sum() * fixed).alias("cost2"),
            (pl.col("order_quantity").cast(WIDE).sum() * fixed).alias("spread_shares"),
            (pl.len().cast(pl.Int64) * ONE_CENT_PER_SHARE).alias("spreads"),
            pl.col("net_payment").sum(),
            pl.col("net_rate").first(),
            pl.col("order_quantity").max().alias("largest"),
        )
        .select(*KEYS, *SUMS)
        .sort(KEYS)
    )
