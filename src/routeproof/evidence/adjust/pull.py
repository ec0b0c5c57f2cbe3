"""How far each day pulls the difference of two weighted means: one series where both sides share days, else two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routeproof.evidence.partials import Floats, Ints, totals
from routeproof.evidence.series import DaySeries


@dataclass(frozen=True, slots=True, eq=False)
class Pull:
    """One side: per row its day, its share of the side's weight, and its pull on the difference."""

    day: Ints
    share: Floats
    pull: Floats


def series_of(subject: Pull, benchmark: Pull) -> tuple[DaySeries, ...]:
    """The day series of subject plus benchmark (whose pull has its sign already).

    Sides that share a day are one series, so that what moves both on a day cancels; a day's weight is the mean of both
    sides' weights. Sides on different days are independent.
    """
    if np.intersect1d(subject.day, benchmark.day).size:
        days, place = np.unique(np.concatenate([subject.day, benchmark.day]), return_inverse=True)
        weight = totals(place, np.concatenate([subject.share, benchmark.share]) / 2.0, len(days))
        pull = totals(place, np.concatenate([subject.pull, benchmark.pull]), len(days))
        return (DaySeries(weight, pull),)
    return tuple(_alone(side) for side in (subject, benchmark))


def _alone(side: Pull) -> DaySeries:
    days, place = np.unique(side.day, return_inverse=True)
    return DaySeries(totals(place, side.share, len(days)), totals(place, side.pull, len(days)))
