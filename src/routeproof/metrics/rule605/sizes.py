"""How big a covered order is: its shares, its notional, its bucket, its lot flag. Source: 17 CFR 242.605(a)(1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.measured.order_size import DEFAULT_ROUND_LOT, NANO_DOLLARS_PER_SHARE_PRODUCT, lot
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.policy.market_rules import RoundLots
    from routeproof.policy.report605 import Reporting605

SUMMARY_BELOW = 200_000
"""The summary's bucket 199999 takes every order below this notional."""


def notional_price() -> pl.Expr:
    """Price that the order's shares are valued at: its limit, else the far quote when its clock starts.

    Policy `notional_price`; fixed point, null where neither is known.
    """
    far = pl.when(pl.col("side") == "buy").then("clock_ask").otherwise("clock_bid").replace(0, None)
    return pl.coalesce("limit_price", far)


def notional_bucket(bounds: Sequence[int]) -> pl.Expr:
    """Field 6: the highest lower bound in dollars that shares times `notional_price` reaches.

    Policy `notional_buckets`.
    """
    product = pl.col("shares").cast(pl.Int128) * pl.col("notional_price").cast(pl.Int128)
    bucket = pl.lit(None, dtype=pl.Int64)
    for bound in bounds:
        reached = product >= pl.lit(bound * NANO_DOLLARS_PER_SHARE_PRODUCT, dtype=pl.Int128)
        bucket = pl.when(reached).then(pl.lit(bound, dtype=pl.Int64)).otherwise(bucket)
    return bucket


def assumed_lot(tiers: RoundLots, columns: Sequence[str]) -> pl.Expr:
    """1 for an order that is an odd lot by the round lot of 100 alone, which nobody declared, else 0.

    It is one where the tier of `notional_price` has a round lot that the order reaches. The tier itself goes by an
    average price over months, so this does not change the flag. Source: 17 CFR 242.600, round lot.
    """
    price, lot_of_tier = pl.col("notional_price"), pl.lit(tiers.lots[-1] * SCALE)
    for bound, shares in zip(reversed(tiers.up_to), reversed(tiers.lots[:-1]), strict=True):
        lot_of_tier = pl.when(price <= bound).then(pl.lit(shares * SCALE)).otherwise(lot_of_tier)
    undeclared = pl.col("round_lot").is_null() if "round_lot" in columns else pl.lit(value=True)
    reaches = (pl.col("shares") < DEFAULT_ROUND_LOT) & (pl.col("shares") >= lot_of_tier)
    return pl.when(undeclared & reaches).then(1).otherwise(0)


def lot_flag(reporting: Reporting605, columns: Sequence[str]) -> pl.Expr:
    """Field 5: fractional below one share, odd below the round lot in force, else round. Policy `lot_flags`."""
    known = pl.col("round_lot").fill_null(DEFAULT_ROUND_LOT) if "round_lot" in columns else pl.lit(DEFAULT_ROUND_LOT)
    words: dict[str, str] = reporting.value("lot_flags")
    return lot(known, pl.col("shares")).replace_strict(words, default=None, return_dtype=pl.String)
