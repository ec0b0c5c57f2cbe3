"""Orders by the venue that was tried first, counted by day and situation: what choices are judged by."""

from __future__ import annotations

import polars as pl

WIDE = pl.Int128()
SITUATION = ("provider", "order_class", "order_group", "spread_state", "displayed_state", "shown_venue")
KEYS = ("trading_day", *SITUATION, "venue")
SUMS = ("n", "ordered", "executed", "cost2", "spread_shares", "spreads", "net_payment", "net_rate", "largest")


def choice_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per `KEYS` of order versions whose first route met a usable quote.

    Args:
        rows: `venue_routes.DayRoutes.rows`, one day or several.

    Returns:
        `n` orders; `ordered`, `executed` shares (1e-9) of all their routes; `cost2` and `spread_shares`, twice the
        effective cost and twice the half spread of the executed shares (1e-18 USD, 128 bits); `spreads`, sum of ask -
        bid over the orders (1e-9 USD); `net_payment` (1e-18 USD); `net_rate` of the first venue (1e-9 USD a share);
        `largest`, shares of the largest order.
    """
    of_order = (
        rows.filter(pl.col("first_half_spread").is_not_null())
        .sort("order_id", "version", "rank")
        .group_by("order_id", "version", maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in KEYS),
            pl.col("net_rate").first(),
            pl.col("order_quantity").first(),
            pl.col("first_half_spread").first(),
            pl.col("executed").sum(),
            pl.col("cost2").sum(),
            pl.col("net_payment").sum(),
        )
    )
    whole = pl.col("first_half_spread").cast(WIDE)
    return (
        of_order.group_by(KEYS)
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("order_quantity").sum().alias("ordered"),
            pl.col("executed").sum(),
            pl.col("cost2").sum(),
            (whole * pl.col("executed")).sum().alias("spread_shares"),
            pl.col("first_half_spread").sum().alias("spreads"),
            pl.col("net_payment").sum(),
            pl.col("net_rate").first(),
            pl.col("order_quantity").max().alias("largest"),
        )
        .select(*KEYS, *SUMS)
        .sort(KEYS)
    )
