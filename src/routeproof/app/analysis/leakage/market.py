"""The market of one day around instants: states that events and controls are alike in, and the far side by window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.evidence.leak.outcomes import adverse_move, change, withdrawal
from routeproof.tables.lookup.asof import quote_in_force
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    import numpy.typing as npt

    from routeproof.tables.lookup.quote_book import Int64s, QuoteBook

RECENT_EDGES = (-1.0, -0.25, 0.25, 1.0)
IMBALANCE_EDGES = (-1 / 3, 1 / 3)
SPREADS, RECENTS, IMBALANCES = 3, len(RECENT_EDGES) + 1, len(IMBALANCE_EDGES) + 2
STATES = SPREADS * RECENTS * IMBALANCES
UNUSABLE = -1
BEFORE = (-2, -1, 0, 1)
"""Ends of windows around an event, in windows: two before it (the earlier one is the placebo), and the one after."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Instants of one day: place of the symbol, side, UTC ns; (n,) each."""

    symbol: Int64s
    sign: Int64s
    at: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What happened around (n,) instants, `UNKNOWN` where it cannot be told.

    `*_change` is the window after less the one before, `*_placebo` the window before less the one before that.
    """

    move_change: Int64s
    move_placebo: Int64s
    size_change: Int64s
    size_placebo: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class DayMarket:
    """Quotes of one day.

    Attributes:
        book: reference quotes.
        names: symbols, in the order of their places.
        low: (symbols,) first row of each.
        high: (symbols,) row after the last.
        usual: (symbols,) usual spread, fixed point.
    """

    book: QuoteBook
    names: tuple[str, ...]
    low: Int64s
    high: Int64s
    usual: npt.NDArray[np.float64]

    def rows(self, points: Points, at: Int64s) -> Int64s:
        """Row of the quote in force strictly before each instant, -1 without one."""
        return quote_in_force(self.book.at, self.low[points.symbol], self.high[points.symbol], at, inclusive=False)

    def states(self, points: Points, recent_s: int) -> Int64s:
        """Code of symbol, spread, recent signed move and signed imbalance; `UNUSABLE` without a two-sided quote."""
        now, then = self.rows(points, points.at), self.rows(points, points.at - recent_s * NS_PER_S)
        bid, ask = self.book.bid, self.book.ask
        usable = (now >= 0) & (then >= 0)
        now, then = np.maximum(now, 0), np.maximum(then, 0)
        spread = ask[now] - bid[now]
        usable &= (spread > 0) & (bid[now] > 0) & (bid[then] > 0) & (ask[then] > 0)
        safe = np.where(usable, spread, 1)
        moved = points.sign * (bid[now] + ask[now] - bid[then] - ask[then]) / (2 * safe)
        wide = np.where(spread <= self.usual[points.symbol], 0, np.where(spread <= 2 * self.usual[points.symbol], 1, 2))
        recent = np.digitize(moved, RECENT_EDGES)
        code = ((points.symbol * SPREADS + wide) * RECENTS + recent) * IMBALANCES + self._imbalance(points, now)
        return np.where(usable, code, UNUSABLE)

    def _imbalance(self, points: Points, row: Int64s) -> Int64s:
        """0 to 2 from more on the far side to more on the near side; 3 where sizes are not told."""
        buys = points.sign > 0
        near = np.where(buys, self.book.bid_size[row], self.book.ask_size[row])
        far = np.where(buys, self.book.ask_size[row], self.book.bid_size[row])
        told = (near >= 0) & (far >= 0) & (near + far > 0)
        share = np.divide(near - far, near + far, out=np.zeros(near.shape), where=told)
        return np.where(told, np.digitize(share, IMBALANCE_EDGES), IMBALANCES - 1).astype(np.int64)

    def outcomes(self, points: Points, window_ns: Int64s, most_bps: float) -> Outcomes:
        """What the far side did after each instant against before."""
        buys = points.sign > 0
        prices, sizes = [], []
        for windows in BEFORE:
            row = self.rows(points, points.at + windows * window_ns)
            there, row = row >= 0, np.maximum(row, 0)
            price = np.where(buys, self.book.ask[row], self.book.bid[row])
            size = np.where(buys, self.book.ask_size[row], self.book.bid_size[row])
            prices.append(np.where(there, price, 0))
            sizes.append(np.where(there, size, -1))
        moves = [adverse_move(points.sign, prices[at], prices[at + 1], most_bps) for at in range(len(BEFORE) - 1)]
        gone = [
            withdrawal(points.sign, prices[at], prices[at + 1], sizes[at], sizes[at + 1])
            for at in range(len(BEFORE) - 1)
        ]
        return Outcomes(
            change(moves[2], moves[1]), change(moves[1], moves[0]), change(gone[2], gone[1]), change(gone[1], gone[0])
        )


def day_market(book: QuoteBook, symbols: pl.Series) -> DayMarket:
    """The market of the symbols; one without quotes has an empty range."""
    names = tuple(sorted(symbols.unique().drop_nulls()))
    low, high = book.bounds(pl.Series("symbol", names, dtype=pl.String))
    usual = np.ones(len(names))
    for place, (first, after) in enumerate(zip(low, high, strict=True)):
        spread = (book.ask[first:after] - book.bid[first:after])[book.bid[first:after] > 0]
        usual[place] = float(np.median(spread)) if spread.size else 1.0
    return DayMarket(book, names, low, high, usual)
