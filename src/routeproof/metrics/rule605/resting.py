"""Fields 52 to 55: how often resting and stop orders are filled, and what printed meanwhile that could have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.metric import Total
from routeproof.metrics.rule605.definition import summed
from routeproof.metrics.terms import Column
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.metrics.metric import Metric

_RULE = "17 CFR 242.605(a)(1)(iii)"


def filled_orders() -> Metric:
    """Field 52, orders with a whole or partial fill. Source: 605(a)(1)(iii), [M]."""
    return summed("filled_orders", Total(Column("is_filled")), "number of orders with a fill", _RULE, "orders")


def printed_shares() -> Metric:
    """Field 53, shares printed regular-way at prices that could have filled the order while it was in force, [M]."""
    return summed("printed_shares", Total(Column("printed"), SCALE), "sum shares printed", _RULE, "orders")


def printed_shares_on_exchange() -> Metric:
    """Field 54, those of them that were printed on exchanges, [M]; policy `regular_prints`."""
    value = Total(Column("printed_on_exchange"), SCALE)
    return summed("printed_shares_on_exchange", value, "sum shares printed on exchanges", _RULE, "orders")
