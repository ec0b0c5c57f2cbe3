"""Facts of one day out of canonical rows and quotes: the same for the lake and for what has just arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.order_facts import OrderRows, order_facts
from routeproof.app.facts.read_once import ReadOnce
from routeproof.app.measuring.measure_range import measured_days
from routeproof.rules.facts import Facts
from routeproof.tables.lookup.quote_extremes import with_extremes
from routeproof.tables.measured.order_size import DEFAULT_ROUND_LOT
from routeproof.tables.switches import Switches
from routeproof.tables.trading_days import earlier_days, next_days
from routeproof.vocab.times import NS_PER_S
from routeproof.vocab.words import OPENING_EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.tables.measured.day import DayRules, MeasuredDay

LOOK_BACK_NS = NS_PER_S
"""Rule 611(b)(8): a quote of the second before the execution excuses it."""


@dataclass(frozen=True, slots=True)
class Tellers:
    """Who told what.

    Attributes:
        providers: source id to the provider that the source speaks of.
        uncertainty_ns: provider to the declared uncertainty of its clock.
        undeclared_ns: how far off a clock may be of which nothing was declared.
    """

    providers: Mapping[str, str]
    uncertainty_ns: Mapping[str, int]
    undeclared_ns: int = 0


def day_facts(source: DaySource, day: date, rules: DayRules, tellers: Tellers) -> dict[str, Any]:
    """Members of `Facts` that follow from orders, fills and the market."""
    source = ReadOnce(source)
    flow = flow_facts(list(measured_days(source, [day], rules, Switches())), tellers)
    hours = rules.hours(day)
    parents = with_teller(source.rows("parent_orders", day), tellers, own="provider_id")
    versions = _of_orders(source.rows("order_versions", day), parents)
    fills = flow["fills"]
    trades = source.rows("trades", day)
    rows = OrderRows(parents, versions, pl.DataFrame() if fills is None else fills)
    return {
        "open_at": hours[0] if hours else None,
        "close_at": hours[1] if hours else None,
        "next_days": next_days(rules.hours, day),
        "earlier_days": earlier_days(rules.hours, day),
        "fills": None if fills is None else _fills(fills, source, day, rules, tellers),
        "executions": with_teller(source.rows("executions", day), tellers, own="provider_id"),
        "orders": flow["orders"],
        "parents": parents,
        "versions": versions,
        "routes": flow["routes"],
        "trades": trades,
        "status": source.rows("market_status", day),
        **order_facts(source, day, hours, trades, rows),
    }


def flow_facts(measured: Sequence[MeasuredDay], tellers: Tellers) -> dict[str, pl.DataFrame | None]:
    """Fills, orders and routes as they were measured, each with its `provider`; null where there are none."""
    fills = _or_none(_together(measured, "executions"))
    return {
        "fills": None if fills is None else _with_own_teller(fills, tellers),
        "orders": _or_none(_together(measured, "orders")),
        "routes": _or_none(_with_own_teller(_together(measured, "routes"), tellers)),
    }


def _or_none(frame: pl.DataFrame) -> pl.DataFrame | None:
    return frame if frame.width else None


def _together(days: Sequence[MeasuredDay], name: str) -> pl.DataFrame:
    frames = [frame for item in days if (frame := getattr(item, name)).width]
    return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()


def with_teller(frame: pl.DataFrame, tellers: Tellers, own: str = "") -> pl.DataFrame:
    """Rows with `provider`: their own where they name one, else that of the source they came from."""
    told = pl.col("source_id").replace_strict(dict(tellers.providers), default=None, return_dtype=pl.String)
    stated = pl.when(pl.col(own) != "").then(own) if own else pl.lit(None, dtype=pl.String)
    return frame.with_columns(pl.coalesce(stated, told).replace("", None).alias("provider"))


def _of_orders(versions: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    known = parents.select("order_id", "provider", "symbol", "side", "received_at").unique("order_id", keep="first")
    return versions.join(known, on="order_id", how="left", maintain_order="left")


def _with_own_teller(rows: pl.DataFrame, tellers: Tellers) -> pl.DataFrame:
    """Rows with the provider of their order, else of the source they came from."""
    if not rows.width:
        return rows
    told = with_teller(rows.select("source_id"), tellers)["provider"]
    return rows.with_columns(pl.coalesce(pl.col("provider").replace("", None), told).alias("provider"))


def _fills(rows: pl.DataFrame, source: DaySource, day: date, rules: DayRules, tellers: Tellers) -> pl.DataFrame:
    known = source.rows("parent_orders", day).select("order_id").unique().with_columns(order_known=pl.lit(value=True))
    limits = (
        source.rows("order_versions", day)
        .filter(pl.col("event").is_in(OPENING_EVENTS))
        .select("order_id", "version", "limit_price")
        .unique(["order_id", "version"], keep="last", maintain_order=True)
    )
    stated = (
        _with_round_lot(_with_route_limit(rows, source.rows("routes", day)), rules.round_lots_on(day))
        .drop("limit_price", "order_known", strict=False)
        .join(limits, on=["order_id", "version"], how="left", maintain_order="left")
        .join(known, on="order_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("order_known", pl.col("order_class").is_not_null()).alias("order_known"))
    )
    declared = dict(tellers.uncertainty_ns)
    doubt = stated["provider"].replace_strict(declared, default=tellers.undeclared_ns, return_dtype=pl.Int64)
    return with_extremes(stated, source.book(day, stated["symbol"].unique()), LOOK_BACK_NS, doubt)


def _with_route_limit(rows: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """Fills with `route_limit`: see `Facts`; only routes of added fills are looked up, since most fills take."""
    added = rows.filter(pl.col("liquidity") == "added").select(pl.col("route_id").drop_nulls().unique())
    limits = routes.select("route_id", pl.col("limit_price").alias("route_limit")).join(
        added, on="route_id", how="semi"
    )
    known = limits.drop_nulls().unique("route_id", keep="last", maintain_order=True)
    return rows.join(known, on="route_id", how="left", maintain_order="left")


def _with_round_lot(rows: pl.DataFrame, declared: pl.DataFrame | None) -> pl.DataFrame:
    """Fills with `round_lot`: see `Facts`."""
    if declared is None:
        return rows.with_columns(pl.lit(DEFAULT_ROUND_LOT).alias("round_lot"))
    joined = rows.join(declared, on="symbol", how="left", maintain_order="left")
    return joined.with_columns(pl.col("round_lot").fill_null(DEFAULT_ROUND_LOT))


MEMBERS_OF_DAY = ("fills", "executions", "orders", "parents", "versions", "routes", "trades", "status")
"""What `day_facts` gives by trading day, beside the session's hours and what `order_facts` says of single orders."""


def facts_of(day: date, members: Mapping[str, Any], absent: Mapping[str, str], seen_until: int | None) -> Facts:
    """Facts from members gathered apart."""
    return Facts(day=day, seen_until=seen_until, absent=absent, **members)
