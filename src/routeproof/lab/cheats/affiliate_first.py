"""Affiliate first: marketable orders go to the provider's own venue, which improves nothing."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted, taking
from routeproof.lab.universe import DARK

AFFILIATE = DARK
"""Declare it in the conflicts register: no file of the simulator says who owns it."""


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Move all taking children of a random `grade` of the orders to the affiliate."""
    chosen = taking(scene) & scene.orders_drawn(grade)
    return routes.with_columns(
        planted(chosen, CHEAT.name),
        venue=pl.when(chosen).then(AFFILIATE).otherwise("venue").cast(pl.Int64),
        depth=pl.when(chosen).then(0).otherwise("depth").cast(pl.Int64),
    )


CHEAT = Cheat(
    "affiliate_first", "route", (0.05, 0.20, 0.60), "share of orders", "the provider's own venue comes first", apply
)
