"""Fill times as counts in fixed logarithmic bins: exact under addition, whatever the order."""

from __future__ import annotations

import math

import polars as pl

_A_DECADE = 8
_FIRST_MS, _DECADES = 0.1, 6
BINS_MS = (0.01, *(_FIRST_MS * 10.0 ** (step / _A_DECADE) for step in range(_A_DECADE * _DECADES + 1)), math.inf)
"""Edges of the bins: eight equal steps of the logarithm per factor of ten, from 0.1 ms to 100 s, and what is beyond."""

_EDGES_NS = [round(edge * 1_000_000) for edge in BINS_MS[1:-1]]
_LAST_MS = 600_000.0
KEYS = ("provider", "order_group", "bin")
GROUP_WORDS = {"market": "market orders", "limit": "limit orders"}


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


def histogram(counts: pl.DataFrame, provider: str, beside: str = "") -> pl.DataFrame:
    """`group, from_ms, to_ms, share, beside` of market and limit orders.

    `share` is of the provider's executions, `beside` of the other provider's; null without one.
    """
    if not counts.width:
        return pl.DataFrame()
    upper = [edge if math.isfinite(edge) else _LAST_MS for edge in BINS_MS[1:]]
    edges = pl.DataFrame({"bin": range(len(upper)), "from_ms": BINS_MS[:-1], "to_ms": upper})
    groups = counts.filter((pl.col("provider") == provider) & pl.col("order_group").is_in(list(GROUP_WORDS)))
    bins = groups.select("order_group").unique().join(edges.cast({"bin": pl.Int64}), how="cross")
    own, other = (_shares_of(counts, name, column) for name, column in ((provider, "share"), (beside, "beside")))
    nothing = pl.lit(0.0 if other.height else None, dtype=pl.Float64)
    return (
        bins.join(own, on=["order_group", "bin"], how="left")
        .join(other, on=["order_group", "bin"], how="left")
        .filter(pl.any_horizontal(pl.col("share", "beside").is_not_null()))
        .with_columns(pl.col("share").fill_null(0.0), pl.coalesce("beside", nothing))
        .sort("order_group", "from_ms", descending=[True, False])
        .select(pl.col("order_group").replace(GROUP_WORDS).alias("group"), "from_ms", "to_ms", "share", "beside")
    )


def _shares_of(counts: pl.DataFrame, provider: str, name: str) -> pl.DataFrame:
    own = counts.filter(pl.col("provider") == provider)
    return own.select("order_group", "bin", (pl.col("count") / pl.col("count").sum().over("order_group")).alias(name))
