"""Routes to venues, one row each, a day at a time: the situation, the venue chosen, what came of it and what it paid.

A venue route is the last of its chain and names a venue: any hop beyond the first, or a first hop that names it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.analysis.choices.classed_versions import classed_versions
from routeproof.app.analysis.choices.resting import rest_state
from routeproof.app.measuring.day_walk import long_lived_of
from routeproof.app.measuring.frame_source import REFERENCE_KINDS
from routeproof.tables.canonical.reference import INSTRUMENTS
from routeproof.tables.lookup.best_shown import QUOTE_COLUMNS, best_shown
from routeproof.tables.measured.fade import with_fade_base
from routeproof.tables.measured.routes import measure_routes, route_paths
from routeproof.tables.measured.rows import side_sign, usable
from routeproof.tables.measured.standing_rows import standing_executions, with_order_of_route
from routeproof.tables.switches import Switches
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from routeproof.app.analysis.choices.venue_money import VenueMoney
    from routeproof.app.analysis.ground import Ground
    from routeproof.app.measuring.day_walk import LongLived

WIDE = pl.Int128()
DEFAULT_TICK = SCALE // 100
SPREADS = ("1 tick", "2 ticks", "3-4 ticks", "5+ ticks")
NOT_USABLE = "no usable quote"
WITHIN, BEYOND, SIZE_UNKNOWN = "within displayed", "beyond displayed", "displayed unknown"
NOBODY_NAMED = "not named"
COLUMNS = (
    "route_id", "order_id", "version", "provider", "trading_day", "sent_at", "acknowledged_at", "handed_at", "symbol",
    "side", "order_class", "order_group", "size_bucket", "spread_state", "displayed_state", "shown_venue", "venue",
    "rank", "routes", "quantity", "order_quantity", "time_in_force", "iso", "intent", "half_spread",
    "first_half_spread", "executed", "first_fill_at", "cost2", "improvement", "net_payment", "net_rate",
    "from_displayed", "rest_state",
)  # fmt: skip
"""Columns of `DayRoutes.rows`, see `venue_routes`."""


@dataclass(frozen=True, slots=True)
class DayRoutes:
    """A day's venue routes, and how many routes were left out of them, by reason."""

    day: date
    rows: pl.DataFrame
    left_out: dict[str, int] = field(default_factory=dict)


def venue_routes(ground: Ground, money: VenueMoney) -> Iterator[DayRoutes]:
    """Venue routes of each day of the ground, in order of provider, order, time sent.

    Args:
        ground: days, rules, provider.
        money: what venues charge and pay.

    Yields:
        Rows with `COLUMNS`. Instants are UTC ns; `handed_at` is when the route above was acknowledged, else sent (null
        without one). Prices and money are fixed point (1e-9 USD): `half_spread` and `first_half_spread` are *twice* the
        half spread per share (ask - bid) when this route and the order's first one were sent, null without a usable
        quote. `cost2` sums over the route's fills sign x (2 x price - bid - ask when the order's first route was sent)
        x shares (1e-18 USD, 128 bits, twice the effective cost; positive = a cost; null without a usable quote).
        `improvement` sums sign x (far touch then - price) x shares (1e-18, positive = better). `net_payment` is what
        the fills brought the router, fees subtracted (1e-18 USD), `net_rate` what the venue pays on balance per share
        of such a route. `rank` is the route's place within its order version, 1 first, of `routes`. `from_displayed`
        tells whether the venue's own quote had size that the route could take (null without such quotes). `rest_state`
        says how far its limit was from the best price of its own side. Spread,
        size and NBBO venue are those of the order's first route, so that all routes of an order stand in one situation.
    """
    lasting = long_lived_of(ground.source)
    ticks = ground.source.lake.read("instruments", manifest=ground.source.manifest)
    for day in ground.days:
        yield _of_day(ground, money, day, lasting, ticks)


def _of_day(ground: Ground, money: VenueMoney, day: date, lasting: LongLived, ticks: pl.DataFrame) -> DayRoutes:
    source = ground.source
    routes = source.rows("routes", day).with_columns(pl.col("version").fill_null(1))
    paths = route_paths(routes)
    is_venue = pl.col("venue").is_not_null() & pl.col("is_leaf")
    handed = routes.select(
        pl.col("route_id").alias("parent_route_id"), pl.coalesce("acknowledged_at", "sent_at").alias("handed_at")
    )
    leaves = (
        routes.join(paths, on="route_id", maintain_order="left")
        .filter(is_venue)
        .join(handed, on="parent_route_id", how="left", maintain_order="left")
    )
    named = classed_versions(ground, day, lasting, leaves)
    kept = leaves.join(named, on=["order_id", "version"], maintain_order="left")
    if ground.span.provider is not None:
        kept = kept.filter(pl.col("provider") == ground.span.provider)
    left_out = {"their order began on another day or is unknown": leaves.height - leaves.join(
        named, on=["order_id", "version"], how="semi").height}  # fmt: skip
    measured = _situated(_looked_up(ground, day, kept), day, ticks)
    return DayRoutes(day, _with_fills(measured, _fills(ground, day, routes), money, day), left_out)


def _looked_up(ground: Ground, day: date, kept: pl.DataFrame) -> pl.DataFrame:
    """Routes with the quote in force when they were sent, and who showed its far side."""
    source, switches = ground.source, Switches()
    names = kept["symbol"].unique()
    looked = measure_routes(kept, source.book(day, names), switches)
    scanned = source.lake.scan("quotes", [day], symbols=names.to_list(), manifest=source.manifest)
    quotes = scanned.filter(pl.col("kind").is_in(REFERENCE_KINDS)).select(QUOTE_COLUMNS).collect()
    shown = best_shown(looked, quotes)
    shown_by = looked.join(shown, on="route_id", how="left", maintain_order="left")
    own = source.quotes_of("venue", day)
    based = with_fade_base(shown_by, own, switches)
    return based.with_columns(
        (pl.col("fade_base") > 0).alias("from_displayed")
        if "fade_base" in based.columns
        else pl.lit(None, pl.Boolean).alias("from_displayed")
    )


def _situated(looked: pl.DataFrame, day: date, ticks: pl.DataFrame) -> pl.DataFrame:
    """Routes in order within their order version, each with the situation in which the first one was sent."""
    tick = (
        ticks.filter(pl.col("valid_from") <= day)
        .sort("symbol", "valid_from")
        .unique("symbol", keep="last", maintain_order=True)
        .select("symbol", "tick")
        if ticks.height
        else INSTRUMENTS.empty().select("symbol", "tick")
    )
    is_usable = usable("sent", "exclude")
    shown = pl.when(pl.col("side") == "buy").then("sent_ask_size").otherwise("sent_bid_size").replace(-1, None)
    far = pl.when(pl.col("side") == "buy").then("sent_ask").otherwise("sent_bid")
    timed = (
        looked.join(tick, on="symbol", how="left", maintain_order="left")
        .with_columns(
            pl.when(is_usable).then(pl.col("sent_ask") - pl.col("sent_bid")).alias("half_spread"),
            pl.when(is_usable).then(pl.col("sent_ask") + pl.col("sent_bid")).alias("mid2"),
            pl.when(is_usable).then(far).alias("far_touch"),
            pl.when(is_usable).then(shown).alias("displayed"),
            pl.col("tick").fill_null(DEFAULT_TICK).alias("tick"),
        )
        .with_columns(rest_state())
        .sort("provider", "order_id", "version", "sent_at", "sequence", "route_id", nulls_last=True)
    )
    of_order = ["order_id", "version"]
    firsts = [
        pl.col(name).first().over(of_order).alias(f"first_{name}")
        for name in ("half_spread", "mid2", "far_touch", "displayed")
    ]
    ranked = timed.with_columns(
        *firsts,
        pl.col("shown_venue").first().over(of_order),
        pl.int_range(1, pl.len() + 1).over(of_order).alias("rank"),
        pl.len().over(of_order).cast(pl.Int64).alias("routes"),
    )
    return ranked.with_columns(_spread_state(), _displayed_state(), pl.col("shown_venue").fill_null(NOBODY_NAMED))


def _spread_state() -> pl.Expr:
    wide = pl.col("first_half_spread") // pl.col("tick")
    return (
        pl.when(wide.is_null())
        .then(pl.lit(NOT_USABLE))
        .when(wide <= 1)
        .then(pl.lit(SPREADS[0]))
        .when(wide == 2)  # noqa: PLR2004 two ticks
        .then(pl.lit(SPREADS[1]))
        .when(wide <= 4)  # noqa: PLR2004 as it is named
        .then(pl.lit(SPREADS[2]))
        .otherwise(pl.lit(SPREADS[3]))
        .alias("spread_state")
    )


def _displayed_state() -> pl.Expr:
    beyond = pl.col("order_quantity") > pl.col("first_displayed")
    words = pl.when(beyond).then(pl.lit(BEYOND)).when(~beyond).then(pl.lit(WITHIN)).otherwise(pl.lit(SIZE_UNKNOWN))
    return words.alias("displayed_state")


def _fills(ground: Ground, day: date, routes: pl.DataFrame) -> pl.DataFrame:
    executions = with_order_of_route(standing_executions(ground.source.rows("executions", day)), routes)
    return executions.filter(pl.col("route_id").is_not_null()).select(
        "route_id", "executed_at", "price", "quantity", "liquidity", "fee", "rebate", "payment",
        pl.col("venue").alias("filled_at"),
    )  # fmt: skip


def _with_fills(measured: pl.DataFrame, fills: pl.DataFrame, money: VenueMoney, day: date) -> pl.DataFrame:
    """Routes with sums over their fills."""
    wanted = measured.select(
        "route_id", "provider", "venue", "first_mid2", "first_far_touch", side_sign().alias("sign")
    )
    priced = money.with_net(fills.join(wanted, on="route_id"), day)
    shares, price = pl.col("quantity").cast(WIDE), pl.col("price")
    sums = priced.group_by("route_id").agg(
        pl.col("quantity").sum().alias("executed"),
        pl.col("executed_at").min().alias("first_fill_at"),
        (shares * (pl.col("sign") * (2 * price - pl.col("first_mid2")))).sum().alias("cost2"),
        (shares * (pl.col("sign") * (pl.col("first_far_touch") - price))).sum().alias("improvement"),
        pl.col("net").sum().alias("net_payment"),
    )
    quoted = pl.col("first_half_spread").is_not_null()
    nothing = pl.lit(0, WIDE)
    joined = measured.join(sums, on="route_id", how="left", maintain_order="left").with_columns(
        pl.col("executed").fill_null(0),
        pl.when(quoted).then(pl.coalesce("cost2", nothing)).alias("cost2"),
        pl.when(quoted).then(pl.coalesce("improvement", nothing)).alias("improvement"),
        pl.coalesce("net_payment", nothing).alias("net_payment"),
    )
    return money.with_rate(joined, day).select(COLUMNS)
