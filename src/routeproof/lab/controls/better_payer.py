"""The better payer: marketable orders go to the market maker that improves prices most, which also pays."""

from __future__ import annotations

import numpy as np
import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, taking
from routeproof.lab.universe import IMPROVEMENT

_BEST = int(np.argmax(IMPROVEMENT))


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Move all taking children of a random `grade` of the orders there; nothing is planted, for it is no fault."""
    chosen = taking(scene) & scene.orders_drawn(grade)
    return routes.with_columns(
        venue=pl.when(chosen).then(_BEST).otherwise("venue").cast(pl.Int64),
        depth=pl.when(chosen).then(0).otherwise("depth").cast(pl.Int64),
    )


CONTROL = Cheat(
    "better_payer", "route", (0.20, 0.50, 1.0), "share of orders", "the best market maker, which also pays", apply
)
