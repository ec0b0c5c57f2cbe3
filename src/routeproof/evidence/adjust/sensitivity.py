"""How strong something that nobody measured would have to be to explain a difference away.

An omitted variable that explains a share C_Y of the values' variance left within cells, and a share R of the variance
of the weights that make the flows alike, moves a weighted comparison by at most

    |bias| <= S sqrt(C_Y R / (1 - R)),    S^2 = E[(y - mean of its cell and side)^2] E[a^2]

with a = W / W_s on the subject's flow and -(W / W_s) odds on the benchmark's (its Riesz representer): Chernozhukov,
Cinelli, Newey, Sharma and Syrgkanis 2022, NBER Working Paper 30302. With C_Y = R = v the bias reaches the estimate at

    v = (sqrt(k^4 + 4 k^2) - k^2) / 2,    k = |estimate| / S

the robustness value of Cinelli and Hazlett 2020, JRSS B 82(1). The same two shares are told of each measured dimension,
so that there is something to hold the unmeasured one against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.adjust.cells import post_stratified
from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from routeproof.evidence.adjust.flow import Adjusted, Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmarked:
    """What a measured dimension does beyond the others.

    outcome: share of the values' remaining variance that it explains. choice: share of the weights' variance that it
    makes. bias: how far something as strong as it in both could move the estimate.
    """

    dimension: str
    outcome: float
    choice: float
    bias: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What it would take.

    scale: S, in the metric's unit. robustness: share of both variances that brings the estimate to 0. of_interval: that
    brings the interval's nearer end to 0; 0 where it includes 0 already, None without interval.
    """

    scale: float
    robustness: float
    of_interval: float | None
    benchmarks: tuple[Benchmarked, ...]


def robustness_value(estimate: float, scale: float) -> float:
    """Share v of both variances at which the bias reaches the estimate."""
    if scale <= 0.0:
        return 1.0 if estimate else 0.0
    squared = (estimate / scale) ** 2
    return float((np.sqrt(squared**2 + 4.0 * squared) - squared) / 2.0)


def sensitivity(
    flow: Flow, found: Adjusted, interval: tuple[float, float] | None, least_days: int, greatest: float
) -> Sensitivity:
    """Of a post-stratified comparison `found` of a flow."""
    variance, riesz = _parts(flow, found)
    scale = float(np.sqrt(variance * riesz))
    nearer = None
    if interval is not None:
        lower, upper = interval
        nearer = 0.0 if lower <= 0.0 <= upper else settle(robustness_value(min(abs(lower), abs(upper)), scale))
    return Sensitivity(
        scale=settle(scale),
        robustness=settle(robustness_value(found.estimate, scale)),
        of_interval=nearer,
        benchmarks=tuple(_benchmarked(flow, name, (variance, riesz), least_days, greatest) for name in flow.levels),
    )


def _parts(flow: Flow, found: Adjusted) -> tuple[float, float]:
    """Variance left within cell and side, and the mean square of the weights, over the compared flow."""
    kept = flow.only(found.kept[flow.cell])
    left = 0.0
    riesz = 0.0
    total = float(kept.denominator.sum())
    ours = float(kept.denominator[kept.subject].sum())
    for subject in (True, False):
        side = kept.side(subject=subject)
        weight, value = side.by_cell(side.denominator), side.by_cell(side.numerator)
        means = np.divide(np.square(value), weight, out=np.zeros_like(weight), where=weight > 0.0)
        left += float(side.squares.sum()) - float(means.sum())
        factor = np.ones_like(weight) if subject else found.odds
        riesz += float((weight * np.square(factor)).sum())
    return max(left, 0.0) / total, riesz * total / ours**2


def _benchmarked(flow: Flow, name: str, parts: tuple[float, float], least_days: int, greatest: float) -> Benchmarked:
    variance, riesz = parts
    short = flow.without(name)
    found = post_stratified(short, least_days, greatest)
    if found is None:
        return Benchmarked(dimension=name, outcome=0.0, choice=0.0, bias=0.0)
    wider, plain = _parts(short, found)
    outcome = max(1.0 - variance / wider, 0.0) if wider > 0.0 else 0.0
    choice = max(1.0 - plain / riesz, 0.0) if riesz > 0.0 else 0.0
    bias = float(np.sqrt(variance * riesz * outcome * choice / (1.0 - choice))) if choice < 1.0 else float("inf")
    return Benchmarked(dimension=name, outcome=settle(outcome), choice=settle(choice), bias=settle(bias))
