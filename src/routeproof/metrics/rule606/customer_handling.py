"""A customer's handling report: not-held orders by month and venue, directed and not; 17 CFR 242.606(b)(3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.rule606.venues import UNKNOWN
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from datetime import date

SIDES_OF_SPREAD = ("midpoint", "nearside", "farside")
"""Where in the spread an execution was priced, from the order's point of view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Executed shares of some kind, and what they were charged.

    Attributes:
        shares: in 1e-9; null where the lake cannot tell.
        charged_e18: rebate less fee, 1e-18 USD; null where nothing is known.
        charged_shares: of the shares, those whose charge is known.
    """

    shares: int | None = None
    charged_e18: int | None = None
    charged_shares: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueHandling:
    """Everything of one venue in one month; shares in 1e-9, null where the lake cannot tell.

    Attributes:
        venue: MIC, or the name of a member.
        routes: instructions sent there; null where only executions are known.
        routed_shares, ioc_shares: of them.
        executions: fills.
        executed: all fills.
        sides: shares by `SIDES_OF_SPREAD`; null where no fill has a quote.
        unquoted_shares: executed without a usable quote.
        provided, removed: by the venue's mark of liquidity.
        duration_ms: average life of routes that provided liquidity; null without any.
    """

    venue: str
    routes: int | None
    routed_shares: int | None
    ioc_shares: int | None
    executions: int
    executed: Filled
    sides: dict[str, int] | None
    unquoted_shares: int
    provided: Filled
    removed: Filled
    duration_ms: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthHandling:
    """One month: shares sent, shares executed as principal (null where no fill says its capacity), venues by shares."""

    month: date
    sent_shares: int
    principal_shares: int | None
    venues: tuple[VenueHandling, ...]


def spread_side() -> pl.Expr:
    """Where in the spread a fill was priced; null without a two-sided, uncrossed quote before it.

    `mid2` is bid + ask at the execution. Near side is better for the order than the midpoint.
    """
    better = pl.when(pl.col("side") == "buy").then(1).otherwise(-1) * (pl.col("mid2") - 2 * pl.col("price"))
    return (
        pl.when(better.is_null())
        .then(None)
        .when(better == 0)
        .then(pl.lit("midpoint"))
        .when(better > 0)
        .then(pl.lit("nearside"))
        .otherwise(pl.lit("farside"))
        .alias("spread_side")
    )


def handled_months(
    orders: pl.DataFrame, reported: pl.DataFrame, executions: pl.DataFrame
) -> dict[bool, tuple[MonthHandling, ...]]:
    """Months with orders, by whether the orders were directed.

    Args:
        orders: `order_id, month, directed, quantity`; not-held stock orders of the customer.
        reported: their routes to venues: `route_id, order_id, reported_venue, sent_at, cancelled_at, quantity,
            time_in_force`.
        executions: their fills: `order_id, reported_venue, reported_route, executed_at, quantity, price, capacity,
            liquidity, charged_e18, spread_side`.

    Returns:
        Everything of an order stands in the month of its receipt.
    """
    of_order = orders.select("order_id", "month", "directed")
    routes = reported.join(of_order, on="order_id")
    fills = executions.with_columns(pl.col("reported_venue").fill_null(UNKNOWN)).join(of_order, on="order_id")
    found: dict[bool, list[MonthHandling]] = {True: [], False: []}
    sent = orders.group_by("directed", "month").agg(pl.col("quantity").sum()).sort("directed", "month")
    for directed, month, shares in sent.iter_rows():
        here = (pl.col("month") == month) & (pl.col("directed") == directed)
        found[directed].append(_month(month, shares, routes.filter(here), fills.filter(here)))
    return {directed: tuple(months) for directed, months in found.items()}


def _month(month: date, sent_shares: int, routes: pl.DataFrame, fills: pl.DataFrame) -> MonthHandling:
    names = sorted({*routes["reported_venue"].drop_nulls(), *fills["reported_venue"]})
    venues = [
        _venue(name, routes.filter(pl.col("reported_venue") == name), fills.filter(pl.col("reported_venue") == name))
        for name in names
    ]
    told = fills.filter(pl.col("capacity").is_not_null())
    principal = _shares(told.filter(pl.col("capacity") == "principal")) if told.height or fills.is_empty() else None
    return MonthHandling(
        month=month,
        sent_shares=sent_shares,
        principal_shares=principal,
        venues=tuple(sorted(venues, key=lambda item: (-(item.routed_shares or item.executed.shares or 0), item.venue))),
    )


def _venue(name: str, routes: pl.DataFrame, fills: pl.DataFrame) -> VenueHandling:
    known = routes.height > 0
    quoted = fills.filter(pl.col("spread_side").is_not_null())
    marked = fills.filter(pl.col("liquidity").is_not_null())
    tells = marked.height > 0
    provided = marked.filter(pl.col("liquidity") == "added")
    return VenueHandling(
        venue=name,
        routes=routes.height if known else None,
        routed_shares=_shares(routes) if known else None,
        ioc_shares=_shares(routes.filter(pl.col("time_in_force") == "ioc")) if known else None,
        executions=fills.height,
        executed=_filled(fills),
        sides={side: _shares(quoted.filter(pl.col("spread_side") == side)) for side in SIDES_OF_SPREAD}
        if quoted.height
        else None,
        unquoted_shares=_shares(fills) - _shares(quoted),
        provided=_filled(provided) if tells else Filled(),
        removed=_filled(marked.filter(pl.col("liquidity") == "removed")) if tells else Filled(),
        duration_ms=_duration(routes, provided, fills),
    )


def _shares(rows: pl.DataFrame) -> int:
    return int(rows.select(pl.col("quantity").sum()).item())


def _filled(fills: pl.DataFrame) -> Filled:
    charged = fills.filter(pl.col("charged_e18").is_not_null())
    total = int(charged.select(pl.col("charged_e18").sum()).item()) if charged.height else None
    return Filled(shares=_shares(fills), charged_e18=total, charged_shares=_shares(charged))


def _duration(routes: pl.DataFrame, provided: pl.DataFrame, fills: pl.DataFrame) -> Fraction | None:
    """Average life in ms of routes that provided liquidity, from sending to the last fill or cancellation."""
    resting = routes.filter(pl.col("route_id").is_in(provided["reported_route"].drop_nulls().implode()))
    last = fills.group_by("reported_route").agg(pl.col("executed_at").max().alias("last_fill"))
    lived = resting.join(last, left_on="route_id", right_on="reported_route", how="left").select(
        (pl.max_horizontal("last_fill", "cancelled_at") - pl.col("sent_at")).alias("ns")
    )["ns"]
    told = lived.drop_nulls()
    return Fraction(int(told.sum()), told.len() * NS_PER_MS) if told.len() else None
