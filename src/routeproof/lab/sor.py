"""The router's declared logic: which children go where, when.

Declared ranking: best displayed price, then lowest fee, then fastest. Small marketable orders go to a wholesaler by
rotation; midpoint orders to the midpoint book; resting orders to the venue with the best rebate; auctions to the
listing exchange; a directed order where the customer said.

Route columns: `order`, `version`, `child` (1.. within the order), `style` (take | mid | post | auction | extended),
`symbol`, `sign`, `sent_at`, `venue` (index), `quantity`, `limit`?, `tif`, `depth` (price levels behind the touch),
`until` (when customer, replace or close end it), `missed` (came back unfilled), `planted` (faults, space separated).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from routeproof.lab.market import MarketDay, touch_size
from routeproof.lab.resting import first_touch
from routeproof.lab.seeds import chance
from routeproof.lab.universe import DARK, EXTENDED, INDEX, LATENCY_NS, LIT, WHOLESALERS
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

_ALL_BITS = 2 ** len(LIT)
_LOWEST = np.array([(bits & -bits).bit_length() - 1 if bits else 0 for bits in range(_ALL_BITS)], np.int64)
_BEST_REBATE = INDEX["EDGX"]
_WHOLESALE_SHARE, _WHOLESALE_MOST = 0.6, 2000 * SCALE
_HONEST_MISS = 0.015
_SLICES, _SLICE_EVERY_S = 4, 300
_EXTENDED_S = 4 * 3600
_TAKING = ("market", "market_ioc", "marketable_limit", "marketable_limit_ioc", "directed", "non_marketable_ioc")
_POSTING = ("non_marketable", "pegged")
_RETRY_NS = 1_500_000


def plan_routes(orders: pl.DataFrame, market: MarketDay, decision_us: int, rng: np.random.Generator) -> pl.DataFrame:
    """Honest child routes of one day's accepted orders, in order of `order`, `child`."""
    decision = (np.exp(rng.normal(np.log(decision_us), 0.3, orders.height)) * 1000).astype(np.int64)
    known = (
        orders.with_columns(decided_at=pl.col("sent_at") + 300_000 + pl.Series(decision), day_end=_day_end(market))
        .with_columns(until=pl.min_horizontal("cancel_at", "replace_at", "day_end"))
        .filter(pl.col("refused").is_null())
    )
    parts = [
        _take(known.filter(pl.col("kind").is_in(_TAKING)), market, rng),
        _take(_triggered(known.filter(pl.col("kind") == "stop"), market), market, rng),
        _take(_sliced(known.filter(pl.col("kind") == "not_held"), market), market, rng),
        _single(known.filter(pl.col("kind").str.starts_with("midpoint")), "mid", pl.lit(DARK)),
        _single(known.filter(pl.col("kind").is_in(_POSTING)), "post", pl.lit(_BEST_REBATE)),
        _single(known.filter(pl.col("kind").is_in(["on_open", "on_close"])), "auction", _listing(market)),
        _single(known.filter(pl.col("kind") == "outside_hours"), "extended", pl.lit(EXTENDED)),
        _replaced(known.filter(pl.col("replace_at").is_not_null())),
    ]
    routes = pl.concat(parts).filter(pl.col("quantity") > 0).sort("order", "version", "sent_at", maintain_order=True)
    lit_take = (pl.col("style") == "take") & (pl.col("venue") < len(LIT))
    missed = lit_take & pl.lit(pl.Series(chance(rng, routes.height, _HONEST_MISS)))
    return routes.with_columns(missed=missed)


def with_retries(routes: pl.DataFrame) -> pl.DataFrame:
    """Add the second attempt of every child that came back unfilled, and number the children of each order."""
    again = routes.filter("missed").with_columns(
        sent_at=pl.col("sent_at") + 2 * _latency() + _RETRY_NS,
        venue=(pl.col("venue") + 1) % len(LIT),
        missed=pl.lit(value=False),
        planted=pl.lit(""),
    )
    every = pl.concat([routes, again]).sort("order", "version", "sent_at", maintain_order=True)
    return (
        every.with_columns(child=pl.int_range(1, pl.len() + 1).over("order"))
        .with_row_index("route")
        .with_columns(pl.col("route").cast(pl.Int64))
    )


def _latency() -> pl.Expr:
    return pl.lit(pl.Series(LATENCY_NS)).gather(pl.col("venue"))


def _day_end(market: MarketDay) -> pl.Expr:
    close = market.session.close_at
    outside = pl.col("kind") == "outside_hours"
    early = pl.col("received_at") < market.session.open_at
    return (
        pl.when(pl.col("tif") == "gtc")
        .then("received_at")  # it rests beyond today; the day it fills is another day's story
        .when(outside & early)
        .then(market.session.open_at)
        .when(outside)
        .then(close + _EXTENDED_S * NS_PER_S)
        .otherwise(close)
    )


def _listing(market: MarketDay) -> pl.Expr:
    return pl.lit(pl.Series([INDEX[one.listing] for one in market.symbols])).gather(pl.col("symbol"))


def _single(orders: pl.DataFrame, style: str, venue: pl.Expr) -> pl.DataFrame:
    """One child for the whole order."""
    return _routes(orders.with_columns(venue=venue.cast(pl.Int64), depth=pl.lit(0, pl.Int64)), style)


def _replaced(orders: pl.DataFrame) -> pl.DataFrame:
    """The child that follows a replace: same shares, new limit."""
    second = orders.with_columns(
        decided_at=pl.col("replace_at") + 2_000_000,
        limit=pl.col("replace_limit"),
        until=pl.col("day_end"),
    )
    return _single(second, "post", pl.lit(_BEST_REBATE)).with_columns(version=pl.lit(2, pl.Int64))


def _routes(orders: pl.DataFrame, style: str) -> pl.DataFrame:
    return orders.select(
        "order",
        pl.lit(1, pl.Int64).alias("version"),
        pl.lit(style).alias("style"),
        "symbol",
        "sign",
        pl.col("decided_at").alias("sent_at"),
        "venue",
        "quantity",
        "limit",
        "tif",
        "depth",
        "until",
        pl.lit("").alias("planted"),
    )


def _triggered(orders: pl.DataFrame, market: MarketDay) -> pl.DataFrame:
    """Stop orders that elect, decided just after the quote that touched their stop."""
    elected = first_touch(market, orders, price="stop", from_at="decided_at", rising=True)
    return orders.with_columns(decided_at=pl.Series(elected, dtype=pl.Int64) + 500_000).filter(
        pl.Series(elected > 0, dtype=pl.Boolean)
    )


def _sliced(orders: pl.DataFrame, market: MarketDay) -> pl.DataFrame:
    """Not-held orders worked in equal slices while the market is open."""
    part = (pl.col("quantity") // _SLICES // SCALE) * SCALE
    slices = [
        orders.with_columns(
            quantity=pl.col("quantity") - part * (_SLICES - 1) if index == 0 else part,
            decided_at=pl.min_horizontal(
                pl.col("decided_at") + index * _SLICE_EVERY_S * NS_PER_S,
                pl.lit(market.session.close_at - (5 - index) * NS_PER_S),
            ),
        )
        for index in range(_SLICES)
    ]
    return pl.concat(slices)


def _take(orders: pl.DataFrame, market: MarketDay, rng: np.random.Generator) -> pl.DataFrame:
    """Children that take the far side: a wholesaler for small orders, else a sweep over venues at the touch."""
    symbol, sign = orders["symbol"].to_numpy(), orders["sign"].to_numpy()
    quantity = orders["quantity"].to_numpy()
    row = market.before(symbol, market.tradable(symbol, orders["decided_at"].to_numpy()))
    small = (quantity <= _WHOLESALE_MOST) & chance(rng, orders.height, _WHOLESALE_SHARE)
    held = ~orders["kind"].is_in(["not_held", "directed"]).to_numpy() & ~(orders["tif"] == "ioc").to_numpy()
    wholesale = (small & held) | (quantity % SCALE != 0)
    directed = orders["directed"].is_not_null().to_numpy()
    first, second, sizes = _ranked(market, row, sign)
    rotation = np.array(WHOLESALERS)[rng.integers(0, len(WHOLESALERS), orders.height)]
    whole = np.where(directed, INDEX["XNAS"], rotation)
    alone = wholesale | directed
    one = np.where(alone, quantity, np.minimum(quantity, sizes[0]))
    two = np.minimum(quantity - one, np.where(second >= 0, sizes[1], 0))
    three = quantity - one - two
    legs = (
        (np.where(alone, whole, first), one, 0),
        (np.maximum(second, 0), two, 0),
        (first, three, 1),
    )
    return pl.concat(
        [
            _routes(
                orders.with_columns(
                    venue=pl.Series(venue, dtype=pl.Int64),
                    quantity=pl.Series(shares, dtype=pl.Int64),
                    depth=pl.lit(depth, pl.Int64),
                ),
                "take",
            )
            for venue, shares, depth in legs
        ]
    )


def _ranked(market: MarketDay, row: np.ndarray, sign: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """First and second venue at the touch by the declared ranking (-1: none) and the fixed-point sizes they show."""
    quotes, buying = market.quotes, sign > 0
    bits = np.where(buying, quotes.ask_touch[row], quotes.bid_touch[row]).astype(np.int64)
    best = np.where(buying, quotes.ask_venue[row], quotes.bid_venue[row])
    shown = np.where(buying, quotes.ask_size[row], quotes.bid_size[row])
    first = _LOWEST[bits]
    rest = bits & (bits - 1)
    second = np.where(rest > 0, _LOWEST[rest], -1)
    sizes = []
    for venue in (first, second):
        hidden = np.zeros(len(row), np.int64)
        for index in range(len(LIT)):
            at = venue == index
            hidden[at] = np.where(
                buying[at], touch_size(row[at], index, ask=True), touch_size(row[at], index, ask=False)
            )
        sizes.append(np.where(venue == best, shown, hidden) * SCALE)
    return first, second, sizes
