"""Intervals of the pack's profiles: each point of a venue, size, hour or horizon with its day-cluster interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.review.worst_rows import meets_the_market
from routeproof.evidence.compare import estimate_mean
from routeproof.evidence.partials import Partials
from routeproof.metrics.daily_sums import daily_sums
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routeproof.policy.thresholds import EvidenceStandards
    from routeproof.tables.measured.day import MeasuredDay

IMPROVEMENT = "price_improvement_usd_per_share"
PROFILED: dict[str, tuple[str, ...]] = {
    "venue": (IMPROVEMENT,),
    "size_bucket": (IMPROVEMENT,),
    "time_of_day": ("e_over_q",),
    "order_group": tuple(f"markout_bps_{name}" for name in HORIZONS_NS),
}
"""Which metrics are drawn along which dimension, over orders that met the market."""


def profile_sums(day: MeasuredDay) -> pl.DataFrame:
    """Sums of one measured day: the keys `dimension, level, metric, provider, trading_day`, and the sums.

    Sums are `numerator`, `denominator`, `largest`, and `n`, the executions that have a weight.
    """
    rows = day.executions.filter(meets_the_market())
    return pl.concat(
        daily_sums(rows, BY_NAME[name], ("provider", dimension, "trading_day")).select(
            pl.lit(dimension).alias("dimension"),
            pl.col(dimension).cast(pl.String).alias("level"),
            pl.lit(name).alias("metric"),
            "provider",
            "trading_day",
            "numerator",
            "denominator",
            "largest",
            "n",
        )
        for dimension, names in PROFILED.items()
        for name in names
    )


def profile_intervals(sums: Iterable[pl.DataFrame], standards: EvidenceStandards) -> pl.DataFrame:
    """`dimension, level, metric, provider, lower, upper` of a period; a point that can carry no interval has no row."""
    parts = list(sums)
    keys = ("dimension", "level", "metric", "provider")
    found = []
    if parts:
        for key, rows in pl.concat(parts).group_by(keys, maintain_order=True):
            interval = estimate_mean(partials_of(rows), standards).interval
            if interval is not None:
                found.append((*key, interval.lower, interval.upper))
    schema = dict.fromkeys(keys, pl.String) | {"lower": pl.Float64, "upper": pl.Float64}
    return pl.DataFrame(found, schema=schema, orient="row").sort(keys, nulls_last=True)


def partials_of(rows: pl.DataFrame) -> Partials:
    """Rows of `profile_sums` as evidence, whatever their level."""
    return Partials.of(
        day=rows["trading_day"].cast(pl.Int32).to_numpy(),
        numerator=rows["numerator"].to_numpy(),
        denominator=rows["denominator"].to_numpy(),
        largest=rows["largest"].to_numpy(),
    )


def rows_behind(sums: Iterable[pl.DataFrame], provider: str, dimension: str) -> pl.DataFrame:
    """`DIMENSION, metric, n`: the executions behind each point of a provider's profile."""
    parts = list(sums)
    if not parts:
        return pl.DataFrame(schema={dimension: pl.String, "metric": pl.String, "n": pl.Int64})
    own = pl.concat(parts).filter((pl.col("provider") == provider) & (pl.col("dimension") == dimension))
    return own.group_by(pl.col("level").alias(dimension), "metric").agg(pl.col("n").sum())


def with_intervals(frame: pl.DataFrame, intervals: pl.DataFrame, provider: str, dimension: str) -> pl.DataFrame:
    """The frame with `lower, upper`, found by its level (a column named as the dimension) and its metric, if any."""
    own = intervals.filter((pl.col("provider") == provider) & (pl.col("dimension") == dimension))
    keys = [dimension, "metric"] if "metric" in frame.columns else [dimension]
    sided = own.rename({"level": dimension}).select(*keys, "lower", "upper")
    return frame.join(sided, on=keys, how="left", nulls_equal=True, maintain_order="left")
