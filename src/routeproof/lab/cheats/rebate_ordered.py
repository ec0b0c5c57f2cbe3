"""Rebate-ordered list: exchanges are tried by fees and rebates alone, whether or not they show the best price."""

from __future__ import annotations

import numpy as np
import polars as pl

from routeproof.lab.cheats.cheat import Cheat, Scene, planted, taking
from routeproof.lab.universe import LIT

_FIRST = int(np.argmax([-venue.fee_usd for venue in LIT]))


def apply(routes: pl.DataFrame, scene: Scene, grade: float) -> pl.DataFrame:
    """Exchange children of a random `grade` of the orders go to the cheapest exchange.

    Where it does not show the best price they fill one price level deeper.
    """
    market = scene.market
    symbol = routes["symbol"].to_numpy()
    row = market.before(symbol, market.tradable(symbol, routes["sent_at"].to_numpy()))
    bits = np.where(routes["sign"].to_numpy() > 0, market.quotes.ask_touch[row], market.quotes.bid_touch[row])
    away = pl.lit(pl.Series((bits.astype(np.int64) >> _FIRST) & 1 == 0))
    chosen = taking(scene) & (pl.col("venue") < len(LIT)) & scene.orders_drawn(grade)
    deeper = pl.when(away).then(pl.max_horizontal("depth", 1)).otherwise("depth")
    return routes.with_columns(
        planted(chosen, CHEAT.name),
        venue=pl.when(chosen).then(_FIRST).otherwise("venue").cast(pl.Int64),
        depth=pl.when(chosen).then(deeper).otherwise("depth").cast(pl.Int64),
    )


CHEAT = Cheat(
    "rebate_ordered", "route", (0.10, 0.30, 0.80), "share of orders", "exchanges are listed by fee and rebate", apply
)
