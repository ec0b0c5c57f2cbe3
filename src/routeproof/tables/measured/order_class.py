"""Order classes: each version falls in exactly one, fixed at its receipt by the quote in force strictly before."""

from __future__ import annotations

import polars as pl

ON_OPEN_TYPES = ("market_on_open", "limit_on_open")
ON_CLOSE_TYPES = ("market_on_close", "limit_on_close")
STOP_TYPES = ("stop", "stop_limit")
IMMEDIATE = ("ioc", "fok")

_BUY = pl.col("side") == "buy"
_LIMIT = pl.col("limit_price")
_BID = pl.col("receipt_bid")
_ASK = pl.col("receipt_ask")


def price_class() -> pl.Expr:
    """Class by price alone of a limit against the receipt quote (0 = side missing).

    A buy at or above the ask is marketable, else at or above the midpoint (boundary inclusive) midpoint-or-better,
    else non-marketable; sells mirror.
    Source: 17 CFR 242.600 order categories as used by 605(a)(1); boundaries as in a public 605 test suite.
    """
    two_sided = (_BID > 0) & (_ASK > 0)
    marketable = pl.when(_BUY).then((_ASK > 0) & (_LIMIT >= _ASK)).otherwise((_BID > 0) & (_LIMIT <= _BID))
    midpoint = two_sided & (pl.when(_BUY).then(2 * _LIMIT >= _BID + _ASK).otherwise(2 * _LIMIT <= _BID + _ASK))
    return (
        pl.when(_LIMIT.is_null())
        .then(pl.lit("unclassified"))
        .when(marketable)
        .then(pl.lit("marketable_limit"))
        .when(midpoint)
        .then(pl.lit("midpoint_or_better"))
        .otherwise(pl.lit("non_marketable"))
    )


def terms_class() -> pl.Expr:
    """Class by terms: market, stop, pegged, on-open/on-close, or the class by price for limits."""
    return _by_terms(price_class())


def static_class() -> pl.Expr:
    """Class by terms before any price is known: `limit` stands for what the price will decide."""
    return _by_terms(pl.lit("limit"))


def _by_terms(of_limit: pl.Expr) -> pl.Expr:
    kind = pl.col("order_type")
    tif = pl.col("time_in_force")
    return (
        pl.when(kind.is_in(ON_OPEN_TYPES) | (tif == "at_the_open"))
        .then(pl.lit("on_open"))
        .when(kind.is_in(ON_CLOSE_TYPES) | (tif == "at_the_close"))
        .then(pl.lit("on_close"))
        .when(kind.is_in(STOP_TYPES))
        .then(pl.lit("stop"))
        .when(kind == "pegged")
        .then(pl.lit("pegged"))
        .when(kind == "market")
        .then(pl.lit("market"))
        .when(kind == "limit")
        .then(of_limit)
        .otherwise(pl.lit("unclassified"))
    )


def order_class() -> pl.Expr:
    """The one class of a version, from `terms_class`, `executable_at` and what the order asked for.

    Precedence: multi-leg, directed, not held, on-open/on-close, outside hours, then the class by terms.
    """
    terms = pl.col("terms_class")
    twin = pl.when(pl.col("time_in_force").is_in(IMMEDIATE)).then(pl.lit("_ioc")).otherwise(pl.lit(""))
    never = (terms == "non_marketable") & pl.col("executable_at").is_null()
    return (
        pl.when(pl.col("multileg_id").is_not_null())
        .then(pl.lit("multi_leg"))
        .when(pl.col("directed"))
        .then(pl.lit("directed"))
        .when(~pl.col("held"))
        .then(pl.lit("not_held"))
        .when(terms.is_in(["on_open", "on_close"]))
        .then(terms)
        .when(pl.col("session") != "regular")
        .then(pl.lit("outside_hours"))
        .when(terms.is_in(["market", "marketable_limit", "midpoint_or_better"]))
        .then(pl.concat_str([terms, twin]))
        .when(never)
        .then(pl.lit("never_executable"))
        .otherwise(terms)
    )


ORDER_GROUPS = {
    "market": ("market", "market_ioc"),
    "limit": ("marketable_limit", "marketable_limit_ioc", "midpoint_or_better", "midpoint_or_better_ioc"),
    "resting": ("non_marketable", "never_executable"),
}
"""The scorecard's columns: market orders, limit orders that meet the market, limit orders that wait for it."""


def order_group() -> pl.Expr:
    """`market`, `limit`, `resting` or `other` of a version with `order_class`."""
    group = pl.lit("other")
    for name, classes in ORDER_GROUPS.items():
        group = pl.when(pl.col("order_class").is_in(classes)).then(pl.lit(name)).otherwise(group)
    return group
