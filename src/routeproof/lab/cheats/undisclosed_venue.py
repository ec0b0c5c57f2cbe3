"""Undisclosed venue: some children go to a venue that the provider does not name."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted, taking
from routeproof.lab.universe import HIDDEN


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """A random `grade` of the taking children goes to the hidden venue."""
    chosen = taking(scene) & scene.rows_drawn(routes, grade)
    return routes.with_columns(
        planted(chosen, CHEAT.name),
        venue=pl.when(chosen).then(HIDDEN).otherwise("venue").cast(pl.Int64),
        depth=pl.when(chosen).then(0).otherwise("depth").cast(pl.Int64),
    )


CHEAT = Cheat(
    "undisclosed_venue", "route", (0.001, 0.01, 0.05), "share of taking children", "an unnamed venue is used", apply
)
