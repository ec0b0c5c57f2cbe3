"""Fields 22 to 36: midpoint, quoted, effective and realized spreads; the sums of the figures of TCA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.metric import Quotient, share_weighted
from routeproof.metrics.registry import BY_NAME
from routeproof.metrics.rule605.definition import summed
from routeproof.metrics.terms import Column, Given, Rounded
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from routeproof.metrics.metric import Metric

MIDDLE = Column("mid2")
FRACTION_DIGITS = 16
_FRACTION = 2 * 10**FRACTION_DIGITS
"""Twice, since `mid2` is twice the midpoint; a row is rounded to 1e-16 of the midpoint."""


def midpoint() -> Metric:
    """Field 32, the average midpoint at the clock's start. Source: order execution summary specification, [C]."""
    value = share_weighted(MIDDLE, divisor=2 * SCALE)
    return summed("midpoint", value, "sum q M / sum q", "17 CFR 242.605(a)(2)(iii)")


def quoted_and_effective() -> tuple[Metric, ...]:
    """Fields 33 to 36: average quoted and effective spread, effective as a fraction of the midpoint, and E/Q.

    Source: 605(a)(1)(ii), 242.600(b); E/Q is the ratio of the averages, [C].
    """
    names = ("quoted_spread_usd_per_share", "effective_spread_usd_per_share", "effective_spread_bps", "e_over_q")
    return tuple(BY_NAME[name] for name in names)


def realized() -> tuple[Metric, ...]:
    """Fields 22 to 31: the average realized spread at five horizons, in dollars and as a fraction of the midpoint.

    Source: 605(a)(1)(i), 242.600(b); which midpoint is policy `realized_percentage`, [M].
    """
    dollars = tuple(BY_NAME[f"realized_spread_usd_per_share_{name}"] for name in HORIZONS_NS)
    return (*dollars, *(realized_fraction(name) for name in HORIZONS_NS))


def realized_fraction(horizon: str) -> Metric:
    """Realized spread of each fill over the midpoint at its clock's start, share-weighted."""
    spread = Column("sign") * (2 * Column("price") - Column(f"mid2_{horizon}"))
    value: Quotient = share_weighted(Given(MIDDLE, Rounded(spread * _FRACTION, MIDDLE)), divisor=10**FRACTION_DIGITS)
    formula = f"2 s (P - M at execution + {horizon}) / M, share-weighted"
    return summed(
        f"realized_fraction_{horizon}", value, formula, "17 CFR 242.600(b) average percentage realized spread"
    )
