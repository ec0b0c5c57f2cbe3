"""Fade: children sent to displayed quotes come back unfilled and are tried elsewhere a moment later."""

from __future__ import annotations

import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted
from routeproof.lab.universe import LIT


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """A random `grade` of the children that take from a displayed quote misses it."""
    lit_take = (pl.col("style") == "take") & (pl.col("venue") < len(LIT))
    chosen = lit_take & scene.rows_drawn(routes, grade)
    return routes.with_columns(planted(chosen, CHEAT.name), missed=pl.col("missed") | chosen)


CHEAT = Cheat("fade", "route", (0.05, 0.15, 0.40), "share of lit taking children", "displayed quotes vanish", apply)
