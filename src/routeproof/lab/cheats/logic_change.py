"""Logic change: from a date on, some orders are no longer routed as declared."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted, taking
from routeproof.lab.universe import INDEX
from routeproof.vocab.fixed import SCALE

_FAVOURED = INDEX["XNYS"]  # last in the declared ranking


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """All taking children of a random `grade` of the whole-share orders go to the last venue of the ranking."""
    whole = pl.col("quantity") % SCALE == 0
    chosen = taking(scene) & whole & scene.orders_drawn(grade)
    return routes.with_columns(
        planted(chosen, CHEAT.name), venue=pl.when(chosen).then(_FAVOURED).otherwise("venue").cast(pl.Int64)
    )


CHEAT = Cheat(
    "logic_change", "route", (0.05, 0.15, 0.40), "share of orders", "the declared ranking is left, from a date", apply
)
