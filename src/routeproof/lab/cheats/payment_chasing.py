"""Payment chasing: marketable orders go to the market maker that pays most and improves least."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted, taking
from routeproof.lab.universe import PAYER


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Move all taking children of a random `grade` of the orders to the payer."""
    chosen = taking(scene) & scene.orders_drawn(grade)
    return routes.with_columns(
        planted(chosen, CHEAT.name),
        venue=pl.when(chosen).then(PAYER).otherwise("venue").cast(pl.Int64),
        depth=pl.when(chosen).then(0).otherwise("depth").cast(pl.Int64),
    )


CHEAT = Cheat(
    "payment_chasing", "route", (0.02, 0.10, 0.30), "share of shares", "marketable shares sent to the payer", apply
)
