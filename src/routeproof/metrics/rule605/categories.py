"""Order-type categories of Rule 605 and their codes. Source: Rule 605 NMS Plan Exhibit A; 17 CFR 242.600(b)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.measured.order_class import IMMEDIATE

if TYPE_CHECKING:
    from routeproof.policy.report605 import Reporting605

CATEGORIES = (
    "market", "marketable_limit", "marketable_limit_ioc", "midpoint_or_better", "midpoint_or_better_ioc",
    "non_marketable", "non_marketable_ioc", "stop_market", "stop_marketable_limit", "stop_non_marketable_limit",
)  # fmt: skip
BY_TERMS = ("marketable_limit", "midpoint_or_better", "non_marketable")


def is_immediate() -> pl.Expr:
    """Immediate-or-cancel or fill-or-kill."""
    return pl.col("time_in_force").is_in(IMMEDIATE).fill_null(value=False)


def stop_category() -> pl.Expr:
    """What a stop is once triggered: by the quote in force when its clock starts (0 = side missing).

    Source: 17 CFR 242.605(a)(1), executable stop orders; policy `stop_class`.
    """
    limit, buys = pl.col("limit_price"), pl.col("side") == "buy"
    reaches = pl.when(buys).then(limit >= pl.col("clock_ask")).otherwise(limit <= pl.col("clock_bid"))
    return (
        pl.when(limit.is_null())
        .then(pl.lit("stop_market"))
        .when(reaches)
        .then(pl.lit("stop_marketable_limit"))
        .otherwise(pl.lit("stop_non_marketable_limit"))
    )


def category() -> pl.Expr:
    """One of `CATEGORIES` of a version with `terms_class`; null for what has none. Policy `classification`."""
    terms = pl.col("terms_class")
    twin = pl.when(is_immediate()).then(pl.lit("_ioc")).otherwise(pl.lit(""))
    return (
        pl.when(terms == "market")
        .then(pl.lit("market"))
        .when(terms.is_in(BY_TERMS))
        .then(pl.concat_str([terms, twin]))
        .when(terms == "stop")
        .then(stop_category())
    )


def order_type_code(reporting: Reporting605) -> pl.Expr:
    """Field 7 of a version with `category`; null for what has none. Policy `order_types`."""
    codes = {name: reporting.order_type(name) for name in CATEGORIES}
    return pl.col("category").replace_strict(codes, default=None, return_dtype=pl.String)
