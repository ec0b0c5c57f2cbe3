"""Slow-walking: every child that seeks an immediate fill is held back before it is sent."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted
from routeproof.vocab.times import NS_PER_MS


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Send `grade` milliseconds later."""
    del scene
    chosen = pl.col("style").is_in(["take", "mid"])
    held = pl.when(chosen).then(round(grade * NS_PER_MS)).otherwise(0)
    return routes.with_columns(planted(chosen, CHEAT.name), sent_at=pl.col("sent_at") + held)


CHEAT = Cheat("slow_walk", "route", (5, 25, 100), "ms", "children are held back before they are sent", apply)
