"""Eligible orders as units of the design, with what was known of them before they were assigned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.app.analysis.comparison.features import DIMENSIONS
from routeproof.evidence.experiment.randomisation import Units

if TYPE_CHECKING:
    from routeproof.governance.experiment import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The orders as units of the design, with what was known of them before.

    Attributes:
        units: orders, or days and securities.
        day: (units,) days since 1970-01-01.
        covariates: (units, names) how many orders of the unit have the level; by block first how many it has.
        names: of the covariates.
        orders: see `measured.orders_of`.
        of_orders: (orders, levels) whether an order has the level.
        levels: names of those.
    """

    units: Units
    day: np.ndarray
    covariates: np.ndarray
    names: tuple[str, ...]
    orders: pl.DataFrame
    of_orders: np.ndarray
    levels: tuple[str, ...]


def read_of(plan: Experiment, orders: pl.DataFrame) -> Read:
    """By order each order is a unit of its day; by block each day and security is one."""
    levels = [(name, word) for name in DIMENSIONS for word in orders[name].unique().sort().to_list()]
    marked = orders.with_columns(
        (pl.col(name) == word).cast(pl.Float64).alias(f"{name}: {word}") for name, word in levels
    )
    names = known = tuple(f"{name}: {word}" for name, word in levels)
    of_orders = marked.select(known).to_numpy()
    if plan.unit == "day_symbol":
        marked = (
            marked.group_by("trading_day", "symbol", "treated")
            .agg(pl.col("numerator", "denominator", *names).sum(), pl.len().cast(pl.Float64).alias("orders"))
            .sort("trading_day", "symbol")
        )
        names = ("orders", *names)
    day = marked["trading_day"].cast(pl.Int32).cast(pl.Int64).to_numpy()
    units = Units(
        block=day,
        treated=marked["treated"].to_numpy().astype(np.bool_),
        numerator=marked["numerator"].to_numpy(),
        denominator=marked["denominator"].to_numpy(),
        share=float(plan.share),
        fixed=plan.unit == "day_symbol",
    )
    return Read(
        units=units,
        day=day,
        covariates=marked.select(names).to_numpy(),
        names=names,
        orders=orders,
        of_orders=of_orders,
        levels=known,
    )
