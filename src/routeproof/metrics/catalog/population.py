"""How many executions and shares there are, and how many the spread statistics speak for."""

from routeproof.metrics.metric import QUANTITY, Metric, Quotient, Total
from routeproof.metrics.terms import Column, Constant
from routeproof.vocab.fixed import SCALE

_COVERED = Column("covered")
_HOUSE = "house definition (completeness, C2)"

METRICS = (
    Metric(
        "executions", "Executions", "count of executions", "count", "none", Total(Constant(1), whole=True), "", _HOUSE
    ),
    Metric("executed_shares", "Shares", "sum q", "shares", "none", Total(QUANTITY, SCALE, counted=True), "", _HOUSE),
    Metric(
        "covered_executions",
        "Covered executions",
        "count of executions whose reference quote may carry a statistic",
        "count",
        "none",
        Total(_COVERED, whole=True),
        "",
        _HOUSE,
    ),
    Metric(
        "covered_shares",
        "Covered shares",
        "sum q over covered executions",
        "shares",
        "none",
        Total(_COVERED * QUANTITY, SCALE, counted=True),
        "",
        _HOUSE,
    ),
    Metric(
        "excluded_shares",
        "Excluded shares",
        "executed_shares - covered_shares",
        "shares",
        "none",
        Total((1 - _COVERED) * QUANTITY, SCALE, counted=True),
        "",
        _HOUSE,
    ),
    Metric(
        "coverage",
        "Coverage",
        "covered_shares / executed_shares",
        "ratio",
        "none",
        Quotient(_COVERED * QUANTITY, QUANTITY),
        "no executions",
        _HOUSE,
    ),
    Metric(
        "executed_notional_usd",
        "Notional",
        "sum P q",
        "usd",
        "none",
        Total(Column("price") * QUANTITY, SCALE * SCALE, none_is_zero=True),
        "",
        _HOUSE,
        version=2,
    ),
)
