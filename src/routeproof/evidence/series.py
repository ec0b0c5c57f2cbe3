"""The daily pull of a statistic: how much each day moved it, and what that says about its standard error.

Every statistic here is a weighted mean of days, so one representation serves all: day weights that sum to 1
and day residuals (weight x distance from the estimate), which sum to 0.

Two variances are taken from it:
- `cluster_variance`: days independent, each corrected for its leverage by the jackknife (CR3; Bell and
  McCaffrey 2002, Survey Methodology 28(2); Cameron and Miller 2015, section VI.A);
- `serial_variance`: days may hang together. Cosine projections of the residual series estimate its variance
  at long periods (equal-weighted cosine estimator, Lazarus, Lewis, Stock and Watson 2018, JBES 36(4), with their
  rule of T^(2/3) projections, 0.38 in place of 0.4), with the degrees of freedom that many projections really give.
"""

from dataclasses import dataclass

import numpy as np

from routeproof.evidence.partials import Floats, Partials

FEWEST_PROJECTIONS = 2
PROJECTIONS_SCALE = 0.38
ALLOWED_CORRELATION = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class DaySeries:
    """Days in time order: `weight` (sums to 1) and `residual` = weight x (day value - estimate)."""

    weight: Floats
    residual: Floats

    @property
    def effective_days(self) -> float:
        """Kish's effective number: 1 / sum of squared day weights; equals the day count when days weigh alike."""
        return float(1.0 / np.square(self.weight).sum()) if len(self.weight) else 0.0


@dataclass(frozen=True, slots=True)
class Variance:
    """An estimated variance and the degrees of freedom it was estimated with."""

    value: float
    df: float


def day_series(parts: Partials) -> DaySeries:
    """Linearise sum(numerator)/sum(denominator) by day; strata are added up within the day."""
    daily = parts.pooled()
    total = daily.denominator.sum()
    ratio = daily.numerator.sum() / total
    return DaySeries(daily.denominator / total, (daily.numerator - ratio * daily.denominator) / total)


def cluster_variance(series: DaySeries) -> Variance:
    """Jackknife (CR3) variance over independent days; degrees of freedom = effective days - 1."""
    scaled = series.residual / (1.0 - series.weight)
    return Variance(float(np.square(scaled).sum()), series.effective_days - 1.0)


def serial_variance(series: DaySeries) -> Variance:
    """Variance that allows neighbouring days to move together, up to a correlation of `ALLOWED_CORRELATION`.

    The projections are scaled to be unbiased for day values with equal variances and that first-order correlation
    (for less correlated days they are then too large, never too small); the degrees of freedom are Satterthwaite's
    under the same: unequal day weights make the projections unequal and dependent, which costs degrees of freedom.
    """
    loads = _cosine_loads(series.weight)
    apart = np.abs(np.subtract.outer(np.arange(len(series.weight)), np.arange(len(series.weight))))
    together = ALLOWED_CORRELATION**apart
    gram = loads @ together @ loads.T
    trace = float(np.trace(gram))
    unbiased = float(series.weight @ together @ series.weight) * len(loads) / trace
    energy = np.square(_cosines(len(series.weight)) @ series.residual).mean()
    return Variance(float(energy) * unbiased, trace**2 / float(np.square(gram).sum()))


def _cosines(days: int) -> Floats:
    count = max(FEWEST_PROJECTIONS, int(PROJECTIONS_SCALE * days ** (2.0 / 3.0)))
    frequency = np.arange(1, count + 1, dtype=np.float64)[:, None]
    middles = (np.arange(days, dtype=np.float64) + 0.5) / days
    return np.asarray(np.sqrt(2.0) * np.cos(np.pi * frequency * middles), dtype=np.float64)


def _cosine_loads(weight: Floats) -> Floats:
    """How each projection of the residuals loads on the day values: centred by weight, as the residuals are."""
    cosines = _cosines(len(weight))
    return (cosines - (cosines @ weight)[:, None]) * weight


def combined(parts: list[Variance]) -> Variance:
    """Add independent variances; Welch-Satterthwaite degrees of freedom."""
    total = sum(part.value for part in parts)
    if total <= 0.0:
        return Variance(0.0, min(part.df for part in parts))
    return Variance(total, total**2 / sum(part.value**2 / part.df for part in parts if part.value > 0.0))
