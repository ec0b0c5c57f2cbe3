"""The market's volume-weighted average price while each order lived."""

from __future__ import annotations

import polars as pl

_WIDE = pl.Int128()
VWAP_DIGITS = 12
"""Decimals of `vwap_e12`: its rounding is far below what a basis point of any share price can show."""

_PRICE_TO_VWAP = 10 ** (VWAP_DIGITS - 9)


def with_interval_vwap(rows: pl.DataFrame, trades: pl.DataFrame, shift_ns: int = 0) -> pl.DataFrame:
    """Measured executions with `vwap_e12` (Int128, 1e-12 dollars) of their order's life on this day.

    Args:
        rows: measured executions of one day with `order_id, symbol, received_at, executed_at`.
        trades: canonical trades of the day; only eligible prints count.
        shift_ns: added to the firm's clock.

    Returns:
        VWAP of prints from the order's receipt to its last fill, both ends included, rounded half-even; null without
        prints or without a receipt.
    """
    lives = _lives(rows).with_columns(pl.col("received_at", "executed_at") + shift_ns)
    prints = trades.filter("eligible")
    if lives.is_empty() or prints.is_empty():
        return rows.with_columns(pl.lit(None, dtype=_WIDE).alias("vwap_e12"))
    running = _running_sums(prints)
    before = _sums_until(lives, "received_at", running, inclusive=False)
    until = _sums_until(lives, "executed_at", running, inclusive=True)
    sums = before.join(until, on="order_id", suffix="_until").select(
        "order_id",
        dollars=(pl.col("dollars_until") - pl.col("dollars")) * _PRICE_TO_VWAP,
        shares=pl.col("shares_until") - pl.col("shares"),
    )
    return rows.join(sums.select("order_id", _rounded_vwap()), on="order_id", how="left", maintain_order="left")


def _lives(rows: pl.DataFrame) -> pl.DataFrame:
    """`order_id, symbol, received_at, executed_at` (last fill) of orders with a known receipt."""
    known = rows.filter(pl.col("order_id").is_not_null() & pl.col("received_at").is_not_null())
    return known.group_by("order_id").agg(
        pl.col("symbol").first(), pl.col("received_at").min(), pl.col("executed_at").max()
    )


def _running_sums(prints: pl.DataFrame) -> pl.DataFrame:
    """Dollars (1e-18) and shares (1e-9) of each symbol's prints up to and including each instant."""
    price, quantity = pl.col("price").cast(_WIDE), pl.col("quantity").cast(_WIDE)
    return (
        prints.sort("symbol", "at", "sequence")
        .select(
            "symbol",
            "at",
            (price * quantity).cum_sum().over("symbol").alias("dollars"),
            quantity.cum_sum().over("symbol").alias("shares"),
        )
        .sort("at", maintain_order=True)
    )


def _sums_until(lives: pl.DataFrame, instant: str, running: pl.DataFrame, *, inclusive: bool) -> pl.DataFrame:
    """Each order's running sums before an instant, or up to and including it; 0 before the symbol's first print."""
    found = lives.sort(instant).join_asof(
        running,
        left_on=instant,
        right_on="at",
        by="symbol",
        strategy="backward",
        allow_exact_matches=inclusive,
        check_sortedness=False,
    )
    return found.select("order_id", pl.col("dollars", "shares").fill_null(0))


def _rounded_vwap() -> pl.Expr:
    """Dollars over shares, rounded half-even; null where there were no prints."""
    dollars, shares = pl.col("dollars"), pl.col("shares")
    quotient = dollars // shares
    twice = 2 * (dollars - quotient * shares)
    up = (twice > shares) | ((twice == shares) & (quotient % 2 != 0))
    return pl.when(shares > 0).then(quotient + up.cast(_WIDE)).alias("vwap_e12")
