"""Fields 37 to 51: better than, at, and outside the quote or the best displayed price; and beyond its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.catalog.price_improvement import improvement
from routeproof.metrics.metric import QUANTITY, Quotient, Total
from routeproof.metrics.registry import BY_NAME
from routeproof.metrics.rule605.definition import summed
from routeproof.metrics.rule605.times import time_where
from routeproof.metrics.terms import Column, Where
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.metrics.metric import Metric

_FAR = improvement("far_touch")
_RULE = "17 CFR 242.605(a)(1)(ii)"
OF_TCA = ("improved_shares", "improved_usd_per_share", "at_quote_shares", "outside_shares", "outside_usd_per_share")


def against(touch: str) -> tuple[Metric, ...]:
    """Improved, at and outside a touch: shares, and dollars per share of those improved and outside.

    Against the far touch they are the figures of TCA, fields 37 to 43; against `best_touch`, the best available
    displayed price with odd lots, fields 45 to 49. Source: 605(a)(1)(ii), [M] for the best displayed price.
    """
    if touch == "far_touch":
        return tuple(BY_NAME[name] for name in OF_TCA)
    better = improvement(touch)
    shares = {"improved": ">", "at": "=", "outside": "<"}
    totals = [
        summed(f"{touch}_{word}_shares", Total(Where(better, comparison, QUANTITY), SCALE), f"sum q, {word}", _RULE)
        for word, comparison in shares.items()
    ]
    amounts = [
        summed(
            f"{touch}_{word}_usd_per_share",
            Quotient(
                Where(better, shares[word], sign * better * QUANTITY),
                Where(better, shares[word], QUANTITY),
                divisor=SCALE,
            ),
            f"sum q |s (F - P)| / sum q, {word}",
            _RULE,
        )
        for word, sign in (("improved", 1), ("outside", -1))
    ]
    return (*totals, *amounts)


def times_against_far_touch() -> tuple[Metric, ...]:
    """Fields 39, 41 and 44: average time of shares improved, at and outside the quote. Source: 605(a)(1)(ii)."""
    words = {"improved": ">", "at_quote": "=", "outside": "<"}
    return tuple(time_where(f"{word}_time_ms", _FAR, comparison, _RULE) for word, comparison in words.items())


def size_benchmark() -> pl.Expr:
    """Field 50 of one order with a fill: the far quote's displayed shares at its clock's start, at most its own.

    Null where the displayed size is unknown, and without a fill. Policy `size_benchmark`, [M].
    """
    shown = pl.when(pl.col("side") == "buy").then("clock_ask_size").otherwise("clock_bid_size").replace(-1, None)
    return pl.when((pl.col("executed") > 0) & shown.is_not_null()).then(pl.min_horizontal(shown, "shares"))


def size_benchmark_shares() -> Metric:
    """Field 50. Source: Exhibit A, [M]."""
    return summed(
        "size_benchmark_shares", Total(Column("size_benchmark"), SCALE), "sum displayed shares", _RULE, "orders"
    )


def size_improvement_shares(reading: str) -> Metric:
    """Field 51: shares at the quote or better of orders larger than the displayed size; all, or only those beyond it.

    Policy `size_improvement`: `all_of_outsized` or `beyond_displayed`, [M].
    """
    if reading == "beyond_displayed":
        return BY_NAME["size_improvement_shares"]
    outsized = Column("outsized")
    value = Total(Where(_FAR, ">", outsized) + Where(_FAR, "=", outsized), SCALE)
    return summed("size_improvement_shares", value, "sum q of outsized orders with s (F - P) >= 0", _RULE)
