"""When a resting price is reached: scans of one day's quotes from an instant on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    import polars as pl

    from routeproof.lab.market import MarketDay

_QUEUE_MEAN_S = 420.0


def first_touch(market: MarketDay, orders: pl.DataFrame, *, price: str, from_at: str, rising: bool) -> np.ndarray:
    """Instant of the first quote whose far side reaches a price; 0 where none does before `until`.

    `rising`: a stop (a buy waits for the offer to rise to it); else a limit (a buy waits for the offer to fall to it).
    """
    found = np.zeros(orders.height, np.int64)
    columns = orders.select("symbol", "sign", price, from_at, "until").iter_rows()
    for index, (symbol, sign, level, start, until) in enumerate(columns):
        rows = _rows(market, symbol, start, until)
        side = (market.quotes.ask if sign > 0 else market.quotes.bid)[rows]
        reached = (side >= level) == ((sign > 0) == rising) if level is not None else side < 0
        reached = (reached | (side == level)) & (side > 0)
        place = int(reached.argmax()) if reached.size else 0
        if reached.size and reached[place]:
            found[index] = max(int(market.quotes.at[rows.start + place]), start) + 1000
    return found


def queue_fills(market: MarketDay, routes: pl.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Instant at which each resting route fills; 0 where it does not.

    It fills when the far side comes to its price, or earlier after waiting its turn while it stands at the best price.
    """
    crossing = first_touch(market, routes, price="limit", from_at="arrived_at", rising=False)
    waits = (rng.exponential(_QUEUE_MEAN_S, routes.height) * NS_PER_S).astype(np.int64)
    for index, row in enumerate(routes.select("symbol", "sign", "limit", "arrived_at", "until").iter_rows()):
        symbol, sign, level, start, until = row
        turn = _turn(market, symbol, sign, level, start, until, int(waits[index]))
        if turn and (not crossing[index] or turn < crossing[index]):
            crossing[index] = turn
    return crossing


def _turn(market: MarketDay, symbol: int, sign: int, level: int, start: int, until: int, wait: int) -> int:
    """When the queue ahead is gone: `wait` after the price is first best, if it is still best then; else 0."""
    rows = _rows(market, symbol, start, until)
    near = (market.quotes.bid if sign > 0 else market.quotes.ask)[rows]
    best = (near * sign <= level * sign) & (near > 0)
    place = int(best.argmax()) if best.size else 0
    if not best.size or not best[place]:
        return 0
    turn = max(int(market.quotes.at[rows.start + place]), start) + wait
    if turn >= until:
        return 0
    later = int(np.searchsorted(market.quotes.at[rows], turn, side="left")) - 1
    return turn if later >= 0 and bool(best[later]) else 0


def _rows(market: MarketDay, symbol: int, start: int, until: int) -> slice:
    """Rows in force or arriving within `start <= t < until`."""
    low, high = int(market.starts[symbol]), int(market.starts[symbol + 1])
    at = market.quotes.at[low:high]
    first, last = np.searchsorted(at, [start, until])
    return slice(low + max(int(first) - 1, 0), low + int(last))
