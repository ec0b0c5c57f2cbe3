"""Exact post-stratification: each cell's mean against the same cell's mean, weighted by the subject's mix.

With cells c, subject weights W_s(c) and means m_s(c), m_r(c) of subject and benchmark, over the cells of which both
have enough:

    estimate = sum_c W_s(c) (m_s(c) - m_r(c)) / sum_c W_s(c)

Nothing is modelled; what has no counterpart is left out and counted. The mix is taken as given, so that the interval is
about the prices, not about who happened to send what (Miratrix, Sekhon and Yu 2013, JRSS B 75(2)).
"""

from __future__ import annotations

import numpy as np

from routeproof.evidence.adjust.flow import Adjusted, Bools, Flow
from routeproof.evidence.adjust.pull import Pull, series_of
from routeproof.evidence.partials import Floats, Ints, totals


def shared_cells(flow: Flow, least_days: int, greatest: float) -> Bools:
    """(cells,) whether a cell has at least `least_days` days on both sides and is no near certain sign of the subject.

    That is: were both flows equally large, at most a share `greatest` of the cell's weight would be the subject's. A
    benchmark that has next to nothing there would otherwise speak for much with little (Crump et al. 2009).
    """
    ours, theirs = (flow.by_cell(flow.denominator * (flow.subject == side)) for side in (True, False))
    enough = (_days(flow, subject=True) >= least_days) & (_days(flow, subject=False) >= least_days)
    if not enough.any():
        return enough
    return np.asarray(enough & ((1.0 - greatest) * ours / ours.sum() <= greatest * theirs / theirs.sum()))


def _days(flow: Flow, *, subject: bool) -> Ints:
    side = flow.side(subject=subject)
    pairs = np.unique(np.stack([side.cell, side.day]), axis=1)
    return np.bincount(pairs[0], minlength=flow.cells)


def post_stratified(flow: Flow, least_days: int, greatest: float) -> Adjusted | None:
    """Compare cell by cell; None where no cell is shared, see `shared_cells`."""
    kept = shared_cells(flow, least_days, greatest)
    ours, theirs = (flow.side(subject=one).only(kept[flow.side(subject=one).cell]) for one in (True, False))
    if not len(ours.day):
        return None
    weight, other = ours.by_cell(ours.denominator), theirs.by_cell(theirs.denominator)
    mix = weight / weight.sum()
    odds = np.divide(weight, other, out=np.zeros_like(weight), where=kept)
    subject, our_pull = _side(ours, weight, mix, 1.0)
    benchmark, their_pull = _side(theirs, other, mix, -1.0)
    heaviest = [
        float((mix[one.cell] * one.largest / total[one.cell]).max()) for one, total in ((ours, weight), (theirs, other))
    ]
    return Adjusted(
        subject=subject,
        benchmark=benchmark,
        series=series_of(our_pull, their_pull),
        overlap=float(weight.sum() / flow.side(subject=True).denominator.sum()),
        largest=max(heaviest),
        odds=odds,
        kept=kept,
    )


def _side(side: Flow, total: Floats, mix: Floats, sign: float) -> tuple[float, Pull]:
    """Mean at the mix; each day's pull is widened for the freedom that the cells' means took (as `matching` does)."""
    mean = np.divide(side.by_cell(side.numerator), total, out=np.zeros_like(total), where=total > 0.0)
    share = side.denominator / total[side.cell]
    weight = mix[side.cell] * share
    days, day = np.unique(side.day, return_inverse=True)
    day_weight = totals(day, weight, len(days))
    residual = weight * (side.numerator / side.denominator - mean[side.cell])
    widened = residual * (1.0 - day_weight[day]) / (1.0 - share)
    return float((mix * mean).sum()), Pull(side.day, weight, sign * widened)
