"""Fees, rebates, payments, and what is left of the spread after them."""

from routeproof.metrics.metric import QUANTITY, Metric, Quotient, Total
from routeproof.metrics.terms import Column, Given, Rounded
from routeproof.vocab.fixed import SCALE

_REFERENCE, _NET_FEE = Column("mid2"), Column("net_fee")
_HALF_SPREAD = Column("sign") * (2 * Column("price") - _REFERENCE)
_BPS = 10**16
_NET = Rounded(_HALF_SPREAD * _BPS, _REFERENCE) * QUANTITY + Rounded(_NET_FEE * (2 * _BPS), _REFERENCE) * SCALE
_FACTOR = "FINRA 5310.09(b) transaction costs"

METRICS = (
    Metric(
        "fees_usd", "Fees", "sum of fees paid", "usd", "lower", Total(Column("fee"), SCALE), "no fees known", _FACTOR
    ),
    Metric(
        "rebates_usd",
        "Rebates",
        "sum of rebates received",
        "usd",
        "none",
        Total(Column("rebate"), SCALE),
        "no rebates known",
        _FACTOR,
    ),
    Metric(
        "payments_usd",
        "Payments",
        "sum of payment for order flow received",
        "usd",
        "none",
        Total(Column("payment"), SCALE),
        "no payments known",
        "FINRA 5310.09(b) payment for order flow",
    ),
    Metric(
        "net_cost_bps",
        "Net cost",
        "(s (P - M) q + fees - rebates) / (q M) x 1e4, each row rounded half-even to 1e-12, share-weighted",
        "bps",
        "lower",
        Quotient(_NET, Given(_NET, QUANTITY), divisor=10**12),
        "no covered executions with known fees",
        _FACTOR,
    ),
)
