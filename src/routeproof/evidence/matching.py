"""Which flow of two sides is alike: shared (day, stratum) cells, or shared strata, at the subject's mix."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from routeproof.evidence.partials import Floats, Ints, Partials, totals
from routeproof.evidence.quantiles import settle
from routeproof.evidence.series import DaySeries, day_series
from routeproof.policy.thresholds import EvidenceStandards

Pairing = Literal["day_and_stratum", "stratum", "fixed", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Compared flow: two means, the independent series whose sum is their difference, and the heaviest order."""

    subject: float
    benchmark: float
    series: tuple[DaySeries, ...]
    largest: float
    overlap: float
    pairing: Pairing


def by_day_and_stratum(
    subject: Partials, benchmark: Partials, standards: EvidenceStandards, sign: float
) -> Sides | None:
    """Compare cell by cell; None when too little weight or too few days are shared.

    sign -1 turns the benchmark's values round, which makes the difference a sum.
    """
    ours, theirs = _shared_cells(subject, benchmark)
    if not len(ours):
        return None
    kept, other = subject.only(ours), benchmark.only(theirs)
    overlap = float(kept.denominator.sum() / subject.denominator.sum())
    if settle(overlap) < standards.least_overlap or len(np.unique(kept.day)) < standards.least_effective_days:
        return None
    weight = kept.denominator / kept.denominator.sum()
    ours_mean, theirs_mean = kept.numerator / kept.denominator, sign * other.numerator / other.denominator
    series = day_series(Partials.of(day=kept.day, numerator=weight * (ours_mean - theirs_mean), denominator=weight))
    heaviest = np.maximum(kept.largest / kept.denominator, other.largest / other.denominator) * weight
    means = float((weight * ours_mean).sum()), float((weight * theirs_mean).sum())
    return Sides(*means, (series,), float(heaviest.max()), overlap, "day_and_stratum")


def by_stratum(subject: Partials, benchmark: Partials, standards: EvidenceStandards, sign: float) -> Sides | None:
    """Compare stratum by stratum over different days; None when too little weight is shared. `sign` as above."""
    shared = _shared_strata(subject, benchmark, standards.least_stratum_days)
    kept, other = subject.only(np.isin(subject.stratum, shared)), benchmark.only(np.isin(benchmark.stratum, shared))
    if not len(shared):
        return None
    overlap = float(kept.denominator.sum() / subject.denominator.sum())
    if settle(overlap) < standards.least_overlap:
        return None
    mix = totals(np.searchsorted(shared, kept.stratum), kept.denominator, len(shared)) / kept.denominator.sum()
    ours_mean, ours, ours_largest = standardised(kept, shared, mix, 1.0)
    theirs_mean, theirs, theirs_largest = standardised(other, shared, mix, sign)
    series = (ours, DaySeries(theirs.weight, -theirs.residual))
    return Sides(ours_mean, theirs_mean, series, max(ours_largest, theirs_largest), overlap, "stratum")


def standardised(parts: Partials, strata: Ints, mix: Floats, sign: float) -> tuple[float, DaySeries, float]:
    """Mean over strata at fixed weights `mix`; each residual is widened for the freedom its stratum's mean took."""
    code = np.searchsorted(strata, parts.stratum)
    total = totals(code, parts.denominator, len(strata))
    mean = sign * totals(code, parts.numerator, len(strata)) / total
    share = parts.denominator / total[code]
    weight = mix[code] * share
    days, day = np.unique(parts.day, return_inverse=True)
    day_weight = totals(day, weight, len(days))
    residual = weight * (sign * parts.numerator / parts.denominator - mean[code])
    widened = residual * (1.0 - day_weight[day]) / (1.0 - share)
    series = DaySeries(day_weight, totals(day, widened, len(days)))
    return float((mix * mean).sum()), series, float((mix[code] * parts.largest / total[code]).max())


def _shared_strata(subject: Partials, benchmark: Partials, least_days: int) -> Ints:
    ours, theirs = (_frequent(side, least_days) for side in (subject, benchmark))
    return ours[np.isin(ours, theirs)]


def _frequent(side: Partials, least_days: int) -> Ints:
    strata, days = np.unique(side.stratum, return_counts=True)
    return strata[days >= least_days]


def _shared_cells(subject: Partials, benchmark: Partials) -> tuple[Ints, Ints]:
    lowest = min(subject.stratum.min(), benchmark.stratum.min())
    span = max(subject.stratum.max(), benchmark.stratum.max()) - lowest + 1
    ours, theirs = (side.day * span + (side.stratum - lowest) for side in (subject, benchmark))
    _, left, right = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    return left, right
