"""Venues with indications first: orders look in at a venue that said it was interested, and mostly come back."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted, taking
from routeproof.lab.universe import DARK

INDICATING = DARK
_MISSES = 0.6


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Taking children of a random `grade` of the orders go to the indicating venue; six in ten come back unfilled."""
    chosen = taking(scene) & scene.orders_drawn(grade)
    back = chosen & scene.rows_drawn(routes, _MISSES)
    return routes.with_columns(
        planted(chosen, CHEAT.name),
        venue=pl.when(chosen).then(INDICATING).otherwise("venue").cast(pl.Int64),
        missed=pl.when(chosen).then(back).otherwise("missed"),
    )


CHEAT = Cheat(
    "ioi_first", "route", (0.05, 0.20, 0.60), "share of orders", "venues with indications get a first look", apply
)
