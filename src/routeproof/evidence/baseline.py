"""What a stream of days is held against, and the confidence sequence of its distance from there.

A baseline estimated from days has an error of its own, which enters the interval; an agreed level has none. The
difference of two means has its information n m / (n + m) as its clock, on which it moves as one mean does (Jennison
and Turnbull 2000, Group Sequential Methods, chapter 3), so no share of the error chance is spent on the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.quantiles import settle
from routeproof.evidence.sequence import freedom_share, mixture_reach, running, variance_inflation

if TYPE_CHECKING:
    from routeproof.evidence.partials import Floats, Partials
    from routeproof.policy.thresholds import DriftStandards


@dataclass(frozen=True, slots=True, eq=False)
class Baselines:
    """What streams are held against; one entry a stream.

    level: in the metric's unit. day_variance: of one day of ordinary weight, > 0. effective_days: what that variance
    rests on. level_days: effective days behind the level; infinite for an agreed level.
    """

    level: Floats
    day_variance: Floats
    effective_days: Floats
    level_days: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceSequence:
    """Streams x looks. mean in the metric's unit; reach to either side, in the same unit.

    A stream is off its baseline where the level lies outside mean +- reach. reach: infinite where too little is known.
    effective_days: Kish's number of the days taken in.
    """

    mean: Floats
    reach: Floats
    effective_days: Floats


def baseline_of(parts: Partials, standards: DriftStandards, agreed: float | None = None) -> Baselines | str:
    """Take one stream's baseline from its days, or say why it cannot be told.

    `agreed`: the level that was agreed, in the metric's unit; the days then give the spread only.
    """
    daily, estimate = parts.pooled(), parts.value
    if estimate is None:
        return "nothing was measured in the baseline period"
    found = running(daily.numerator[None, :], daily.denominator[None, :], np.array([estimate]))
    days, variance = found.effective_days[:, -1], found.day_variance[:, -1]
    if settle(float(days[0])) < standards.least_baseline_days:
        return (
            f"{days[0]:.1f} effective days of baseline ({len(daily.day)} days traded); "
            f"at least {standards.least_baseline_days:g} are needed"
        )
    if np.sqrt(variance[0]) <= np.finfo(np.float64).eps * 64 * abs(estimate):
        return "the days of the baseline do not differ from one another, so there is nothing to judge chance by"
    if agreed is None:
        return Baselines(np.array([estimate]), variance, days, days)
    return Baselines(np.array([agreed]), variance, days, np.array([np.inf]))


def distance_sequence(
    numerator: Floats, denominator: Floats, baselines: Baselines, alpha: float, standards: DriftStandards
) -> ConfidenceSequence:
    """Follow streams x looks against their baselines; each end of the interval errs, ever, with a chance of `alpha`.

    The variance of the days watched is their own, and never below the baseline's: calm days before a storm must not
    make the storm look like a shift, and few days by chance alike must not look certain. Degrees of freedom are
    Welch's, with fewer where days hang together.
    """
    seen = running(numerator, denominator, baselines.level)
    enough = seen.effective_days >= standards.burn_in_days * (1.0 - 1e-12)  # a sum of equal weights may miss by a bit
    days = np.where(enough, seen.effective_days, standards.burn_in_days)
    level_days, usual = baselines.level_days[:, None], baselines.day_variance[:, None]
    watched, held = np.maximum(seen.day_variance, usual) / days, usual / level_days
    share = freedom_share(standards.allowed_correlation)
    doubt = np.square(watched) / (days - 1.0) + np.square(held) / (baselines.effective_days[:, None] - 1.0)
    reach = mixture_reach(
        share * np.square(watched + held) / doubt,
        information(days, level_days),
        information(np.full_like(level_days, standards.tightest_days), level_days),
        alpha,
    )
    error = np.sqrt(variance_inflation(standards.allowed_correlation) * (watched + held))
    mean = baselines.level[:, None] + seen.shift
    return ConfidenceSequence(mean, np.where(enough, reach * error, np.inf), seen.effective_days)


def information(days: Floats, level_days: Floats) -> Floats:
    """Days that a mean over `days`, held against one over `level_days` (infinite: a fixed level), is worth."""
    return np.asarray(1.0 / (1.0 / days + 1.0 / level_days), dtype=np.float64)
