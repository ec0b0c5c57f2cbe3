"""Effective spread: what was paid over the midpoint, for both sides of a trade; a cost, positive when bad."""

from routeproof.metrics.metric import QUANTITY, Metric, Quotient, share_weighted
from routeproof.metrics.terms import Column, Filled, Rounded

_EFFECTIVE = Filled("sign", 0) * (2 * Column("price") - Column("mid2"))
"""2 s (P - M) in fixed point. An unsigned print lies on the midpoint, where the spread is 0 whatever the sign."""

_BPS = 10**16
"""Half the quotient's scale: 2 x 1e4 for bps over M, x 1e12 for the rounding, and mid2 = 2 M below."""

METRICS = (
    Metric(
        "effective_spread_usd_per_share",
        "Effective spread",
        "2 s (P - M), share-weighted",
        "usd_per_share",
        "lower",
        share_weighted(_EFFECTIVE),
        "no covered executions",
        "17 CFR 242.600(b) average effective spread",
    ),
    Metric(
        "effective_spread_bps",
        "Effective spread",
        "2 s (P - M) / M x 1e4, each row rounded half-even to 1e-12, share-weighted",
        "bps",
        "lower",
        share_weighted(Rounded(_EFFECTIVE * (2 * _BPS), Column("mid2")), divisor=10**12),
        "no covered executions",
        "17 CFR 242.605(a)(1) average percentage effective spread",
    ),
    Metric(
        "e_over_q",
        "E/Q",
        "sum q 2 s (P - M) / sum q (A - B), a ratio of sums",
        "ratio",
        "lower",
        Quotient(_EFFECTIVE * QUANTITY, Column("quoted") * QUANTITY),
        "no covered executions, or every quoted spread was 0",
        "17 CFR 242.605(a)(1) average effective over quoted spread",
    ),
    Metric(
        "spread_capture",
        "Spread capture",
        "1 - E/Q",
        "ratio",
        "higher",
        Quotient((Column("quoted") - _EFFECTIVE) * QUANTITY, Column("quoted") * QUANTITY),
        "no covered executions, or every quoted spread was 0",
        "house definition: the saved part of the quoted spread",
    ),
)
