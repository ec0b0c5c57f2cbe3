"""The firm's customers: parent orders of one provider and day, before anything is routed.

Columns: `order` (row number), `cl_ord_id`, `symbol` (index), `sign` (+1 buy, -1 sell), `short`, `kind`, `order_type`,
`tif`, `quantity`, `limit`?, `stop`?, `instructions`, `directed`?, `received_at`, `sent_at`, `cancel_at`?,
`replace_at`?, `replace_limit`?, `refused`?. Prices and quantities are fixed point, instants UTC nanoseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.lab.seeds import chance, stream
from routeproof.lab.universe import TICK
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from routeproof.lab.config import LabConfig, Provider
    from routeproof.lab.market import MarketDay

KINDS: tuple[tuple[str, float, str, str], ...] = (  # kind, share, order type, time in force
    ("market", 0.290, "market", "day"),
    ("market_ioc", 0.020, "market", "ioc"),
    ("marketable_limit", 0.230, "limit", "day"),
    ("marketable_limit_ioc", 0.040, "limit", "ioc"),
    ("midpoint_or_better", 0.070, "limit", "day"),
    ("midpoint_or_better_ioc", 0.015, "limit", "ioc"),
    ("non_marketable", 0.230, "limit", "day"),
    ("non_marketable_ioc", 0.005, "limit", "ioc"),
    ("stop", 0.025, "stop", "day"),
    ("on_open", 0.007, "market", "at_the_open"),
    ("on_close", 0.013, "market", "at_the_close"),
    ("pegged", 0.010, "pegged", "day"),
    ("not_held", 0.010, "market", "day"),
    ("directed", 0.015, "limit", "day"),
    ("outside_hours", 0.020, "limit", "day"),
)
KIND = {row[0]: index for index, row in enumerate(KINDS)}
_INSTRUCTIONS = {KIND["not_held"]: "1", KIND["pegged"]: "R"}
_DIRECTED_TO = "XNAS"


def customer_orders(config: LabConfig, provider: Provider, market: MarketDay, *, thinner: float = 1.0) -> pl.DataFrame:
    """Parent orders of one provider on one day, in order of receipt; `thinner` scales their number (prior period)."""
    rng = stream(config.seed, "flow", market.session.day.isoformat(), provider.comp_id)
    count = int(config.orders_per_day * rng.uniform(1.0, 1.1) * thinner)
    kind = rng.choice(len(KINDS), count, p=_shares())
    received = _receipts(market, kind, rng)
    order = np.argsort(received, kind="stable")
    kind, received = kind[order], received[order]
    weights = np.array([one.activity for one in market.symbols])
    symbol = rng.choice(len(weights), count, p=weights / weights.sum())
    sign = _sides(market, symbol, received, rng)
    limit, stop = _prices(market, symbol, sign, kind, received, rng)
    cancel, replace, replaced_limit = _changes(market, kind, received, limit, sign, rng)
    return pl.DataFrame(
        {
            "order": np.arange(count),
            "cl_ord_id": [f"{provider.comp_id[-1]}{index + 1:06d}" for index in range(count)],
            "symbol": symbol,
            "sign": sign,
            "short": (sign < 0) & chance(rng, count, 0.05),
            "kind": pl.Series([row[0] for row in KINDS]).gather(kind),
            "order_type": pl.Series([row[2] for row in KINDS]).gather(kind),
            "tif": pl.Series([row[3] for row in KINDS]).gather(kind),
            "quantity": _quantities(kind, rng),
            "limit": limit,
            "stop": stop,
            "instructions": pl.Series([_INSTRUCTIONS.get(index, "") for index in range(len(KINDS))]).gather(kind),
            "received_at": received,
            "sent_at": received + _firm_latency(count, rng),
            "cancel_at": cancel,
            "replace_at": replace,
            "replace_limit": replaced_limit,
        }
    ).with_columns(
        pl.when(pl.col("kind") == "directed").then(pl.lit(_DIRECTED_TO)).alias("directed"),
        pl.col("limit", "stop", "cancel_at", "replace_at", "replace_limit").replace(0, None),
        _refusals(provider, market, chance(rng, count, 0.003)),
    )


def _refusals(provider: Provider, market: MarketDay, rarely: np.ndarray) -> pl.Expr:
    """Why the provider refuses an order at entry, else null: an outage, or a rare refusal in honest flow."""
    start = market.session.open_at + (4 * 3600 + 35 * 60) * NS_PER_S
    is_out = pl.col("received_at").is_between(start, start + 1200 * NS_PER_S) & (
        provider.outage_on == market.session.day
    )
    rare = pl.lit(pl.Series(rarely))
    return pl.when(is_out).then(pl.lit("system unavailable")).when(rare).then(pl.lit("exceeds limit")).alias("refused")


def _shares() -> np.ndarray:
    shares = np.array([row[1] for row in KINDS])
    return np.asarray(shares / shares.sum())


def _receipts(market: MarketDay, kind: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    session, count = market.session, len(kind)
    length = session.close_at - session.open_at
    place = np.where(chance(rng, count, 0.45), rng.beta(0.7, 2.2, count), rng.beta(1.1, 0.8, count))
    at = session.open_at + NS_PER_S + (place * (length - 120 * NS_PER_S)).astype(np.int64)
    early = session.open_at - (rng.random(count) * 5400 + 60).astype(np.int64) * NS_PER_S
    late = session.close_at + (rng.random(count) * 5400 + 60).astype(np.int64) * NS_PER_S
    at = np.where(kind == KIND["outside_hours"], np.where(chance(rng, count, 0.5), early, late), at)
    at = np.where(kind == KIND["on_open"], early, at)
    return np.where(kind == KIND["on_close"], np.minimum(at, session.close_at - 900 * NS_PER_S), at) // 1000 * 1000


def _sides(market: MarketDay, symbol: np.ndarray, at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Customers know a little: the odds lean towards where the middle will be a minute later."""
    quotes = market.quotes
    now, later = market.before(symbol, at), market.before(symbol, at + 60 * NS_PER_S)
    middle = (quotes.bid + quotes.ask) / 2
    lean = np.tanh((middle[later] - middle[now]) / (4 * TICK))
    return np.where(rng.random(len(at)) < 0.5 + 0.04 * lean, 1, -1)


def _quantities(kind: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    count = len(kind)
    lots = np.minimum(np.ceil(np.exp(rng.normal(0.55, 0.95, count))), 30).astype(np.int64) * 100
    odd = rng.integers(1, 100, count)
    fraction = rng.integers(1, 8_000, count) * (SCALE // 1000)
    whole = np.where(chance(rng, count, 0.33), odd, lots)
    whole = np.where(kind == KIND["not_held"], lots * 5 + 2000, whole) * SCALE
    fractional = chance(rng, count, 0.10) & np.isin(kind, [KIND["market"]])
    return np.asarray(np.where(fractional, fraction, whole))


def _prices(
    market: MarketDay, symbol: np.ndarray, sign: np.ndarray, kind: np.ndarray, at: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Limit and stop prices from the quote at receipt; 0 where the order has none."""
    quotes, row = market.quotes, market.before(symbol, market.tradable(symbol, at))
    bid, ask = quotes.bid[row], quotes.ask[row]
    near, far = np.where(sign > 0, bid, ask), np.where(sign > 0, ask, bid)
    spread, count = ask - bid, len(at)
    inside = near + sign * (-(-spread // (2 * TICK)) * TICK)  # at the midpoint or the first tick beyond it
    inside = np.where(spread > TICK, inside, far)
    behind = near - sign * TICK * (rng.geometric(0.45, count) - 1)
    behind = np.where(chance(rng, count, 0.12), near - sign * (near // 25 // TICK) * TICK, behind)
    through = far + sign * TICK * np.where(chance(rng, count, 0.5), 0, rng.integers(1, 4, count))
    limit = np.zeros(count, np.int64)
    for names, price in (
        (("marketable_limit", "marketable_limit_ioc", "directed"), through),
        (("midpoint_or_better", "midpoint_or_better_ioc"), inside),
        (("non_marketable", "non_marketable_ioc", "outside_hours"), behind),
    ):
        limit = np.where(np.isin(kind, [KIND[name] for name in names]), price, limit)
    away = far + sign * np.maximum(far // 400 // TICK, 2) * TICK
    return np.maximum(limit, 0), np.where(kind == KIND["stop"], away, 0)


def _changes(
    market: MarketDay, kind: np.ndarray, at: np.ndarray, limit: np.ndarray, sign: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Instants of cancels and replaces and the new limit; 0 = none. Only resting orders are changed."""
    count = len(at)
    resting = np.isin(kind, [KIND["non_marketable"], KIND["midpoint_or_better"], KIND["pegged"]])
    after = at + (rng.exponential(1500, count) * NS_PER_S).astype(np.int64) // NS_PER_MS * NS_PER_MS + NS_PER_S
    in_time = resting & (after < market.session.close_at - 5 * NS_PER_S)
    cancels = chance(rng, count, 0.45)
    cancel = np.where(in_time & cancels, after, 0)
    replaces = in_time & ~cancels & chance(rng, count, 0.22) & (kind == KIND["non_marketable"])
    replace = np.where(replaces, after, 0)
    nearer = limit + sign * TICK * rng.integers(1, 4, count)
    return cancel, replace, np.where(replaces, nearer, 0)


def _firm_latency(count: int, rng: np.random.Generator) -> np.ndarray:
    return (np.exp(rng.normal(6.9, 0.5, count)) * 1000).astype(np.int64)
