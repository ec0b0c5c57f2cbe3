"""Days that hang together: how much, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routeproof.evidence.partials import Floats


def cautious_correlation(numerator: Floats, denominator: Floats, effective_days: Floats, caution: float) -> Floats:
    """Estimate, for each stream (streams x days), how much of a day's distance from the mean the next day repeats.

    Lag-one autocorrelation of day values by weight, freed of its bias towards -1 (Marriott and Pope 1954, Biometrika
    41), plus `caution` standard errors of a correlation that is not there, 1 / sqrt(days). It may lie outside -1..1.
    Days that do not differ count as uncorrelated. Days without trades are passed over: the next day is the next one
    traded, so give only days that weigh.
    """
    mean = numerator.sum(axis=1, keepdims=True) / denominator.sum(axis=1, keepdims=True)
    pull = numerator - mean * denominator
    beside = _ratio(pull[:, 1:] * pull[:, :-1], denominator[:, 1:] * denominator[:, :-1])
    spread = _ratio(np.square(pull), np.square(denominator))
    raw = np.divide(beside, spread, out=np.zeros_like(spread), where=spread > 0.0)
    return np.asarray(raw + (1.0 + 3.0 * raw) / effective_days + caution / np.sqrt(effective_days), dtype=np.float64)


def _ratio(above: Floats, below: Floats) -> Floats:
    total = below.sum(axis=1)
    quotient = np.divide(above.sum(axis=1), total, out=np.zeros_like(total), where=total > 0.0)
    return np.asarray(quotient, dtype=np.float64)


def variance_inflation(correlation: Floats) -> Floats:
    """How much larger the variance of a long mean is when each day repeats `correlation` of the day before."""
    return (1.0 + correlation) / (1.0 - correlation)


def freedom_share(correlation: Floats) -> Floats:
    """Independent days that tell as much about a variance, per day correlated so: 1 / sum of squared autocorrelations.

    Bayley and Hammersley 1946, Supplement to the Journal of the Royal Statistical Society 8(2).
    """
    return (1.0 - np.square(correlation)) / (1.0 + np.square(correlation))
