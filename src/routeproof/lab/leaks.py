"""The market after leaks: a quote more for each route that became known, and nothing else changed.

Orders and routes are decided on the market before; fills, tape and quotes are those of the market after.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.lab.market import MarketDay, Quotes, keyed
from routeproof.lab.seeds import hashed
from routeproof.lab.universe import TICK

if TYPE_CHECKING:
    from collections.abc import Sequence

_SOONEST_NS, _SPREAD_NS = 50_000, 350_000
_SALT = 977
_LEFT = 100


def leaks_of(routes: pl.DataFrame, name: str) -> pl.DataFrame:
    """What became known: `symbol`, `sign`, `at` (a little after the route arrived), from routes marked by a fault."""
    known = routes.filter(pl.col("planted").str.split(" ").list.contains(name)).select("symbol", "sign", "arrived_at")
    after = hashed(known["arrived_at"].to_numpy(), _SALT) % np.uint64(_SPREAD_NS)
    return known.select("symbol", "sign", at=pl.col("arrived_at") + pl.Series(after.astype(np.int64)) + _SOONEST_NS)


def with_leaks(market: MarketDay, leaks: Sequence[pl.DataFrame]) -> MarketDay:
    """The market with one quote more per leak: the far side a tick away, with a round lot; until the next quote.

    Without leaks it is the same object. A leak while the market is halted or closed changes nothing.
    """
    known = pl.concat(leaks).sort("symbol", "at", "sign") if leaks else pl.DataFrame()
    if known.is_empty():
        return market
    symbol, sign, at = (known[name].to_numpy() for name in ("symbol", "sign", "at"))
    row = market.before(symbol, at)
    open_then = (market.quotes.at[row] < at) & (at < market.session.close_at) & (market.quotes.bid[row] > 0)
    symbol, sign, at, row = symbol[open_then], sign[open_then], at[open_then], row[open_then]
    moved = _moved(market.quotes, row, sign, at)
    index = np.concatenate([np.repeat(np.arange(len(market.symbols)), np.diff(market.starts)), symbol])
    columns = {name: np.concatenate([getattr(market.quotes, name), getattr(moved, name)]) for name in _NAMES}
    order = np.lexsort((columns["at"], index))
    quotes = Quotes(**{name: column[order] for name, column in columns.items()})
    starts, key = keyed(market.session, quotes.at, index[order], len(market.symbols))
    shown = np.concatenate([np.arange(len(market.key)), row])[order]
    return replace(market, quotes=quotes, starts=starts, key=key, shown_as=shown)


_NAMES = tuple(Quotes.__dataclass_fields__)


def _moved(quotes: Quotes, row: np.ndarray, sign: np.ndarray, at: np.ndarray) -> Quotes:
    """The quotes of some rows with the far side of each sign withdrawn by a tick."""
    taken = {name: getattr(quotes, name)[row].copy() for name in _NAMES}
    buys = sign > 0
    taken["at"] = at
    taken["ask"] = np.where(buys, taken["ask"] + TICK, taken["ask"])
    taken["bid"] = np.where(buys, taken["bid"], np.maximum(taken["bid"] - TICK, TICK))
    taken["ask_size"] = np.where(buys, _LEFT, taken["ask_size"])
    taken["bid_size"] = np.where(buys, taken["bid_size"], _LEFT)
    return Quotes(**taken)
