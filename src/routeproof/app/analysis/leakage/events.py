"""Own events of a day after which something might be known: arrivals, routes, ways elsewhere, fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.best_shown import best_shown
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.analysis.leakage import LeakagePolicy

ARRIVAL, ROUTE, ELSEWHERE, FILL = PHASES = ("arrival", "route", "elsewhere", "fill")
KEYS = ("provider", "phase", "venue", "rank", "intent", "size", "company", "block")
COLUMNS = (*KEYS, "order_id", "symbol", "sign", "at", "window_ns", "size_told")
LEFT_OUT = ("stop", "on_open", "on_close", "pegged", "outside_hours", "multi_leg", "unclassified")
"""Classes whose routes follow the market or an auction: what moves then is not what they told."""

OWN_TAKING, WITHIN, BEYOND, UNKNOWN = "own taking", "within displayed", "beyond displayed", "displayed unknown"
ALONE, SWEPT = "alone", "with other venues"
FIRST, LATER, NO_VENUE = "first", "later", ""
TAKE, POST = "take", "post"


def events_of(
    routes: pl.DataFrame, fills: pl.DataFrame, orders: pl.DataFrame, quotes: pl.DataFrame, policy: LeakagePolicy
) -> pl.DataFrame:
    """Events of one day.

    Args:
        routes: last routes to venues: `route_id, order_id, provider, order_class, venue, symbol, side, sent_at,
            quantity, order_type, limit_price, intent`, and `sent_bid, sent_ask, sent_bid_size, sent_ask_size` (0 and
            -1 = not told).
        fills: `route_id, executed_at, liquidity`.
        orders: `order_id, received_at, shares` (of the whole order).
        quotes: reference quotes with `QUOTE_COLUMNS` of `tables.lookup.best_shown`.
        policy: windows, blocks.

    Returns:
        `COLUMNS`: `at` (UTC ns) and `window_ns` of each event; `size_told` whether displayed size can be told apart
        from what the route itself takes. Fills that waited are no events: they trade because
        the price let them.
    """
    ranked = _ranked(routes, orders, quotes, policy)
    parts = [
        _arrivals(ranked, policy),
        _routes(ranked, policy),
        _elsewhere(ranked, fills, policy),
        _fills(ranked, fills, policy),
    ]
    return pl.concat(part.select(COLUMNS) for part in parts).filter(pl.col("window_ns") > 0)


def _ranked(routes: pl.DataFrame, orders: pl.DataFrame, quotes: pl.DataFrame, policy: LeakagePolicy) -> pl.DataFrame:
    judged = routes.filter(
        pl.col("order_id").is_not_null(),
        pl.col("venue").is_not_null(),
        ~pl.col("order_class").fill_null("unclassified").is_in(LEFT_OUT),
    )
    buys = pl.col("side") == "buy"
    far = pl.when(buys).then("sent_ask").otherwise("sent_bid")
    size = pl.when(buys).then("sent_ask_size").otherwise("sent_bid_size")
    limit, sign = pl.col("limit_price"), pl.when(buys).then(1).otherwise(-1).cast(pl.Int64)
    takes = (pl.col("order_type") == "market") | (sign * limit >= sign * far).fill_null(value=False)
    named = judged.join(orders.unique("order_id"), on="order_id", how="left", maintain_order="left").join(
        best_shown(judged, quotes), on="route_id", how="left", maintain_order="left"
    )
    worth = pl.col("shares").cast(pl.Int128) * far.cast(pl.Int128)
    large = (pl.col("shares") >= policy.block_shares * SCALE) | (
        worth >= pl.lit(policy.block_usd * SCALE**2, pl.Int128)
    )
    placed = named.sort("provider", "order_id", "sent_at", "route_id").with_columns(
        sign.alias("sign"),
        pl.coalesce("intent", pl.when(takes).then(pl.lit(TAKE)).otherwise(pl.lit(POST))).alias("intent"),
        pl.when(large.fill_null(value=False)).then(pl.lit("block")).otherwise(pl.lit("other")).alias("block"),
        pl.when(pl.int_range(pl.len()).over("order_id") == 0)
        .then(pl.lit(FIRST))
        .otherwise(pl.lit(LATER))
        .alias("rank"),
        size.replace(-1, None).alias("displayed"),
    )
    return _with_company(_with_size(placed, policy), policy)


def _with_company(routes: pl.DataFrame, policy: LeakagePolicy) -> pl.DataFrame:
    """Routes with `company`: whether the order also went to another venue so near that nobody can tell which told."""
    other = routes.select("order_id", pl.col("venue").alias("at_venue"), "sent_at")
    near = (
        routes.select("route_id", "order_id", "venue", "sent_at")
        .join(other, on="order_id", suffix="_of")
        .filter(
            pl.col("at_venue") != pl.col("venue"),
            (pl.col("sent_at_of") - pl.col("sent_at")).abs() <= policy.route_ms * NS_PER_MS,
        )
    )
    swept = pl.col("route_id").is_in(near["route_id"].unique().implode())
    return routes.with_columns(pl.when(swept).then(pl.lit(SWEPT)).otherwise(pl.lit(ALONE)).alias("company"))


def _with_size(routes: pl.DataFrame, policy: LeakagePolicy) -> pl.DataFrame:
    """Routes with `size`, and `size_told`: the far touch was displayed elsewhere and the order did not take it."""
    other = routes.select("order_id", pl.col("venue").alias("at_venue"), "sent_at", "quantity", "intent")
    near_ns = policy.route_ms * NS_PER_MS
    own = (
        routes.select("route_id", "order_id", "shown_venue", "sent_at")
        .join(other, on="order_id", suffix="_of")
        .filter(
            pl.col("at_venue") == pl.col("shown_venue"),
            (pl.col("sent_at_of") - pl.col("sent_at")).abs() <= near_ns,
            pl.col("intent") != POST,
        )
        .group_by("route_id")
        .agg(pl.col("quantity").sum().alias("asked"))
    )
    joined = routes.join(own, on="route_id", how="left", maintain_order="left").with_columns(
        pl.col("asked").fill_null(0)
    )
    taking = (pl.col("asked") > 0) & (pl.col("asked") >= policy.own_share * pl.col("displayed"))
    return joined.with_columns(
        pl.when(pl.col("displayed").is_null())
        .then(pl.lit(UNKNOWN))
        .when(taking)
        .then(pl.lit(OWN_TAKING))
        .when(pl.col("quantity") <= pl.col("displayed"))
        .then(pl.lit(WITHIN))
        .otherwise(pl.lit(BEYOND))
        .alias("size"),
        ((pl.col("asked") == 0) & pl.col("shown_venue").is_not_null()).fill_null(value=False).alias("size_told"),
    )


def _arrivals(routes: pl.DataFrame, policy: LeakagePolicy) -> pl.DataFrame:
    first = routes.filter(pl.col("rank") == FIRST)
    waited = (pl.col("sent_at") - pl.col("received_at")).clip(upper_bound=policy.arrival_ms * NS_PER_MS)
    return first.filter(pl.col("received_at").is_not_null()).with_columns(
        pl.lit(ARRIVAL).alias("phase"),
        pl.lit(NO_VENUE).alias("venue"),
        pl.col("received_at").alias("at"),
        waited.alias("window_ns"),
        pl.lit(value=True).alias("size_told"),
        pl.when(pl.col("size") == OWN_TAKING).then(pl.lit(WITHIN)).otherwise("size").alias("size"),
        pl.lit(ALONE).alias("company"),
    )


def _routes(routes: pl.DataFrame, policy: LeakagePolicy) -> pl.DataFrame:
    return routes.with_columns(
        pl.lit(ROUTE).alias("phase"),
        (pl.col("sent_at") - policy.clock_ms * NS_PER_MS).alias("at"),
        pl.lit((policy.route_ms + policy.clock_ms) * NS_PER_MS, pl.Int64).alias("window_ns"),
    )


def _elsewhere(routes: pl.DataFrame, fills: pl.DataFrame, policy: LeakagePolicy) -> pl.DataFrame:
    """Routes after which the order went or filled at another venue within the window, which ends there."""
    of_order = routes.select("route_id", "order_id", "venue")
    filled = fills.join(of_order, on="route_id").select("order_id", "venue", pl.col("executed_at").alias("then"))
    went = routes.select("order_id", "venue", pl.col("sent_at").alias("then"))
    after = (
        routes.select("route_id", "order_id", "venue", "sent_at")
        .join(pl.concat([filled, went]), on="order_id", suffix="_then")
        .filter(pl.col("venue_then") != pl.col("venue"), pl.col("then") > pl.col("sent_at"))
        .group_by("route_id")
        .agg(pl.col("then").min())
    )
    ended = routes.join(after, on="route_id", how="inner", maintain_order="left")
    waited = pl.col("then") - pl.col("sent_at")
    return ended.filter(waited <= policy.route_ms * NS_PER_MS).with_columns(
        pl.lit(ELSEWHERE).alias("phase"),
        (pl.col("sent_at") - policy.clock_ms * NS_PER_MS).alias("at"),
        (waited + policy.clock_ms * NS_PER_MS).alias("window_ns"),
    )


def _fills(routes: pl.DataFrame, fills: pl.DataFrame, policy: LeakagePolicy) -> pl.DataFrame:
    """Last fill at once of each taking route; one that waited traded because the price let it."""
    taking = fills.filter(pl.col("liquidity").fill_null("removed") == "removed").select("route_id", "executed_at")
    at_once = (
        routes.filter(pl.col("intent") != POST)
        .join(taking, on="route_id", how="inner", maintain_order="left")
        .filter(pl.col("executed_at") <= pl.col("sent_at") + policy.route_ms * NS_PER_MS)
    )
    last = at_once.group_by("route_id").agg(pl.col("executed_at").max().alias("at"))
    return routes.join(last, on="route_id", how="inner", maintain_order="left").with_columns(
        pl.lit(FILL).alias("phase"), pl.lit(policy.fill_ms * NS_PER_MS, pl.Int64).alias("window_ns")
    )
