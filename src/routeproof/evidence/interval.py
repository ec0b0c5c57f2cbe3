"""From day series to an interval, or to the reason why there is none."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from routeproof.evidence.bootstrap import upper_quantile, wild_statistics
from routeproof.evidence.quantiles import rounded_down, settle, student_quantile, two_sided_p
from routeproof.evidence.series import DaySeries, Variance, cluster_variance, combined, serial_variance
from routeproof.policy.thresholds import EvidenceStandards

Method = Literal["day_cluster_t", "wild_cluster_bootstrap_t", "serial_day_t"]
POWER = 0.80
UNVARYING = "the days do not differ from one another, so there is nothing to judge chance by"
"""Why a series without any variation carries no interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval around an estimate, in the metric's unit.

    Made by `method`, the widest of three: critical x standard_error to either side, and further out on the side of
    a longer tail. p_value: two-sided, against 0. detectable: (critical + t.80) x standard_error plus the same extra
    reach: the smallest true difference found four times in five where the error is well known, as over a quarter; over
    12 to 21 days, with the allowance for days that hang together, it is found 65 to 78 times in 100.
    """

    lower: float
    upper: float
    standard_error: float
    df: float
    critical: float
    p_value: float
    detectable: float
    method: Method


@dataclass(frozen=True, slots=True)
class _Reach:
    method: Method
    standard_error: float
    df: float
    critical: float

    @property
    def half_width(self) -> float:
        return self.critical * self.standard_error


def interval(
    estimate: float, series: tuple[DaySeries, ...], standards: EvidenceStandards, *, serial: bool = True
) -> Interval:
    """Return the widest of the day-cluster t, serial-correlation t and (few days) wild bootstrap-t intervals.

    `estimate` is a sum of the independent `series`. The widest is taken because each method has shapes where it is
    too narrow: day clusters for days that hang together, few projections when they come out low by luck. The end
    that a lopsided tail may hide behind is moved out further. Coverage of the result is in docs/coverage.md.
    The caller has refused series that do not vary. `serial` False leaves the second out: for days whose own level is
    taken off already, so that nothing is left by which they could hang together.
    """
    reaches = [_student("day_cluster_t", combined([cluster_variance(one) for one in series]), standards)]
    if serial:
        reaches.append(_student("serial_day_t", combined([serial_variance(one) for one in series]), standards))
    if min(len(one.weight) for one in series) < standards.bootstrap_below_days:
        reaches.append(_wild(series, reaches[0], standards))
    widest = max(reaches, key=lambda reach: reach.half_width)
    moved = lopsidedness(series, widest.critical) * widest.standard_error
    below, above = widest.half_width + max(-moved, 0.0), widest.half_width + max(moved, 0.0)
    return Interval(
        lower=settle(estimate - below),
        upper=settle(estimate + above),
        standard_error=settle(widest.standard_error),
        df=settle(widest.df),
        critical=settle(widest.critical),
        p_value=settle(_p_value(estimate, below if estimate > 0.0 else above, widest.df, standards)),
        detectable=settle(max(below, above) + student_quantile(POWER, widest.df) * widest.standard_error),
        method=widest.method,
    )


def lopsidedness(series: tuple[DaySeries, ...], critical: float) -> float:
    """Standard errors by which the interval's end on the side of the longer tail is moved out; its sign is the side.

    First Edgeworth term of the t statistic at its critical value c, (1 + 2 c^2) / 6 x skewness / sqrt(days)
    (Hall 1992, JRSS B 54(1)). A sample that missed the tail shows too small a mean and too small an error at once.
    """
    cubes = sum(float((one.residual**3).sum()) for one in series)
    squares = sum(float(np.square(one.residual).sum()) for one in series)
    return float((1.0 + 2.0 * critical**2) / 6.0 * cubes / squares**1.5)


def _p_value(estimate: float, reach: float, df: float, standards: EvidenceStandards) -> float:
    """Two-sided p against 0, on the scale where it is below 1 - confidence exactly when the interval excludes 0."""
    return two_sided_p(estimate / reach * student_quantile(0.5 + standards.confidence / 2.0, df), df)


def _student(method: Method, variance: Variance, standards: EvidenceStandards) -> _Reach:
    critical = student_quantile(0.5 + standards.confidence / 2.0, variance.df)
    return _Reach(method, float(np.sqrt(variance.value)), variance.df, critical)


def _wild(series: tuple[DaySeries, ...], plain: _Reach, standards: EvidenceStandards) -> _Reach:
    drawn = wild_statistics(series, standards.bootstrap_draws, standards.bootstrap_seed)
    critical = upper_quantile(drawn, standards.confidence)
    return _Reach("wild_cluster_bootstrap_t", plain.standard_error, plain.df, critical)


def refusal(series: DaySeries, largest_order_share: float, standards: EvidenceStandards) -> str | None:
    """Return why this series can carry no interval, or None when it can."""
    if not len(series.weight):
        return "nothing was measured"
    if settle(series.effective_days) < standards.least_effective_days:
        return (
            f"{rounded_down(series.effective_days):.1f} effective days ({len(series.weight)} days traded); "
            f"at least {standards.least_effective_days:g} are needed"
        )
    if settle(largest_order_share) > standards.largest_order_share:
        return (
            f"one order carries {-rounded_down(-100.0 * largest_order_share):g}% of the weight; "
            f"at most {100.0 * standards.largest_order_share:g}% may come from one order"
        )
    if np.square(series.residual).sum() <= np.square(np.finfo(np.float64).eps * 64):
        return UNVARYING
    return None
