"""The market's volume-weighted average price while each order lived."""

from __future__ import annotations

import polars as pl

_WIDE = pl.Int128()


def with_interval_vwap(rows: pl.DataFrame, trades: pl.DataFrame, shift_ns: int = 0) -> pl.DataFrame:
    """Measured executions with `vwap_notional_e18`: what their shares cost at the average of their order's life.

    In 1e-18 dollars (Int128), rounded half-even, on this day alone.

    Args:
        rows: measured executions of one day with `order_id, symbol, received_at, executed_at`.
        trades: canonical trades of the day; only eligible prints count.
        shift_ns: added to the firm's clock.

    Returns:
        Shares x VWAP of prints from the order's receipt to its last fill, both ends included; null without prints or
        without a receipt. One rounding a row, far below any figure's last digit.
    """
    lives = _lives(rows).with_columns(pl.col("received_at", "executed_at") + shift_ns)
    prints = trades.filter("eligible")
    if lives.is_empty() or prints.is_empty():
        return rows.with_columns(pl.lit(None, dtype=_WIDE).alias("vwap_notional_e18"))
    running = _running_sums(prints)
    before = _sums_until(lives, "received_at", running, inclusive=False)
    until = _sums_until(lives, "executed_at", running, inclusive=True)
    sums = before.join(until, on="order_id", suffix="_until").select(
        "order_id",
        dollars=pl.col("dollars_until") - pl.col("dollars"),
        shares=pl.col("shares_until") - pl.col("shares"),
    )
    of_rows = rows.select("order_id", "quantity").join(sums, on="order_id", how="left", maintain_order="left")
    return rows.with_columns(of_rows.select(_at_average()).to_series())


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


def _at_average() -> pl.Expr:
    """Shares x dollars over shares, rounded half-even; null where there were no prints.

    The whole part of the quotient first: shares x dollars would not fit in 128 bits.
    """
    dollars, shares, quantity = pl.col("dollars"), pl.col("shares"), pl.col("quantity").cast(_WIDE)
    whole = dollars // shares
    rest = (dollars - whole * shares) * quantity
    part = rest // shares
    twice = 2 * (rest - part * shares)
    up = (twice > shares) | ((twice == shares) & ((whole * quantity + part) % 2 != 0))
    return pl.when(shares > 0).then(whole * quantity + part + up.cast(_WIDE)).alias("vwap_notional_e18")
