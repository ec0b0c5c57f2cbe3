"""Disimprovement: one order in ten is filled a little worse than the venue filled it."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted
from routeproof.vocab.fixed import SCALE

ORDER_SHARE = 0.10


def apply(fills: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Worsen immediate fills of a tenth of the orders by `grade` cents, never beyond the customer's limit."""
    worse = pl.col("price") + pl.col("sign") * round(grade * SCALE / 100)
    limit = scene.of_order("limit")
    room = limit.is_null() | (pl.col("sign") * worse <= pl.col("sign") * limit)
    chosen = (pl.col("liquidity") == "removed") & room & scene.orders_drawn(ORDER_SHARE)
    return fills.with_columns(
        planted(chosen, CHEAT.name), price=pl.when(chosen).then(worse).otherwise("price").cast(pl.Int64)
    )


CHEAT = Cheat(
    "disimprovement", "fill", (0.02, 0.1, 0.5), "cents per share", "a tenth of the orders is filled worse", apply
)
