"""The catalog as plain rows, for the command line and the generated reference page."""

from __future__ import annotations

from typing import Any

from routeproof.metrics.metric import Averaging, Better, Concentration, Metric, Quantile, Quotient, Total
from routeproof.metrics.registry import ALL

SIGNED: dict[Better, str] = {
    "higher": "positive = good for the customer",
    "lower": "positive = a cost to the customer",
    "nearer_zero": "positive = the market went on in the order's direction, negative = it came back",
}
SIGNED_UNITS = ("usd_per_share", "bps")
SIGNED_BESIDE = ("e_over_q", "spread_capture", "price_improvement_usd")
"""Signed figures in units that otherwise have no sign."""

MAGNITUDES = ("improved_usd_per_share", "outside_usd_per_share")
"""Figures of one side of zero only, in units that otherwise have a sign."""


def described() -> list[dict[str, Any]]:
    """One row per metric: `name, label, formula, unit, sign, better, averaging, frame, version, source, null_when`."""
    return [
        {
            "name": metric.name,
            "label": metric.label,
            "formula": metric.formula,
            "unit": metric.unit,
            "sign": sign_words(metric),
            "better": metric.better,
            "averaging": averaging_words(metric.averaging),
            "frame": metric.frame,
            "version": metric.version,
            "source": metric.source,
            "null_when": metric.reason or "never",
        }
        for metric in ALL
    ]


def sign_words(metric: Metric) -> str:
    """What a positive figure says."""
    is_signed = (metric.unit in SIGNED_UNITS and metric.name not in MAGNITUDES) or metric.name in SIGNED_BESIDE
    if is_signed and metric.better in SIGNED:
        return SIGNED[metric.better]
    return "negative only where clocks disagree" if metric.unit == "ms" else "never negative"


def averaging_words(averaging: Averaging) -> str:
    """How rows become one number, in words."""
    match averaging:
        case Total():
            return "sum over rows"
        case Quotient():
            return "one sum over another, one division last"
        case Quantile(_, percent, _):
            return f"nearest-rank quantile at {percent} %, unweighted"
        case Concentration(column, _):
            return f"sum of squared shares over {column}"
