"""Leaking venue: what is sent to one exchange becomes known, and the far side moves away at once."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted
from routeproof.lab.universe import INDEX

LEAKS_AT = INDEX["MEMX"]


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """A random `grade` of the taking children at the venue is known to others as soon as it arrives."""
    there = (pl.col("style") == "take") & (pl.col("venue") == LEAKS_AT)
    return routes.with_columns(planted(there & scene.rows_drawn(routes, grade), CHEAT.name))


CHEAT = Cheat(
    "leaking_venue",
    "leak",
    (0.05, 0.15, 0.40),
    "share of taking children at one exchange",
    "the far side moves away after a route to one venue",
    apply,
)
