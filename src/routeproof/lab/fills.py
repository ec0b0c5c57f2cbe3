"""What the venues do with the children: acknowledge, fill, send back.

Fill columns: `order`, `route`, `version`, `symbol`, `sign`, `executed_at`, `price`, `quantity`, `venue` (index),
`liquidity` (added | removed | auction), `capacity` (agency | principal), `planted`. One row is one execution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.lab.resting import queue_fills
from routeproof.lab.seeds import chance
from routeproof.lab.universe import IMPROVEMENT, IS_LIT, LATENCY_NS, LIT, TICK
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from routeproof.lab.market import MarketDay

_SUB_TICK = SCALE // 10_000
_ACK_NS = 30_000
_LAST_PRINT_S = 1


def arrivals(routes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Routes with `arrived_at` (the venue has it) and `answered_at` (the router hears of it)."""
    venue = routes["venue"].to_numpy()
    jitter = np.exp(rng.normal(0, 0.2, (2, routes.height)))
    there, back = (LATENCY_NS[venue] * jitter).astype(np.int64)
    arrived = routes["sent_at"].to_numpy() + there
    return routes.with_columns(arrived_at=pl.Series(arrived), answered_at=pl.Series(arrived + _ACK_NS + back))


def fill_routes(routes: pl.DataFrame, market: MarketDay, rng: np.random.Generator) -> pl.DataFrame:
    """Executions of all routes; a second version trades only where the first did not."""
    first = _fill_version(routes.filter(pl.col("version") == 1), market, rng)
    second = routes.filter(pl.col("version") > 1).join(first, on="order", how="anti")
    fills = pl.concat([first, _fill_version(second, market, rng)])
    return _split(fills, rng).sort("order", "executed_at", maintain_order=True)


def official_prices(market: MarketDay) -> tuple[np.ndarray, np.ndarray]:
    """Opening and closing auction price of each symbol, fixed point on the tick."""
    quotes, first, last = market.quotes, market.starts[:-1], market.starts[1:] - 1
    middle = (quotes.bid + quotes.ask) // 2 // TICK * TICK
    return middle[first], middle[last]


def _fill_version(routes: pl.DataFrame, market: MarketDay, rng: np.random.Generator) -> pl.DataFrame:
    live = routes.filter(~pl.col("missed"))
    takes = _taken(live.filter(pl.col("style") == "take"), market, rng)
    rests = live.filter((pl.col("style") == "post") | ((pl.col("style") == "take") & (pl.col("tif") != "ioc")))
    rests = rests.join(takes, on="route", how="anti").sort("route")
    parts = [
        takes,
        _rested(rests, market, rng),
        _crossed(live.filter(pl.col("style") == "mid"), market, rng),
        _auctioned(live.filter(pl.col("style") == "auction"), market, rng),
        _extended(live.filter(pl.col("style") == "extended"), rng),
    ]
    return pl.concat(parts)


def _fills(routes: pl.DataFrame, at: np.ndarray, price: np.ndarray, liquidity: str) -> pl.DataFrame:
    """Executions where `at` is not zero, with the route's whole quantity."""
    wholesaler = ~pl.lit(pl.Series(IS_LIT)).gather(pl.col("venue"))
    return routes.select(
        "order",
        "route",
        "version",
        "symbol",
        "sign",
        pl.Series("executed_at", at, dtype=pl.Int64),
        pl.Series("price", price, dtype=pl.Int64),
        "quantity",
        "venue",
        pl.lit(liquidity).alias("liquidity"),
        pl.when(wholesaler).then(pl.lit("principal")).otherwise(pl.lit("agency")).alias("capacity"),
        "planted",
    ).filter(pl.col("executed_at") > 0)


def _taken(routes: pl.DataFrame, market: MarketDay, rng: np.random.Generator) -> pl.DataFrame:
    """Marketable children: the far touch, less what a wholesaler gives back."""
    symbol, sign, venue = (routes[name].to_numpy() for name in ("symbol", "sign", "venue"))
    at = market.tradable(symbol, routes["arrived_at"].to_numpy())
    row, quotes = market.before(symbol, at), market.quotes
    bid, ask = quotes.bid[row], quotes.ask[row]
    price = np.where(sign > 0, ask, bid) + sign * routes["depth"].to_numpy() * TICK
    share = np.minimum(rng.gamma(2.0, IMPROVEMENT[venue] / 2.0 + 1e-12), 0.5) * (IMPROVEMENT[venue] > 0)
    price -= sign * ((ask - bid) * share / _SUB_TICK).astype(np.int64) * _SUB_TICK
    limit = routes["limit"].fill_null(0).to_numpy()
    good = (limit == 0) | (sign * price <= sign * limit)
    service = np.where(venue < len(LIT), 60_000, 5 * NS_PER_MS) * np.exp(rng.normal(0, 0.4, len(row)))
    done = at + _ACK_NS + service.astype(np.int64)
    return _fills(routes, np.where(good, done, 0), price, "removed")


def _rested(routes: pl.DataFrame, market: MarketDay, rng: np.random.Generator) -> pl.DataFrame:
    symbol = routes["symbol"].to_numpy()
    row = market.before(symbol, market.tradable(symbol, routes["arrived_at"].to_numpy()))
    near = np.where(routes["sign"].to_numpy() > 0, market.quotes.bid[row], market.quotes.ask[row])
    priced = routes.with_columns(limit=pl.coalesce("limit", pl.Series(near, dtype=pl.Int64)))
    at = queue_fills(market, priced, rng)
    return _fills(priced, at, priced["limit"].to_numpy(), "added")


def _crossed(routes: pl.DataFrame, market: MarketDay, rng: np.random.Generator) -> pl.DataFrame:
    """Midpoint executions, if a contra side comes before the order ends and the midpoint is within the limit."""
    count = routes.height
    ioc = (routes["tif"] == "ioc").to_numpy()
    symbol, sign = routes["symbol"].to_numpy(), routes["sign"].to_numpy()
    wait = np.where(ioc, 200_000, (rng.exponential(1.5, count) * NS_PER_S).astype(np.int64) + NS_PER_MS)
    at = market.tradable(symbol, routes["arrived_at"].to_numpy() + wait)
    row = market.before(symbol, at)
    middle = (market.quotes.bid[row] + market.quotes.ask[row]) // 2
    within = sign * middle <= sign * routes["limit"].to_numpy()
    met = rng.random(count) < np.where(ioc, 0.45, 0.7)
    good = within & met & (at < np.minimum(routes["until"].to_numpy(), market.session.close_at))
    return _fills(routes, np.where(good, at, 0), middle, "removed")


def _auctioned(routes: pl.DataFrame, market: MarketDay, rng: np.random.Generator) -> pl.DataFrame:
    opening, closing = official_prices(market)
    symbol = routes["symbol"].to_numpy()
    at_open = (routes["tif"] == "at_the_open").to_numpy()
    after = auction_delays_ns(routes.height, rng)
    at = np.where(at_open, market.session.open_at, market.session.close_at) + after
    return _fills(routes, at, np.where(at_open, opening[symbol], closing[symbol]), "auction")


def auction_delays_ns(count: int, rng: np.random.Generator) -> np.ndarray:
    """How long after the bell an auction execution is stamped."""
    return (rng.uniform(0.3, 0.9, count) * _LAST_PRINT_S * NS_PER_S).astype(np.int64)


def _extended(routes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    at = routes["arrived_at"].to_numpy() + (rng.uniform(2, 30, routes.height) * NS_PER_S).astype(np.int64)
    good = chance(rng, routes.height, 0.45) & (at < routes["until"].to_numpy())
    return _fills(routes, np.where(good, at, 0), routes["limit"].to_numpy(), "added")


def _split(fills: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Some larger fills come as two executions, the second a moment later."""
    lots = pl.col("quantity") // (100 * SCALE)
    drawn = pl.lit(pl.Series(chance(rng, fills.height, 0.25)))
    first = (lots // 2) * (100 * SCALE)
    marked = fills.with_columns(halved=drawn & (lots > 1) & (pl.col("liquidity") != "auction"), first=first)
    ones = marked.with_columns(quantity=pl.when("halved").then("first").otherwise("quantity"))
    twos = marked.filter("halved").with_columns(
        quantity=pl.col("quantity") - pl.col("first"), executed_at=pl.col("executed_at") + 120_000
    )
    return pl.concat([ones, twos]).drop("halved", "first")
