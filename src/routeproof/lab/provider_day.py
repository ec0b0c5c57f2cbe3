"""One provider's day as it really was: orders, routes and executions, with the planted faults applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.cheats import CHEATS, LEAKS
from routeproof.lab.cheats.cheat import Scene, Stage
from routeproof.lab.controls import CONTROLS
from routeproof.lab.fills import arrivals, fill_routes
from routeproof.lab.flow import customer_orders
from routeproof.lab.gtc import carried_fills, with_gtc
from routeproof.lab.leaks import leaks_of
from routeproof.lab.seeds import stream
from routeproof.lab.sor import plan_routes, with_retries
from routeproof.lab.universe import LATENCY_NS
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    import numpy as np

    from routeproof.lab.config import LabConfig, Provider
    from routeproof.lab.market import MarketDay

_BUST_SHARE, _CORRECTION_SHARE = 0.0009, 0.0012
_AFTER_TRADE_NS = 900 * 1_000_000_000


@dataclass(frozen=True)
class ProviderDay:
    """The truth of one provider and day.

    `executions` adds to the fills: `execution` (number), `arrived_at`, `stamped_at` (the time the provider states),
    `told_at` (when it tells the firm), `reported` (stands in the vendor's report and drop copy), `later`
    (`busted`, `corrected` or empty), `later_at`, `corrected_price`. `carried` are executions of earlier days' orders.
    """

    provider: Provider
    market: MarketDay
    orders: pl.DataFrame
    routes: pl.DataFrame
    executions: pl.DataFrame
    carried: pl.DataFrame


@dataclass(frozen=True)
class Routed:
    """One provider's orders and routes of a day, as sent and arrived; `rng` goes on with what the venues do.

    `leaks` are routes that became known to others, see `lab.leaks`.
    """

    provider: Provider
    orders: pl.DataFrame
    routes: pl.DataFrame
    leaks: tuple[pl.DataFrame, ...]
    rng: np.random.Generator


def routed_day(config: LabConfig, provider: Provider, market: MarketDay) -> Routed:
    """Simulate what one provider sends; all its random numbers hang on seed, day and provider."""
    day = market.session.day
    thinner = config.prior_flow if day < config.first else 1.0
    orders = with_gtc(config, provider, market.session, customer_orders(config, provider, market, thinner=thinner))
    rng = stream(config.seed, "router", day.isoformat(), provider.comp_id)
    routes = _cheated(config, provider, "route", plan_routes(orders, market, provider.decision_us, rng), orders, market)
    routes = _cheated(config, provider, "leak", arrivals(with_retries(routes), rng), orders, market)
    return Routed(provider, orders, routes, tuple(leaks_of(routes, cheat.name) for cheat in LEAKS), rng)


def provider_day(config: LabConfig, sent: Routed, market: MarketDay) -> ProviderDay:
    """Simulate what comes of it in the market as it was once leaks had moved it."""
    provider, orders, routes, rng = sent.provider, sent.orders, sent.routes, sent.rng
    fills = _cheated(config, provider, "fill", fill_routes(routes, market, rng), orders, market)
    reports = _reports(fills, routes, orders, market, rng)
    executions = _cheated(config, provider, "report", reports, orders, market)
    return ProviderDay(provider, market, orders, routes, executions, carried_fills(config, provider, market))


def _cheated(
    config: LabConfig, provider: Provider, stage: Stage, frame: pl.DataFrame, orders: pl.DataFrame, market: MarketDay
) -> pl.DataFrame:
    """The frame after all of the provider's faults of this stage, each with its own random numbers."""
    day = market.session.day
    active = {one.cheat: one.grade for one in provider.planted if day >= (one.from_on or config.first)}
    for cheat in (*CHEATS, *LEAKS, *CONTROLS):
        if cheat.stage == stage and cheat.name in active:
            rng = stream(config.seed, "cheat", cheat.name, day.isoformat(), provider.comp_id)
            frame = cheat.apply(frame, Scene(orders, market, rng), active[cheat.name])
    return frame


def _reports(
    fills: pl.DataFrame, routes: pl.DataFrame, orders: pl.DataFrame, market: MarketDay, rng: np.random.Generator
) -> pl.DataFrame:
    """What will be said about each execution, before any fault in the saying.

    Only the last execution of an order that traded at once is busted or corrected, so that running totals stay true.
    """
    kind = pl.lit(orders["kind"]).gather(pl.col("order"))
    last = pl.col("executed_at") == pl.col("executed_at").max().over("order")
    changes = last & kind.is_in(["market", "marketable_limit"]) & (pl.col("liquidity") == "removed")
    draw = pl.when(changes).then(pl.lit(pl.Series(rng.random(fills.height)))).otherwise(1.0)
    session_end = market.session.close_at + 1_800 * 1_000_000_000
    back = pl.lit(pl.Series(LATENCY_NS)).gather(pl.col("venue")) + NS_PER_MS // 2
    return fills.join(routes.select("route", "arrived_at"), on="route", how="left", maintain_order="left").with_columns(
        execution=pl.int_range(pl.len()),
        stamped_at=pl.col("executed_at"),
        told_at=pl.col("executed_at") + back,
        reported=pl.lit(value=True),
        later=pl.when(draw < _BUST_SHARE)
        .then(pl.lit("busted"))
        .when(draw < _BUST_SHARE + _CORRECTION_SHARE)
        .then(pl.lit("corrected"))
        .otherwise(pl.lit("")),
        later_at=pl.max_horizontal(
            pl.min_horizontal(pl.col("executed_at") + _AFTER_TRADE_NS, pl.lit(session_end)),
            pl.col("executed_at") + 60_000_000_000,
        ),
        corrected_price=pl.col("price") - pl.col("sign") * 10_000_000,
    )
