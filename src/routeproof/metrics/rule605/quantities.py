"""Fields 8 to 13: how many orders, how large, how much of them was cancelled or executed, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.metric import QUANTITY, Total
from routeproof.metrics.rule605.categories import is_immediate
from routeproof.metrics.rule605.definition import summed
from routeproof.metrics.terms import Column
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.metrics.metric import Metric
    from routeproof.policy.report605 import Reporting605

SHARES = Column("shares")
_RULE = "17 CFR 242.605(a)(1)(i)"


def covered_orders() -> Metric:
    """Field 8, the number of covered orders. Source: 605(a)(1)(i), [C]; a replaced order counts once per version."""
    return summed("covered_orders", Total(SHARES * 0 + 1), "number of covered orders", _RULE, "orders")


def covered_notional() -> Metric:
    """Field 9, their cumulative notional in dollars. Source: Exhibit A; policy `notional_price`, [M]."""
    value = Total(SHARES * Column("notional_price"), SCALE * SCALE)
    return summed("covered_notional", value, "sum shares x notional price", _RULE, "orders")


def covered_shares() -> Metric:
    """Field 10, their cumulative shares. Source: 605(a)(1)(i), [C]."""
    return summed("covered_shares", Total(SHARES, SCALE), "sum shares", _RULE, "orders")


def cancelled_shares() -> Metric:
    """Field 11, shares cancelled before execution. Source: 605(a)(1)(i); policy `cancelled_shares`, [M]."""
    return summed("cancelled_shares", Total(Column("cancelled"), SCALE), "sum shares cancelled", _RULE, "orders")


def executed_shares() -> Metric:
    """Shares executed anywhere: fields 12 and 13 together. Source: 605(a)(1)(i), [C]."""
    return summed("executed_shares", Total(QUANTITY, SCALE), "sum q", _RULE)


def executed_here_shares() -> Metric:
    """Field 12, shares executed at the reporter. Source: 605(a)(1)(i); policy `executed_away`, [M]."""
    return summed("executed_here_shares", Total(Column("here"), SCALE), "sum q executed at the reporter", _RULE)


def executed_at_reporter(reporter: str, own_venues: Collection[str]) -> pl.Expr:
    """Whether a fill was made at the reporter: it names it as its venue, or neither a venue nor a route."""
    own = sorted({reporter, *own_venues})
    nowhere = pl.col("venue").is_null() & pl.col("route_id").is_null()
    return nowhere | pl.col("venue").is_in(own).fill_null(value=False)


def shares_of_version() -> pl.Expr:
    """Shares that a version brings: what it asks for, less what earlier versions of the order had executed.

    Reads rows in order of order and version, with `executed`. Policy `replaced_orders`, [M].
    """
    before = pl.col("executed").cum_sum().over("order_id") - pl.col("executed")
    return pl.col("quantity") - before


def cancelled_of_version(reporting: Reporting605) -> pl.Expr:
    """Shares of a version that were cancelled: what was left when it was cancelled or replaced.

    By policy `cancelled_shares` also what expired, and what an immediate order did not execute. Reads `shares,
    executed`.
    """
    rule = reporting.value("cancelled_shares")
    left = (pl.col("shares") - pl.col("executed")).clip(lower_bound=0)
    ended = pl.col("ends_at").is_not_null()
    told = (pl.col("cancelled_quantity") > 0) | ~pl.col("is_last")
    counts = (ended if rule["expired"] else told) | (is_immediate() & pl.lit(rule["immediate_remainder"]))
    return pl.when(counts).then(left).otherwise(0)
