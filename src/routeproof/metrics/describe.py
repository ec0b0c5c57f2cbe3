"""The catalog as plain rows, for the command line and the generated reference page."""

from __future__ import annotations

from typing import Any

from routeproof.metrics.metric import Averaging, Concentration, Quantile, Quotient, Total
from routeproof.metrics.registry import ALL


def described() -> list[dict[str, Any]]:
    """One row per metric: `name, label, formula, unit, better, averaging, frame, version, source, null_when`."""
    return [
        {
            "name": metric.name,
            "label": metric.label,
            "formula": metric.formula,
            "unit": metric.unit,
            "better": metric.better,
            "averaging": averaging_words(metric.averaging),
            "frame": metric.frame,
            "version": metric.version,
            "source": metric.source,
            "null_when": metric.reason or "never",
        }
        for metric in ALL
    ]


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
