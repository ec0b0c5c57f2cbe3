"""What the market did after the fill: realized spread, price impact, markout and reversion at each horizon."""

from __future__ import annotations

from routeproof.metrics.metric import Metric, share_weighted
from routeproof.metrics.terms import Column, Given, Rounded
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.words import HORIZONS_NS

_SIGN, _PRICE, _REFERENCE = Column("sign"), Column("price"), Column("mid2")
_BPS = 10**16
_NO_HORIZON = "no usable quote at the horizon, or no covered executions"
_RULE = "17 CFR 242.600(b) average realized spread"


def _horizon(name: str) -> Column:
    return Column(f"mid2_{name}")


def realized_spread(name: str) -> Metric:
    """Realized spread at a horizon: what the other side kept; a cost."""
    return Metric(
        f"realized_spread_usd_per_share_{name}",
        f"Realized spread {name}",
        f"2 s (P - M at execution + {name}), share-weighted; null where the reference quote is out",
        "usd_per_share",
        "lower",
        share_weighted(Given(_REFERENCE, _SIGN * (2 * _PRICE - _horizon(name)))),
        _NO_HORIZON,
        _RULE,
    )


def price_impact(name: str) -> Metric:
    """Price impact at a horizon: effective less realized spread, row by row."""
    return Metric(
        f"price_impact_usd_per_share_{name}",
        f"Price impact {name}",
        f"2 s (M at execution + {name} - M), share-weighted",
        "usd_per_share",
        "nearer_zero",
        share_weighted(_SIGN * (_horizon(name) - _REFERENCE)),
        _NO_HORIZON,
        "effective less realized spread",
    )


def markout(name: str) -> Metric:
    """Client markout at a horizon; positive is good for the customer."""
    return Metric(
        f"markout_bps_{name}",
        f"Markout {name}",
        f"s (M at execution + {name} - P) / M x 1e4, each row rounded half-even to 1e-12, share-weighted",
        "bps",
        "higher",
        share_weighted(Rounded(_SIGN * (_horizon(name) - 2 * _PRICE) * _BPS, _REFERENCE), divisor=10**12),
        _NO_HORIZON,
        "house definition",
    )


def reversion(name: str) -> Metric:
    """Reversion at a horizon; negative means that the price came back after the fill."""
    return Metric(
        f"reversion_usd_per_share_{name}",
        f"Reversion {name}",
        f"s (M at execution + {name} - M at execution), share-weighted; negative = the price came back; "
        "null where the reference quote is out",
        "usd_per_share",
        "nearer_zero",
        share_weighted(Given(_REFERENCE, _SIGN * (_horizon(name) - Column("mid2_execution"))), divisor=2 * SCALE),
        _NO_HORIZON,
        "house definition; the review dashboard's post-trade cost",
    )


METRICS = (
    *(realized_spread(name) for name in HORIZONS_NS),
    *(price_impact(name) for name in HORIZONS_NS),
    *(markout(name) for name in HORIZONS_NS),
    *(reversion(name) for name in ("1s", "60s", "300s")),
)
