"""Backfilled times: executions are reported minutes later, stamped as if they had been immediate."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

_LATE_S = (45, 240)


def apply(fills: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """A random `grade` of executions gets the whole millisecond of its arrival as time and is sent late."""
    chosen = scene.rows_drawn(fills, grade)
    late = pl.lit(pl.Series((scene.rng.uniform(*_LATE_S, fills.height) * NS_PER_S).astype("int64")))
    immediate = (pl.col("arrived_at") // NS_PER_MS + 1) * NS_PER_MS
    return fills.with_columns(
        planted(chosen, CHEAT.name),
        stamped_at=pl.when(chosen).then(pl.min_horizontal(immediate, "stamped_at")).otherwise("stamped_at"),
        told_at=pl.when(chosen).then(pl.col("told_at") + late).otherwise("told_at"),
    )


CHEAT = Cheat(
    "backfilled_times", "report", (0.01, 0.05, 0.20), "share of executions", "times written afterwards", apply
)
