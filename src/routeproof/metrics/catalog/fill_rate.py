"""Likelihood of execution: orders and shares filled, refused, cancelled."""

from routeproof.metrics.metric import Metric, Quotient, Total
from routeproof.metrics.terms import Column, Constant, Given
from routeproof.vocab.fixed import SCALE

_ACCEPTED = Column("accepted")
_EXECUTABLE_LIMIT = Column("executable_limit")
_FILLED = Column("filled")
_EXECUTED = Column("executed")
_EXPECTED = Column("quantity") - Column("cancelled_before_executable")
_EXECUTED_OF_KNOWN = Given(_EXPECTED, _EXECUTED)
"""An order of unknown quantity is in neither sum."""

_FACTOR = "FINRA 5310.09(b) likelihood of execution"
_NO_ORDERS = "no orders in the population"

METRICS = (
    Metric(
        "orders",
        "Orders",
        "count of parent orders",
        "count",
        "none",
        Total(Constant(1), whole=True),
        "",
        _FACTOR,
        frame="orders",
    ),
    Metric(
        "refused_orders",
        "Refused orders",
        "count of orders refused at entry",
        "count",
        "lower",
        Total(1 - _ACCEPTED, whole=True),
        "",
        _FACTOR,
        frame="orders",
    ),
    Metric(
        "order_shares",
        "Order shares",
        "sum of order quantities (last accepted version)",
        "shares",
        "none",
        Total(Column("quantity"), SCALE, none_is_zero=True),
        "no order of known quantity",
        _FACTOR,
        frame="orders",
        version=2,
    ),
    Metric(
        "fill_rate_shares",
        "Fill rate, shares",
        "executed / (order quantity - cancelled by the customer before executable), refused orders left out",
        "ratio",
        "higher",
        Quotient(_ACCEPTED * _EXECUTED_OF_KNOWN, _ACCEPTED * _EXPECTED),
        _NO_ORDERS,
        _FACTOR,
        frame="orders",
    ),
    Metric(
        "fill_rate_orders",
        "Fill rate, orders",
        "orders with any fill / orders, refused orders left out",
        "ratio",
        "higher",
        Quotient(_ACCEPTED * _FILLED, _ACCEPTED),
        _NO_ORDERS,
        _FACTOR,
        frame="orders",
    ),
    Metric(
        "limit_fill_rate_shares",
        "Limit fill rate, shares",
        "executed / order quantity, over non-marketable limit orders that became executable",
        "ratio",
        "higher",
        Quotient(_ACCEPTED * _EXECUTABLE_LIMIT * _EXECUTED_OF_KNOWN, _ACCEPTED * _EXECUTABLE_LIMIT * _EXPECTED),
        "no non-marketable limit order became executable",
        _FACTOR,
        frame="orders",
    ),
    Metric(
        "limit_fill_rate_orders",
        "Limit fill rate, orders",
        "orders with any fill / orders, over non-marketable limit orders that became executable",
        "ratio",
        "higher",
        Quotient(_ACCEPTED * _EXECUTABLE_LIMIT * _FILLED, _ACCEPTED * _EXECUTABLE_LIMIT),
        "no non-marketable limit order became executable",
        _FACTOR,
        frame="orders",
    ),
    Metric(
        "executable_limit_orders",
        "Executable limit orders",
        "count of accepted non-marketable limit orders that became executable",
        "count",
        "none",
        Total(_EXECUTABLE_LIMIT, whole=True),
        "",
        _FACTOR,
        frame="orders",
        version=2,
    ),
    Metric(
        "never_executable_orders",
        "Never executable orders",
        "count of accepted non-marketable limit orders that never became executable",
        "count",
        "none",
        Total(Column("never_executable"), whole=True),
        "",
        _FACTOR,
        frame="orders",
        version=2,
    ),
    Metric(
        "cancelled_shares",
        "Cancelled shares",
        "sum of shares cancelled before execution",
        "shares",
        "none",
        Total(Column("cancelled"), SCALE, none_is_zero=True),
        "",
        "17 CFR 242.605(a)(1) cancelled shares",
        frame="orders",
        version=2,
    ),
    Metric(
        "missed_auction_orders",
        "Missed auctions",
        "count of on-open and on-close orders without a fill",
        "count",
        "lower",
        Total(Column("missed_auction"), whole=True),
        "",
        _FACTOR,
        frame="orders",
    ),
)
