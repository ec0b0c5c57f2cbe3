"""Fill times as counts in fixed logarithmic bins: exact under addition, whatever the order."""

from __future__ import annotations

import math

import polars as pl

BINS_MS = (0.01, 0.1, 0.316, 1.0, 3.16, 10.0, 31.6, 100.0, 316.0, 1_000.0, 3_160.0, 10_000.0, 60_000.0, math.inf)
_EDGES_NS = [round(edge * 1_000_000) for edge in BINS_MS[1:-1]]
_LAST_MS = 600_000.0
KEYS = ("provider", "order_group", "bin")


def fill_time_counts(rows: pl.DataFrame) -> pl.DataFrame:
    """Executions per `provider, order_group, bin`; those without a clock start are left out."""
    bin_of = pl.sum_horizontal(
        pl.lit(0, dtype=pl.Int64), *((pl.col("time_to_execution_ns") >= edge).cast(pl.Int64) for edge in _EDGES_NS)
    )
    timed = rows.filter(pl.col("time_to_execution_ns").is_not_null()).with_columns(bin_of.alias("bin"))
    return timed.group_by(KEYS).agg(pl.len().cast(pl.Int64).alias("count"))


def add_fill_times(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """The counts of the union."""
    return pl.concat(parts).group_by(KEYS).agg(pl.col("count").sum()).sort(KEYS) if parts else pl.DataFrame()


def histogram(counts: pl.DataFrame, provider: str) -> pl.DataFrame:
    """`group, from_ms, to_ms, share` of one provider's market and limit orders."""
    if not counts.width:
        return pl.DataFrame()
    shown = counts.filter((pl.col("provider") == provider) & pl.col("order_group").is_in(["market", "limit"]))
    upper = [edge if math.isfinite(edge) else _LAST_MS for edge in BINS_MS[1:]]
    edges = pl.DataFrame({"bin": range(len(upper)), "from_ms": BINS_MS[:-1], "to_ms": upper})
    return (
        shown.join(edges.cast({"bin": pl.Int64}), on="bin")
        .with_columns((pl.col("count") / pl.col("count").sum().over("order_group")).alias("share"))
        .sort("order_group", "from_ms")
        .select(
            pl.col("order_group").replace({"market": "market orders", "limit": "limit orders"}).alias("group"),
            "from_ms",
            "to_ms",
            "share",
        )
    )
