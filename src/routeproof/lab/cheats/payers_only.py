"""Payers only: marketable orders go to the venues that pay for them, each in proportion to what it pays."""

from __future__ import annotations

import numpy as np
import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted, taking
from routeproof.lab.universe import VENUES

_RATES = np.array([venue.payment_usd for venue in VENUES])


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Move all taking children of a random `grade` of the orders to one payer each."""
    chosen = taking(scene) & scene.orders_drawn(grade)
    drawn = scene.rng.choice(len(VENUES), scene.orders.height, p=_RATES / _RATES.sum())
    payer = pl.lit(pl.Series(drawn)).gather(pl.col("order"))
    return routes.with_columns(
        planted(chosen, CHEAT.name),
        venue=pl.when(chosen).then(payer).otherwise("venue").cast(pl.Int64),
        depth=pl.when(chosen).then(0).otherwise("depth").cast(pl.Int64),
    )


CHEAT = Cheat(
    "payers_only", "route", (0.05, 0.20, 1.0), "share of orders", "marketable orders go only to those who pay", apply
)
