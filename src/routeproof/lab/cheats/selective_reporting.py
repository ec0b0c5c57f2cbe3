"""Selective reporting: the worst fills are left out of the vendor's report and of its venue drop copy."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted


def apply(fills: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Leave out the `grade` of the day's executions with the largest cost against the midpoint when executed."""
    quotes = scene.market.quotes
    row = scene.market.before(fills["symbol"].to_numpy(), fills["executed_at"].to_numpy())
    middle = (quotes.bid[row] + quotes.ask[row]) // 2
    cost = fills["sign"].to_numpy() * (fills["price"].to_numpy() - middle) / np.maximum(middle, 1)
    omitted = np.zeros(fills.height, bool)
    omitted[np.argsort(-cost, kind="stable")[: math.ceil(grade * fills.height)]] = True
    chosen = pl.lit(pl.Series(omitted))
    return fills.with_columns(planted(chosen, CHEAT.name), reported=pl.col("reported") & ~chosen)


CHEAT = Cheat(
    "selective_reporting", "report", (0.005, 0.02, 0.10), "share of executions", "the worst fills are left out", apply
)
