"""The consolidated tape of one day: other people's prints and the firm's own executions.

Columns: `symbol`, `at`, `price`, `quantity`, `venue`, `conditions`, `eligible`. `FINN` stands for prints reported off
exchange. Conditions: `@` regular, `I` odd lot, `F` sweep, `O` opening, `6` closing, `T` outside hours, `Z` late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.lab.fills import official_prices
from routeproof.lab.seeds import chance, stream
from routeproof.lab.universe import CODES, IS_LIT
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.lab.config import LabConfig
    from routeproof.lab.market import MarketDay
    from routeproof.lab.provider_day import ProviderDay

OFF_EXCHANGE = "FINN"
_PRINT_SHARE = 0.06
_OUT_OF_PROFILE = ("O", "6", "T", "Z")
_CONDITIONS = np.array(["@", "@F", "@ Z"])


def tape(config: LabConfig, market: MarketDay, providers: Sequence[ProviderDay]) -> pl.DataFrame:
    """All prints, by symbol and time."""
    own = [_own(market, day) for day in providers]
    prints = pl.concat([_others(config, market), _auctions(config, market), *own])
    late = pl.col("conditions").str.contains_any(list(_OUT_OF_PROFILE))
    return prints.sort("symbol", "at", maintain_order=True).with_columns(eligible=~late)


def auction_times(config: LabConfig, market: MarketDay) -> tuple[np.ndarray, np.ndarray]:
    """When the official opening and closing prices of each symbol were published, UTC nanoseconds."""
    rng = stream(config.seed, "auction", market.session.day.isoformat())
    first, last = (rng.uniform(0.02, 0.25, (2, len(market.symbols))) * NS_PER_S).astype(np.int64)
    return market.session.open_at + first, market.session.close_at + last


def _others(config: LabConfig, market: MarketDay) -> pl.DataFrame:
    rng = stream(config.seed, "tape", market.session.day.isoformat())
    quotes, last = market.quotes, np.zeros(len(market.key), bool)
    last[market.starts[1:] - 1] = True
    rows = np.flatnonzero((rng.random(len(market.key)) < _PRINT_SHARE) & (quotes.bid > 0) & ~last)
    count = len(rows)
    bid, ask = quotes.bid[rows], quotes.ask[rows]
    gap = (quotes.at[rows + 1] - quotes.at[rows]) * rng.random(count)
    buying = chance(rng, count, 0.5)
    lit = chance(rng, count, 0.58)
    touch = np.where(buying, ask, bid)
    inside = touch + np.where(buying, -1, 1) * ((ask - bid) * rng.integers(0, 6, count) // 10)
    venue = np.where(buying, quotes.ask_venue[rows], quotes.bid_venue[rows]).astype(np.int64)
    odd = chance(rng, count, 0.35)
    shares = np.where(odd, rng.integers(1, 100, count), 100 * rng.geometric(0.5, count)) * SCALE
    codes = _CONDITIONS[np.searchsorted([0.93, 0.998], rng.random(count))]
    codes = np.where(odd, np.char.add(codes, "I"), codes)
    return pl.DataFrame(
        {
            "symbol": np.searchsorted(market.starts, rows, side="right") - 1,
            "at": quotes.at[rows] + gap.astype(np.int64) + 1,
            "price": np.where(lit, touch, inside),
            "quantity": shares,
            "venue": pl.Series(np.where(lit, np.array(CODES)[venue], OFF_EXCHANGE)),
            "conditions": pl.Series(codes),
        }
    )


def _auctions(config: LabConfig, market: MarketDay) -> pl.DataFrame:
    rng = stream(config.seed, "auction prints", market.session.day.isoformat())
    count = len(market.symbols)
    parts = [
        pl.DataFrame(
            {
                "symbol": np.arange(count),
                "at": at,
                "price": price,
                "quantity": rng.integers(20, 900, count) * (100 * SCALE),
                "venue": [one.listing for one in market.symbols],
                "conditions": [code] * count,
            }
        )
        for at, price, code in zip(auction_times(config, market), official_prices(market), ("O", "6"), strict=True)
    ]
    return pl.concat(parts)


def _own(market: MarketDay, day: ProviderDay) -> pl.DataFrame:
    """The firm's executions as the tape shows them; auction fills are inside the auction print, busts never stand."""
    session = market.session
    outside = ~pl.col("executed_at").is_between(session.open_at, session.close_at)
    whole = pl.col("quantity") >= SCALE  # the tape prints whole shares only
    shown = day.executions.filter((pl.col("liquidity") != "auction") & (pl.col("later") != "busted") & whole)
    code = pl.when(outside).then(pl.lit("@T")).otherwise(pl.lit("@"))
    lit = pl.lit(pl.Series(IS_LIT)).gather(pl.col("venue"))
    return shown.select(
        "symbol",
        pl.col("executed_at").alias("at"),
        "price",
        pl.col("quantity") // SCALE * SCALE,
        pl.when(lit)
        .then(pl.lit(pl.Series(CODES)).gather(pl.col("venue")))
        .otherwise(pl.lit(OFF_EXCHANGE))
        .alias("venue"),
        pl.when(pl.col("quantity") < 100 * SCALE).then(code + "I").otherwise(code).alias("conditions"),
    )
