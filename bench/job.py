"""The job that every contender does, in words that all of them can follow.

Seven quotes per fill (at receipt, strictly before; at execution, strictly before; at or before execution + each of five
horizons), then share-weighted sums by symbol, order type, size bucket and venue, and the totals of those sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

HORIZONS_NS = {
    "50ms": 50_000_000,
    "1s": 1_000_000_000,
    "15s": 15_000_000_000,
    "60s": 60_000_000_000,
    "300s": 300_000_000_000,
}
BY = ("symbol", "order_type", "size_bucket", "venue")
METRICS = (
    "executions",
    "executed_shares",
    "covered_executions",
    "covered_shares",
    "quoted_spread_usd_per_share",
    "effective_spread_usd_per_share",
    "effective_spread_bps",
    "e_over_q",
    "spread_capture",
    "price_improvement_usd_per_share",
    "price_improvement_usd",
    "improved_shares",
    "at_quote_shares",
    "outside_shares",
    "improved_usd_per_share",
    "outside_usd_per_share",
    *(f"realized_spread_usd_per_share_{name}" for name in HORIZONS_NS),
    *(f"price_impact_usd_per_share_{name}" for name in HORIZONS_NS),
    *(f"reversion_usd_per_share_{name}" for name in ("1s", "60s", "300s")),
)
TOTALS = ("fills", "shares", "improvement", "quoted", "effective", *(f"realized_{name}" for name in HORIZONS_NS))
RELATIVE_TOLERANCE = 1e-9

_SIGN = pl.when(pl.col("side") == "buy").then(1.0).otherwise(-1.0)
_MID = (pl.col("bid_receipt") + pl.col("ask_receipt")) / 2
_Q = pl.col("quantity").cast(pl.Float64)
_FAR = pl.when(pl.col("side") == "buy").then("ask_receipt").otherwise("bid_receipt")


def polars_sums() -> list[pl.Expr]:
    """The share-weighted sums over joined fills, as the peers in polars take them."""
    improvement = _SIGN * (_FAR - pl.col("price"))
    effective = 2 * _SIGN * (pl.col("price") - _MID)
    at_execution = (pl.col("bid_execution") + pl.col("ask_execution")) / 2
    sums = [
        pl.len().alias("fills"),
        _Q.sum().alias("shares"),
        (_Q * improvement).sum().alias("improvement"),
        pl.when(improvement > 0).then(_Q).otherwise(0).sum().alias("improved"),
        pl.when(improvement == 0).then(_Q).otherwise(0).sum().alias("at_quote"),
        pl.when(improvement < 0).then(_Q).otherwise(0).sum().alias("outside"),
        (_Q * (pl.col("ask_receipt") - pl.col("bid_receipt"))).sum().alias("quoted"),
        (_Q * effective).sum().alias("effective"),
        (_Q * effective / _MID).sum().alias("effective_bps"),
        (_Q * _SIGN * at_execution).sum().alias("at_execution"),
    ]
    for name in HORIZONS_NS:
        mid = (pl.col(f"bid_{name}") + pl.col(f"ask_{name}")) / 2
        sums.append((_Q * 2 * _SIGN * (pl.col("price") - mid)).sum().alias(f"realized_{name}"))
    return sums


def size_bucket(notional: pl.Expr) -> pl.Expr:
    """Bucket of an order's notional at its limit, or at the far touch of a market order."""
    return notional.cut([5_000, 10_000, 20_000, 50_000, 200_000], left_closed=True).cast(pl.String)


def totals_of(sums: pl.DataFrame) -> dict[str, float]:
    """Totals of a frame with the sums by group."""
    return {name: float(sums[name].sum()) for name in TOTALS}


def totals_of_measurement(rows: pl.DataFrame) -> dict[str, float]:
    """The same totals from the figures by group that our program gives."""
    covered = pl.col("covered_shares")
    exprs = [
        pl.col("executions").sum().cast(pl.Float64).alias("fills"),
        pl.col("executed_shares").sum().alias("shares"),
        pl.col("price_improvement_usd").sum().alias("improvement"),
        (pl.col("quoted_spread_usd_per_share") * covered).sum().alias("quoted"),
        (pl.col("effective_spread_usd_per_share") * covered).sum().alias("effective"),
        *((pl.col(f"realized_spread_usd_per_share_{h}") * covered).sum().alias(f"realized_{h}") for h in HORIZONS_NS),
    ]
    return dict(rows.select(exprs).row(0, named=True))


def disagreement(found: Mapping[str, float], expected: Mapping[str, float]) -> float:
    """Largest relative difference between two sets of totals, against the largest total in dollars."""
    scale = {"fills": expected["fills"], "shares": expected["shares"]}
    dollars = max(abs(expected[name]) for name in TOTALS if name not in scale)
    return max(abs(found[name] - expected[name]) / scale.get(name, dollars) for name in TOTALS)
