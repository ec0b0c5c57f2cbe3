"""The effect so far, by an interval that may be looked at every day: days are what is observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.experiment.randomisation import centred
from routeproof.evidence.partials import totals
from routeproof.evidence.quantiles import settle
from routeproof.evidence.sequence import mixture_reach, running

if TYPE_CHECKING:
    from routeproof.evidence.experiment.randomisation import Units
    from routeproof.evidence.partials import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """One entry per look: the mean effect so far and its ends; None where too little is known."""

    day: tuple[int, ...]
    mean: tuple[float, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]

    @property
    def first_clear(self) -> int | None:
        """The first day on which the interval excluded 0."""
        ends = zip(self.day, self.lower, self.upper, strict=True)
        return next(
            (day for day, low, high in ends if low is not None and high is not None and (low > 0.0 or high < 0.0)), None
        )


def sequence(units: Units, day: Ints, confidence: float, tightest_days: float, burn_in_days: float) -> Sequence:
    """Each day's difference within blocks, weighted by what it tells, and a Student mixture over days."""
    pull, taken = centred(units)
    days, place = np.unique(day, return_inverse=True)
    top = totals(place, pull * units.treated, len(days))
    weight = totals(place, taken * units.treated, len(days))
    useful = weight > 0.0
    days, top, weight = days[useful], top[useful], weight[useful]
    seen = running(top[None, :], weight[None, :], np.zeros(1))
    effective = seen.effective_days[0]
    enough = effective >= burn_in_days * (1.0 - 1e-12)
    known = np.where(enough, effective, burn_in_days)
    alpha = (1.0 - confidence) / 2.0
    reach = mixture_reach(known - 1.0, known, np.full_like(known, tightest_days), alpha)
    far = reach * np.sqrt(seen.day_variance[0] / known)
    told = enough & np.isfinite(far)
    mean = seen.shift[0]
    return Sequence(
        day=tuple(int(one) for one in days),
        mean=tuple(settle(float(one)) for one in mean),
        lower=tuple(settle(float(one)) if ok else None for one, ok in zip(mean - far, told, strict=True)),
        upper=tuple(settle(float(one)) if ok else None for one, ok in zip(mean + far, told, strict=True)),
    )
