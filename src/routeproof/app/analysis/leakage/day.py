"""One day's events beside their controls: differences in differences, summed by what the events were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.app.analysis.leakage.events import KEYS
from routeproof.app.analysis.leakage.market import UNUSABLE, DayMarket, Points, day_market
from routeproof.evidence.leak.controls import NONE, nearest_controls
from routeproof.evidence.leak.outcomes import UNKNOWN, against_controls
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from datetime import date

    from routeproof.evidence.leak.outcomes import Int64s
    from routeproof.policy.analysis.leakage import LeakagePolicy
    from routeproof.tables.lookup.quote_book import QuoteBook

MOVE, SIZE = OUTCOMES = ("move", "size")
SUMS = ("total", "count", "placebo_total", "placebo_count", "largest")
US_PER_MIN, NS_PER_US = 60_000_000, 1_000
SYMBOL_BITS = 47
EDGE_S = 60


def day_differences(
    events: pl.DataFrame,
    own: pl.DataFrame,
    book: QuoteBook,
    day: date,
    hours: tuple[int, int],
    policy: LeakagePolicy,
    seed: int,
) -> pl.DataFrame:
    """Sums over one day's events.

    Args:
        events: `events.COLUMNS`.
        own: `symbol, at` of everything own, whatever its kind and provider: no control lies near any of it.
        book: reference quotes.
        day: names the draw of candidate controls, with the seed.
        hours: begin and end of regular hours, UTC ns.
        policy: windows, controls.
        seed: of the candidates.

    Returns:
        One row per `KEYS`: `day`, `events`, `matched`; for each outcome `OUTCOME_SUM` of `SUMS`: differences in
        differences of events with a control, in millionths, and of the placebo window; `largest` is the number of
        events of the order that has most.
    """
    inside = events.filter(
        (pl.col("at") - 2 * pl.col("window_ns") > hours[0] + policy.recent_s * NS_PER_S)
        & (pl.col("at") + pl.col("window_ns") < hours[1] - EDGE_S * NS_PER_S)
    ).sort("symbol", "at", "order_id", *KEYS)
    if inside.is_empty():
        return pl.DataFrame()
    market = day_market(book, inside["symbol"])
    mine = _points(inside, market)
    window = inside["window_ns"].to_numpy()
    candidates = _candidates(market, hours, policy, np.random.PCG64(seed + day.toordinal()))
    busy = own.filter(pl.col("symbol").is_in(market.names) & pl.col("at").is_between(*hours))
    reach = policy.clear_ms * NS_PER_MS + int(window.max())
    free = _clear_of(candidates, _places(busy, market), busy["at"].to_numpy(), policy.clear_ms * NS_PER_MS, reach)
    found = _matched(market, mine, free, policy, hours[0])
    values = _differences(market, mine, window, free, found, policy)
    told = inside["size_told"].to_numpy()
    for name in ("size_change", "size_placebo"):
        values[name] = np.where(told, values[name], UNKNOWN)
    return _summed(inside.with_columns(pl.Series(name, value) for name, value in values.items()), day)


def _points(events: pl.DataFrame, market: DayMarket) -> Points:
    return Points(_places(events, market), events["sign"].to_numpy(), events["at"].to_numpy())


def _places(rows: pl.DataFrame, market: DayMarket) -> Int64s:
    return rows["symbol"].cast(pl.Enum(market.names)).to_physical().cast(pl.Int64).to_numpy()


def _candidates(market: DayMarket, hours: tuple[int, int], policy: LeakagePolicy, rng: np.random.PCG64) -> Points:
    """Instants of every symbol, one in each stretch of `control_every_s`, once as a buy and once as a sell."""
    every = policy.control_every_s * NS_PER_S
    starts = np.arange(
        hours[0] + policy.recent_s * NS_PER_S, hours[1] - EDGE_S * NS_PER_S - every, every, dtype=np.int64
    )
    count = len(market.names) * starts.size
    drawn = (rng.random_raw(count) % np.uint64(every)).astype(np.int64) // NS_PER_US * NS_PER_US
    at = np.tile(starts, len(market.names)) + drawn
    symbol = np.repeat(np.arange(len(market.names), dtype=np.int64), starts.size)
    ones = np.ones(count, dtype=np.int64)
    return Points(np.tile(symbol, 2), np.concatenate([ones, -ones]), np.tile(at, 2))


def _clear_of(candidates: Points, symbol: Int64s, at: Int64s, before_ns: int, reach_ns: int) -> Points:
    """Candidates with nothing own of the symbol shortly before them, nor within their windows and shortly after."""
    base = int(min(candidates.at.min(initial=at.min()), at.min())) - 2 * (before_ns + reach_ns)
    keys = np.sort((symbol << SYMBOL_BITS) | (at - base))
    key = (candidates.symbol << SYMBOL_BITS) | (candidates.at - base)
    before, after = np.searchsorted(keys, key - before_ns, side="left"), np.searchsorted(keys, key + reach_ns, "right")
    kept = before == after
    return Points(candidates.symbol[kept], candidates.sign[kept], candidates.at[kept])


def _matched(market: DayMarket, mine: Points, free: Points, policy: LeakagePolicy, base: int) -> Int64s:
    """(n, controls) places among the free candidates."""
    state, other = market.states(mine, policy.recent_s), market.states(free, policy.recent_s)
    usable = np.flatnonzero(other != UNUSABLE)
    found = nearest_controls(
        np.maximum(state, 0),
        (mine.at - base) // NS_PER_US,
        other[usable],
        (free.at[usable] - base) // NS_PER_US,
        count=policy.controls,
        within_us=policy.within_min * US_PER_MIN,
    )
    placed = np.append(usable, NONE)[found]
    return np.where((state == UNUSABLE)[:, None], NONE, placed)


def _differences(
    market: DayMarket, mine: Points, window: Int64s, free: Points, found: Int64s, policy: LeakagePolicy
) -> dict[str, Int64s]:
    own = market.outcomes(mine, window, policy.most_bps)
    there = found != NONE
    chosen = found[there]
    theirs = Points(free.symbol[chosen], free.sign[chosen], free.at[chosen])
    windows = np.broadcast_to(window[:, None], found.shape)[there]
    other = market.outcomes(theirs, windows, policy.most_bps)
    values: dict[str, Int64s] = {"matched": there.any(axis=1).astype(np.int64)}
    for name in ("move_change", "move_placebo", "size_change", "size_placebo"):
        spread = np.full(found.shape, UNKNOWN, dtype=np.int64)
        spread[there] = getattr(other, name)
        values[name] = against_controls(getattr(own, name), spread)
    return values


def _summed(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    sums = [pl.len().cast(pl.Int64).alias("events"), pl.col("matched").sum()]
    for outcome in OUTCOMES:
        known = pl.col(f"{outcome}_change") != UNKNOWN
        before = pl.col(f"{outcome}_placebo") != UNKNOWN
        sums += [
            pl.col(f"{outcome}_change").filter(known).sum().alias(f"{outcome}_total"),
            known.sum().cast(pl.Int64).alias(f"{outcome}_count"),
            pl.col(f"{outcome}_placebo").filter(before).sum().alias(f"{outcome}_placebo_total"),
            before.sum().cast(pl.Int64).alias(f"{outcome}_placebo_count"),
            pl.col("order_id")
            .filter(known)
            .unique_counts()
            .max()
            .fill_null(0)
            .cast(pl.Int64)
            .alias(f"{outcome}_largest"),
        ]
    return rows.group_by(KEYS).agg(sums).with_columns(pl.lit(day).alias("day")).sort(KEYS)
