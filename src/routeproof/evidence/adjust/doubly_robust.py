"""Doubly robust comparison (AIPW) of the subject's flow with what the benchmark would have got for the same flow.

    estimate = mean_s(y - m(x)) - mean_r,odds(y - m(x)),     odds = e(x) / (1 - e(x))

with m the linear model of the benchmark's values and e the logistic model of whose order it is, each fitted on other
days than those it is used on. Right if either model is (Robins, Rotnitzky and Zhao 1994, JASA 89; for the effect on the
treated, Mercatanti and Li 2014, Annals of Applied Statistics 8(4)); cross-fitting after Chernozhukov et al. 2018, The
Econometrics Journal 21(1), in folds of whole days because orders of one day hang together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.adjust.flow import Adjusted, Bools, Flow
from routeproof.evidence.adjust.models import indicators, linear, logistic, probability
from routeproof.evidence.adjust.pull import Pull, series_of

if TYPE_CHECKING:
    from routeproof.evidence.partials import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Out-of-fold predictions, one per row of the flow: `propensity` of being the subject's, `outcome` of the other."""

    propensity: Floats
    outcome: Floats


def cross_fitted(flow: Flow, folds: int, ridge: float) -> Fitted:
    """Predict each day's rows from the other folds' days; day k in time order is in fold k modulo `folds`."""
    design = indicators(flow.features)
    _, place = np.unique(flow.day, return_inverse=True)
    fold = place % folds
    propensity, outcome = np.zeros(len(flow.day)), np.zeros(len(flow.day))
    scale = flow.orders.sum() / flow.denominator.sum()
    for one in range(folds):
        inside = fold == one
        rest = flow.only(~inside)
        if not inside.any() or rest.subject.all() or not rest.subject.any():
            propensity[inside] = flow.subject.mean()
            continue
        cell = flow.cell[inside]
        propensity[inside] = _propensity(rest, design, scale, ridge)[cell]
        outcome[inside] = _outcome(rest.side(subject=False), design, scale, ridge)[cell]
    return Fitted(propensity, outcome)


def _propensity(flow: Flow, design: Floats, scale: float, ridge: float) -> Floats:
    """(cells,) chance that a unit of weight is the subject's, were both flows equally large.

    Weights are scaled to count orders; the size of a flow is no part of how unlike it is.
    """
    ours, theirs = (flow.by_cell(flow.denominator * (flow.subject == side)) for side in (True, False))
    half = (ours.sum() + theirs.sum()) * scale / 2.0
    ours, theirs = ours * half / ours.sum(), theirs * half / theirs.sum()
    return probability(design, logistic(design, ours, ours + theirs, ridge))


def _outcome(flow: Flow, design: Floats, scale: float, ridge: float) -> Floats:
    """(cells,) the benchmark's expected value: levels add up, and each cell has a step of its own.

    Centred, so that the ridge pulls toward the common mean, and a cell's step toward none.
    """
    weight, total = flow.by_cell(flow.denominator), flow.by_cell(flow.numerator)
    centre = total.sum() / weight.sum()
    rest = total - centre * weight
    main = design @ linear(design, rest * scale, weight * scale, ridge)
    own = (rest - main * weight) * scale / (weight * scale + ridge)
    return np.asarray(centre + main + own, dtype=np.float64)


def doubly_robust(flow: Flow, fitted: Fitted, greatest: float) -> Adjusted | None:
    """The comparison over flow whose propensity is at most `greatest`; None where a side has none."""
    within = fitted.propensity <= greatest
    kept, propensity, outcome = flow.only(within), fitted.propensity[within], fitted.outcome[within]
    if kept.subject.all() or not kept.subject.any():
        return None
    odds = np.where(kept.subject, 1.0, propensity / (1.0 - propensity))
    ours, theirs = kept.subject, ~kept.subject
    left = kept.numerator - outcome * kept.denominator
    subject_rest, our_pull = _side(kept, odds, left, ours, 1.0)
    benchmark_rest, their_pull = _side(kept, odds, left, theirs, -1.0)
    weight = kept.denominator * ours
    base = float((outcome * weight).sum() / weight.sum())
    shares = kept.largest * odds
    heaviest = max(float(shares[one].max() / (kept.denominator * odds)[one].sum()) for one in (ours, theirs))
    return Adjusted(
        subject=base + subject_rest,
        benchmark=base + benchmark_rest,
        series=series_of(our_pull, their_pull),
        overlap=float(weight.sum() / flow.side(subject=True).denominator.sum()),
        largest=heaviest,
        odds=_mean_by_cell(kept, odds, theirs),
        kept=np.isin(np.arange(flow.cells), kept.cell),
    )


def _side(flow: Flow, odds: Floats, left: Floats, chosen: Bools, sign: float) -> tuple[float, Pull]:
    weight = (odds * flow.denominator)[chosen]
    share = weight / weight.sum()
    rest = float((odds * left)[chosen].sum() / weight.sum())
    pull = ((odds * left)[chosen] - rest * weight) / weight.sum()
    return rest, Pull(flow.day[chosen], share, sign * pull)


def _mean_by_cell(flow: Flow, odds: Floats, chosen: Bools) -> Floats:
    weight = flow.by_cell(flow.denominator * chosen)
    return np.divide(
        flow.by_cell(odds * flow.denominator * chosen), weight, out=np.zeros_like(weight), where=weight > 0.0
    )
