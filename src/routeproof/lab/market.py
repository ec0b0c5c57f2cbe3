"""One day's market: the best quotes of every symbol, which venues stand at them, and look-ups.

Every venue's book is given by the national best price, the set of venues that show it, and fixed sizes; a venue not in
the set stands one tick behind. The NBBO is therefore the best of the venues by construction, and never crossed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.lab.seeds import hashed, stream
from routeproof.lab.universe import LIT, TICK, Instrument, instruments
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from datetime import date

    from routeproof.lab.config import LabConfig
    from routeproof.lab.sessions import Session

_SHIFT = 48  # a day's nanoseconds fit below this bit
_HALT_START_S, _HALT_LENGTH_S = 5_400, 1_800
_ROUND_LOT = 100


@dataclass(frozen=True)
class Quotes:
    """Best quotes of one symbol (or several, one after the other); prices fixed point, 0 = side withdrawn."""

    at: np.ndarray
    bid: np.ndarray
    ask: np.ndarray
    bid_size: np.ndarray
    ask_size: np.ndarray
    bid_venue: np.ndarray
    ask_venue: np.ndarray
    bid_touch: np.ndarray
    ask_touch: np.ndarray


@dataclass(frozen=True)
class MarketDay:
    """Quotes of all symbols, one symbol after the other; `starts[i]:starts[i + 1]` are symbol i's rows.

    `shown_as`: the row whose sizes each row shows at venues behind the best; null where every row shows its own.
    """

    session: Session
    symbols: tuple[Instrument, ...]
    quotes: Quotes
    starts: np.ndarray
    key: np.ndarray
    halts: tuple[tuple[int, int, int], ...]
    stressed: bool
    shown_as: np.ndarray | None = None

    def before(self, symbol: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Row of the quote in force strictly before each instant; the day's first quote if there is none yet."""
        wanted = (symbol.astype(np.int64) << _SHIFT) | (at - self.session.midnight_at)
        row: np.ndarray = np.searchsorted(self.key, wanted, side="left") - 1
        return np.asarray(np.maximum(row, self.starts[symbol]))

    def tradable(self, symbol: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Each instant, or just after the market of the symbol resumes where it is halted."""
        moved = at.copy()
        for halted, start, end in self.halts:
            mine = self.quotes.at[self.starts[halted] : self.starts[halted + 1]]
            resumed = mine[np.searchsorted(mine, end)] + 1
            moved = np.where((symbol == halted) & (at >= start) & (at < resumed), resumed, moved)
        return moved


def market_day(config: LabConfig, session: Session, opening: np.ndarray) -> MarketDay:
    """The quotes of one session; `opening` holds each instrument's opening price in USD."""
    symbols = instruments()
    total = sum(one.activity for one in symbols)
    stressed = session.day in config.stress_on
    busy = config.quotes_per_day * (1.4 if stressed else 1.0)
    busy *= config.prior_flow if session.day < config.first else 1.0
    parts = []
    for one, price in zip(symbols, opening, strict=True):
        rng = stream(config.seed, "market", session.day.isoformat(), one.symbol)
        count = int(busy * one.activity / total * rng.uniform(0.9, 1.15))
        parts.append(_symbol_quotes(one, float(price), count, session, rng, stressed=stressed))
    halts = _halts(config, session, symbols)
    for symbol, start, end in halts:
        parts[symbol] = _withdraw(parts[symbol], start, end)
    starts = np.concatenate([[0], np.cumsum([len(part.at) for part in parts])])
    quotes = Quotes(*(np.concatenate([getattr(p, name) for p in parts]) for name in Quotes.__dataclass_fields__))
    index = np.repeat(np.arange(len(symbols), dtype=np.int64), np.diff(starts))
    starts, key = keyed(session, quotes.at, index, len(symbols))
    return MarketDay(session, symbols, quotes, starts, key, halts, stressed)


def keyed(session: Session, at: np.ndarray, symbol: np.ndarray, symbols: int) -> tuple[np.ndarray, np.ndarray]:
    """First rows of each symbol (and the end), and the key that instants are looked up by, of rows in order."""
    starts = np.searchsorted(symbol, np.arange(symbols + 1))
    return starts, (symbol.astype(np.int64) << _SHIFT) | (at - session.midnight_at)


@lru_cache(maxsize=4)
def opening_prices(config: LabConfig) -> dict[date, np.ndarray]:
    """Opening price of every instrument on every session, in USD: a random walk with overnight steps."""
    days = config.all_sessions
    paths = []
    for one in instruments():
        steps = stream(config.seed, "opening", one.symbol).normal(0.0002, one.daily_volatility, len(days))
        paths.append(one.price_usd * np.exp(np.cumsum(steps)))
    table = np.array(paths)
    return {session.day: table[:, index] for index, session in enumerate(days)}


def touch_size(row: np.ndarray, venue: int, *, ask: bool) -> np.ndarray:
    """Shares one venue shows at the best price in a quote row (whole shares)."""
    return (1 + hashed(row, 2 * venue + int(ask)) % np.uint64(6)).astype(np.int64) * _ROUND_LOT


def venue_quotes(market: MarketDay) -> pl.DataFrame:
    """Every lit venue's own best quotes: `symbol` (index), `at`, `venue` (index), `bid`, `ask`, `bid_size`, `ask_size`.

    The best bid over the venues is the national best bid at every instant, the best offer likewise; halts are left out.
    """
    quotes = market.quotes
    rows = np.arange(len(market.key)) if market.shown_as is None else market.shown_as
    symbol = np.repeat(np.arange(len(market.symbols)), np.diff(market.starts))
    parts = []
    for venue in range(len(LIT)):
        at_bid, at_ask = (quotes.bid_touch >> venue) & 1 == 1, (quotes.ask_touch >> venue) & 1 == 1
        bid_size = np.where(quotes.bid_venue == venue, quotes.bid_size, touch_size(rows, venue, ask=False))
        ask_size = np.where(quotes.ask_venue == venue, quotes.ask_size, touch_size(rows, venue, ask=True))
        frame = pl.DataFrame(
            {
                "symbol": symbol,
                "at": quotes.at,
                "venue": np.full(len(rows), venue),
                "bid": np.where(at_bid, quotes.bid, quotes.bid - TICK),
                "ask": np.where(at_ask, quotes.ask, quotes.ask + TICK),
                "bid_size": bid_size,
                "ask_size": ask_size,
            }
        )
        parts.append(frame.filter(pl.Series(quotes.bid > 0)))
    return pl.concat(parts).sort("symbol", "at", "venue", maintain_order=True)


def _symbol_quotes(
    one: Instrument, price: float, count: int, session: Session, rng: np.random.Generator, *, stressed: bool
) -> Quotes:
    at = _times(session, count, rng)
    calm = np.exp(np.repeat(rng.normal(0, 0.35, 24), -(-count // 24))[:count])
    sigma = one.daily_volatility * (2.2 if stressed else 1.0) / np.sqrt(count)
    middle = price * np.exp(np.cumsum(rng.standard_normal(count) * sigma * calm)) / (TICK / 1e9)
    wide = np.repeat(rng.geometric(0.7, -(-count // 12)) - 1, 12)[:count]
    spread = (one.spread_ticks + wide) * (2 if stressed else 1)
    spread = np.where(at < session.open_at + 300 * NS_PER_S, spread + one.spread_ticks, spread)
    bid = np.maximum(np.floor(middle - spread / 2 + 0.5).astype(np.int64), 1)
    ask = bid + spread
    sides = [_depth(count, rng, one) for _ in range(2)]
    sizes, venues, touches = zip(*sides, strict=True)
    return Quotes(at, bid * TICK, ask * TICK, *sizes, *venues, *touches)


def _times(session: Session, count: int, rng: np.random.Generator) -> np.ndarray:
    """Busy after the open and before the close, quiet at noon."""
    grid = np.linspace(0, 1, 33)
    density = 0.45 + 2.2 * (grid - 0.55) ** 2 + 1.6 * np.exp(-grid * 18)
    weight = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    place = np.interp(np.sort(rng.random(count)), weight / weight[-1], grid)
    length = session.close_at - session.open_at
    return session.open_at + np.maximum((place * (length - NS_PER_S)).astype(np.int64), 1_000) // 1000 * 1000


def _depth(count: int, rng: np.random.Generator, one: Instrument) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Displayed size at the best venue, that venue, and the set of venues at the best price (bits)."""
    home = next(index for index, venue in enumerate(LIT) if venue.mic == one.listing)
    draws = rng.integers(0, len(LIT) + 3, count)
    best = np.where(draws >= len(LIT), home, draws).astype(np.int64)
    touch = rng.integers(0, 2 ** len(LIT), count) & rng.integers(0, 2 ** len(LIT), count) | (1 << best)
    size = _ROUND_LOT * np.ceil(np.exp(rng.normal(0.9, 0.8, count))).astype(np.int64)
    return size, best.astype(np.uint8), touch.astype(np.uint8)


def _halts(config: LabConfig, session: Session, symbols: tuple[Instrument, ...]) -> tuple[tuple[int, int, int], ...]:
    if session.day != config.halt_on:
        return ()
    index = next(i for i, one in enumerate(symbols) if one.symbol == config.halt_symbol)
    start = session.open_at + _HALT_START_S * NS_PER_S
    return ((index, start, start + _HALT_LENGTH_S * NS_PER_S),)


def _withdraw(quotes: Quotes, start: int, end: int) -> Quotes:
    """No quote from the start of a halt until the first one after it."""
    first, last = np.searchsorted(quotes.at, [start, end])
    keep = np.concatenate([np.arange(first + 1), np.arange(last, len(quotes.at))])
    columns = {name: getattr(quotes, name)[keep] for name in Quotes.__dataclass_fields__}
    for column in columns.values():
        column[first] = 0
    columns["at"][first] = start
    return Quotes(**columns)
