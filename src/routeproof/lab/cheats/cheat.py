"""A cheat as a value: one pure change of what the router does or says, in three fixed grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from routeproof.lab.market import MarketDay

Stage = Literal["route", "leak", "fill", "report"]


@dataclass(frozen=True)
class Scene:
    """What a cheat may look at: the day's orders (row number = `order`), the market, its own random numbers."""

    orders: pl.DataFrame
    market: MarketDay
    rng: np.random.Generator

    def of_order(self, column: str) -> pl.Expr:
        """A column of the parent order, for a frame that has `order`."""
        return pl.lit(self.orders[column]).gather(pl.col("order"))

    def orders_drawn(self, share: float) -> pl.Expr:
        """True for rows of a random `share` of the parent orders."""
        drawn = self.rng.random(self.orders.height) < share
        return pl.lit(pl.Series(drawn)).gather(pl.col("order"))

    def rows_drawn(self, frame: pl.DataFrame, share: float) -> pl.Expr:
        """True for a random `share` of the frame's rows."""
        return pl.lit(pl.Series(self.rng.random(frame.height) < share))


@dataclass(frozen=True)
class Cheat:
    """One kind of fault.

    Attributes:
        name: stable word, also what the truth files carry in `planted`.
        stage: `route` changes child routes before they are sent, `leak` marks those that become known, `fill` changes
            executions, `report` changes only what is said about them.
        grades: mild, middle, gross; in `unit`.
        apply: (frame of the stage, scene, grade) -> frame with the same columns.
    """

    name: str
    stage: Stage
    grades: tuple[float, float, float]
    unit: str
    what: str
    apply: Callable[[pl.DataFrame, Scene, float], pl.DataFrame]


def planted(chosen: pl.Expr, name: str) -> pl.Expr:
    """The `planted` column with one more word where `chosen`."""
    word = (pl.col("planted") + pl.lit(f" {name}")).str.strip_chars_start()
    return pl.when(chosen).then(word).otherwise("planted").alias("planted")


def taking(scene: Scene) -> pl.Expr:
    """Routes that take liquidity and whose venue the router is free to choose."""
    return (pl.col("style") == "take") & scene.of_order("directed").is_null()
