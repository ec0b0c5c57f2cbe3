"""Simulated routers whose faults are known, as the orders that the test of conflicts reads; no file is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.app.analysis.choices.cells import choice_cells
from routeproof.app.analysis.choices.venue_routes import BEYOND, SPREADS, WITHIN
from routeproof.app.analysis.conflict.study import Inducements
from routeproof.lab.cheats.affiliate_first import AFFILIATE
from routeproof.lab.cheats.ioi_first import INDICATING
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.market import MarketDay, market_day, opening_prices
from routeproof.lab.provider_day import ProviderDay, provider_day, routed_day
from routeproof.lab.universe import CODES, TICK, VENUES
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.analysis.conflict.study import Study

CLASSES = ("market", "market_ioc", "marketable_limit", "marketable_limit_ioc")
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
_WIDE = pl.Int128()


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """A simulated router: its faults or controls, and what the conflicts register says of it."""

    name: str
    planted: tuple[Planted, ...] = ()
    tied: bool = False
    arranged: bool = False


def worlds(routers: Sequence[Router], seed: int, days: int, orders: int) -> list[pl.DataFrame]:
    """Each router's `choice_cells` over the first sessions of the quarter, all in one market."""
    whole = LabConfig(
        seed=seed,
        first=FIRST,
        last=LAST,
        orders_per_day=orders,
        quotes_per_day=40_000,
        providers=tuple(Provider(name_of(place), planted=one.planted) for place, one in enumerate(routers)),
    )
    opening = opening_prices(whole)
    cells: list[list[pl.DataFrame]] = [[] for _ in routers]
    for session in whole.quarter[:days]:
        market = market_day(whole, session, opening[session.day])
        for place, provider in enumerate(whole.providers):
            cells[place].append(choice_cells(_rows(_day(whole, provider, market), market)))
    return [pl.concat(parts) for parts in cells]


def _day(config: LabConfig, provider: Provider, market: MarketDay) -> ProviderDay:
    return provider_day(config, routed_day(config, provider, market), market)


def name_of(place: int) -> str:
    """Provider id of a router by its place."""
    return f"R{place}"


def inducements(study: Study, router: Router) -> Inducements:
    """What venues pay and which are tied, as the simulator knows it."""
    shape = (len(study.days), len(study.venues))
    net, cash, tie, arrangement = (np.zeros(shape) for _ in range(4))
    for place, mic in enumerate(study.venues):
        index = CODES.index(mic)
        is_tied = router.tied and index == AFFILIATE
        net[:, place] = VENUES[index].payment_usd - (0.0 if is_tied else VENUES[index].fee_usd)
        cash[:, place] = VENUES[index].payment_usd - VENUES[index].fee_usd
        tie[:, place] = is_tied
        arrangement[:, place] = router.arranged and index == INDICATING
    return Inducements(net, cash, tie, arrangement, np.zeros(shape))


def _rows(day: ProviderDay, market: MarketDay) -> pl.DataFrame:
    """Routes of orders that meet the market, as `venue_routes` gives them, of what the study reads."""
    kinds = pl.lit(day.orders["kind"]).gather(pl.col("order"))
    routes = day.routes.filter((pl.col("style") == "take") & kinds.is_in(list(CLASSES))).with_columns(kind=kinds)
    first = routes.sort("order", "sent_at", "child").unique("order", keep="first", maintain_order=True)
    symbol, sign = first["symbol"].to_numpy(), first["sign"].to_numpy()
    row, quotes = market.before(symbol, first["sent_at"].to_numpy()), market.quotes
    buys = sign > 0
    spread = quotes.ask[row] - quotes.bid[row]
    size = np.where(buys, quotes.ask_size[row], quotes.bid_size[row]).astype(np.int64) * SCALE
    shown = np.where(buys, quotes.ask_venue[row], quotes.bid_venue[row])
    usable = (quotes.ask[row] > 0) & (quotes.bid[row] > 0) & (spread > 0)
    bounds = np.searchsorted(np.array([2, 3, 5]) * TICK, spread, side="right")
    quantity = day.orders["quantity"].gather(first["order"])
    situated = first.select(
        "order",
        order_class="kind",
        spread_state=pl.Series(SPREADS).gather(pl.Series(bounds)),
        displayed_state=pl.when(quantity > pl.Series(size)).then(pl.lit(BEYOND)).otherwise(pl.lit(WITHIN)),
        shown_venue=pl.Series(CODES).gather(pl.Series(shown.astype(np.int64))),
        venue=pl.Series(CODES).gather(first["venue"]),
        order_quantity=quantity,
        first_half_spread=pl.Series(spread),
        mid2=pl.Series(quotes.ask[row] + quotes.bid[row]),
    ).filter(pl.Series(usable))
    priced = day.executions.filter(pl.col("later") != "busted").join(situated.select("order", "mid2"), on="order")
    paid = pl.col("sign") * (2 * pl.col("price") - pl.col("mid2"))
    sums = priced.group_by("order").agg(
        pl.col("quantity").sum().alias("executed"),
        (pl.col("quantity").cast(_WIDE) * paid).sum().alias("cost2"),
    )
    return (
        situated.join(sums, on="order", how="left", maintain_order="left")
        .with_columns(pl.col("executed").fill_null(0), pl.coalesce("cost2", pl.lit(0, _WIDE)).alias("cost2"))
        .with_columns(
            pl.col("order").cast(pl.String).alias("order_id"),
            version=pl.lit(1, pl.Int64),
            rank=pl.lit(1, pl.Int64),
            provider=pl.lit(day.provider.comp_id),
            trading_day=pl.lit(market.session.day),
            order_group=pl.lit("market"),
            net_rate=pl.lit(0, pl.Int64),
            net_payment=pl.lit(0, _WIDE),
        )
    )
