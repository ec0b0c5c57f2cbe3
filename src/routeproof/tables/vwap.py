"""The market's volume-weighted average price while each order lived."""

from __future__ import annotations

import numpy as np
import polars as pl

VWAP_DIGITS = 12
"""Decimals of `vwap_e12`: its rounding is far below what a basis point of any share price can show."""

_PRICE_TO_VWAP = 10 ** (VWAP_DIGITS - 9)


def with_interval_vwap(rows: pl.DataFrame, trades: pl.DataFrame) -> pl.DataFrame:
    """Measured executions with `vwap_e12` (Int128, 1e-12 dollars) of their order's life on this day.

    Args:
        rows: measured executions of one day with `order_id, symbol, received_at, executed_at`.
        trades: canonical trades of the day; only eligible prints count.

    Returns:
        VWAP of prints from the order's receipt to its last fill, both ends included, rounded half-even; null without
        prints or without a receipt.
    """
    lives = (
        rows.filter(pl.col("order_id").is_not_null() & pl.col("received_at").is_not_null())
        .group_by("order_id")
        .agg(pl.col("symbol").first(), pl.col("received_at").min(), pl.col("executed_at").max())
    )
    prints = trades.filter("eligible")
    if lives.is_empty() or prints.is_empty():
        return rows.with_columns(pl.lit(None, dtype=pl.Int128).alias("vwap_e12"))
    values = [
        _interval_vwap(group, prints.filter(pl.col("symbol") == symbol))
        for (symbol,), group in lives.group_by("symbol", maintain_order=True)
    ]
    return rows.join(pl.concat(values), on="order_id", how="left", maintain_order="left")


def _interval_vwap(lives: pl.DataFrame, prints: pl.DataFrame) -> pl.DataFrame:
    """`order_id, vwap_e12` from running sums over one symbol's prints."""
    wide = pl.Int128()
    ordered = prints.sort("at").with_columns(
        (pl.col("price").cast(wide) * pl.col("quantity").cast(wide)).cum_sum().alias("dollars"),
        pl.col("quantity").cast(wide).cum_sum().alias("shares"),
    )
    at = ordered["at"].to_numpy()
    nothing = pl.DataFrame({"dollars": [0], "shares": [0]}, schema={"dollars": wide, "shares": wide})
    running = pl.concat([nothing, ordered.select("dollars", "shares")])
    begin = np.searchsorted(at, lives["received_at"].to_numpy(), side="left")
    end = np.searchsorted(at, lives["executed_at"].to_numpy(), side="right")
    upper, lower = running[end], running[np.minimum(begin, end)]
    sums = pl.DataFrame(
        {
            "order_id": lives["order_id"],
            "dollars": upper["dollars"] - lower["dollars"],
            "shares": upper["shares"] - lower["shares"],
        }
    )
    dollars, shares = pl.col("dollars") * _PRICE_TO_VWAP, pl.col("shares")
    quotient = dollars // shares
    twice = 2 * (dollars - quotient * shares)
    up = (twice > shares) | ((twice == shares) & (quotient % 2 != 0))
    return sums.select("order_id", pl.when(shares > 0).then(quotient + up.cast(wide)).alias("vwap_e12"))
