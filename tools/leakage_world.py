"""Simulated days as leakage sees them: leaking providers beside an honest one, and markets that move by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.app.analysis.leakage.cells import Standards, table
from routeproof.app.analysis.leakage.day import day_differences
from routeproof.app.analysis.leakage.events import events_of
from routeproof.lab.cheats.leaking_venue import CHEAT
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.leaks import with_leaks
from routeproof.lab.market import market_day, opening_prices
from routeproof.lab.provider_day import provider_day, routed_day
from routeproof.lab.seeds import stream
from routeproof.lab.universe import CODES, TICK
from routeproof.policy.analysis.leakage import leakage_policy
from routeproof.stores.shipped_policy import load_shipped_policy, shipped_subjects
from routeproof.tables.lookup.quote_book import book_of
from routeproof.tables.measured.routes import measure_routes
from routeproof.tables.switches import Switches
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.lab.market import MarketDay
    from routeproof.lab.provider_day import ProviderDay
    from routeproof.lab.sessions import Session
    from routeproof.policy.analysis.leakage import LeakagePolicy

VENUE = "MEMX"
KINDS = ("calm", "trend", "news")
_SAME_CLASS = ("stop", "on_open", "on_close", "pegged", "outside_hours")
_NEWS_A_DAY, _NEWS_SHARE, _TREND_SHARE, _WIDE_S = 12, 0.004, 0.02, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One simulated stretch of days: a provider per grade, the first honest (grade 0)."""

    seed: int
    grades: tuple[float, ...]
    days: int
    kind: str = "calm"
    orders: int = 1010
    quotes: int = 156_000

    @property
    def config(self) -> LabConfig:
        """What is simulated."""
        providers = tuple(
            Provider(f"P{place}", planted=(Planted(CHEAT.name, grade),) if grade else ())
            for place, grade in enumerate(self.grades)
        )
        return LabConfig(seed=self.seed, providers=providers, orders_per_day=self.orders, quotes_per_day=self.quotes)


def shipped() -> Standards:
    """The standards that come with the program."""
    policy = leakage_policy(shipped_subjects()).values[0].value
    return Standards(policy=policy, evidence=load_shipped_policy().evidence.values[0].value)


def day_sums(world: World, policy: LeakagePolicy) -> list[pl.DataFrame]:
    """Sums of every day, as the analysis makes them."""
    config = world.config
    return [_day(world, config, session, policy) for session in config.quarter[: world.days]]


def judged(sums: list[pl.DataFrame], standards: Standards) -> list[dict[str, object]]:
    """The table by venue over some days."""
    return table(pl.concat(sums), "by_venue", standards)


def _day(world: World, config: LabConfig, session: Session, policy: LeakagePolicy) -> pl.DataFrame:
    market = moved(market_day(config, session, opening_prices(config)[session.day]), world)
    sent = [routed_day(config, provider, market) for provider in config.providers]
    market = with_leaks(market, [leak for one in sent for leak in one.leaks])
    days = [provider_day(config, one, market) for one in sent]
    quotes = _quotes(market)
    book = book_of(quotes)
    routes = measure_routes(pl.concat([_routes(one) for one in days]), book, Switches())
    fills, orders = pl.concat([_fills(one) for one in days]), pl.concat([_orders(one) for one in days])
    events = events_of(routes, fills.drop("symbol"), orders.drop("symbol"), quotes, policy)
    own = pl.concat(
        frame.select("symbol", pl.col(at).alias("at"))
        for frame, at in ((routes, "sent_at"), (fills, "executed_at"), (orders, "received_at"))
    )
    hours = (session.open_at, session.close_at)
    return day_differences(events, own, book, session.day, hours, policy, policy.seed)


def moved(market: MarketDay, world: World) -> MarketDay:
    """The market with a trend or with news in every symbol, before any order is sent."""
    if world.kind == "calm":
        return market
    quotes, session = market.quotes, market.session
    shift, wider = np.zeros(quotes.at.size), np.zeros(quotes.at.size, dtype=np.int64)
    for symbol, (low, high) in enumerate(zip(market.starts[:-1], market.starts[1:], strict=True)):
        rng = stream(world.seed, world.kind, session.day.isoformat(), symbol)
        price, at = float(quotes.bid[low]), quotes.at[low:high]
        if world.kind == "trend":
            way = rng.choice([-1.0, 1.0]) * _TREND_SHARE
            shift[low:high] = price * way * (at - session.open_at) / (session.close_at - session.open_at)
            continue
        when = np.sort(rng.uniform(session.open_at, session.close_at, _NEWS_A_DAY))
        steps = np.concatenate([[0.0], np.cumsum(rng.choice([-1.0, 1.0], _NEWS_A_DAY) * _NEWS_SHARE * price)])
        after = np.searchsorted(when, at)
        shift[low:high] = steps[after]
        since = at - np.concatenate([[-np.inf], when])[after]
        wider[low:high] = since < _WIDE_S * NS_PER_S
    ticks = np.rint(shift / TICK).astype(np.int64) * TICK
    bid = np.maximum(quotes.bid + ticks, TICK)
    return replace(market, quotes=replace(quotes, bid=bid, ask=bid + quotes.ask - quotes.bid + wider * TICK))


def _quotes(market: MarketDay) -> pl.DataFrame:
    quotes, codes = market.quotes, pl.Series(CODES)
    names = pl.Series([one.symbol for one in market.symbols])
    index = pl.Series(np.repeat(np.arange(len(market.symbols)), np.diff(market.starts)))
    return pl.DataFrame(
        {
            "symbol": names.gather(index),
            "at": quotes.at,
            "sequence": np.arange(quotes.at.size),
            "bid": quotes.bid,
            "ask": quotes.ask,
            "bid_size": quotes.bid_size * SCALE,
            "ask_size": quotes.ask_size * SCALE,
            "bid_venue": codes.gather(quotes.bid_venue),
            "ask_venue": codes.gather(quotes.ask_venue),
        }
    )


def _named(day: ProviderDay, frame: pl.DataFrame) -> pl.DataFrame:
    name = day.provider.comp_id
    return frame.with_columns(pl.format(f"{name}-{{}}", "order").alias("order_id"), pl.lit(name).alias("provider"))


def _routes(day: ProviderDay) -> pl.DataFrame:
    kind = pl.lit(day.orders["kind"]).gather(pl.col("order"))
    resting = pl.col("style") == "post"
    return _named(day, day.routes).select(
        pl.format("{}-{}", "provider", "route").alias("route_id"),
        "order_id",
        "provider",
        pl.when(kind.is_in(_SAME_CLASS)).then(kind).otherwise(pl.lit("market")).alias("order_class"),
        pl.lit(pl.Series(CODES)).gather(pl.col("venue")).alias("venue"),
        _symbol(day),
        pl.when(pl.col("sign") > 0).then(pl.lit("buy")).otherwise(pl.lit("sell")).alias("side"),
        "sent_at",
        pl.lit(None, pl.Int64).alias("acknowledged_at"),
        "quantity",
        pl.when(pl.col("limit").is_null()).then(pl.lit("market")).otherwise(pl.lit("limit")).alias("order_type"),
        pl.col("limit").alias("limit_price"),
        pl.when(resting).then(pl.lit("post")).otherwise(pl.lit("take")).alias("intent"),
    )


def _fills(day: ProviderDay) -> pl.DataFrame:
    return _named(day, day.executions).select(
        pl.format("{}-{}", "provider", "route").alias("route_id"), "executed_at", "liquidity", _symbol(day)
    )


def _orders(day: ProviderDay) -> pl.DataFrame:
    return _named(day, day.orders).select("order_id", "received_at", pl.col("quantity").alias("shares"), _symbol(day))


def _symbol(day: ProviderDay) -> pl.Expr:
    names = pl.Series([one.symbol for one in day.market.symbols])
    return pl.lit(names).gather(pl.col("symbol")).alias("symbol")
