"""What a stream of days is held against, and the confidence sequence of its distance from there.

A baseline estimated from days has an error of its own, which enters the interval; an agreed level has none. The
difference of two means has its information n m / (n + m) as its clock, on which it moves as one mean does (Jennison
and Turnbull 2000, Group Sequential Methods, chapter 3), so no share of the error chance is spent on the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.correlation import cautious_correlation, freedom_share, variance_inflation
from routeproof.evidence.quantiles import rounded_down, settle
from routeproof.evidence.sequence import mixture_reach, running

if TYPE_CHECKING:
    from routeproof.evidence.partials import Floats, Partials
    from routeproof.policy.thresholds import DriftStandards


@dataclass(frozen=True, slots=True, eq=False)
class Baselines:
    """What streams are held against; one entry a stream.

    level: in the metric's unit. day_variance: of one day of ordinary weight, > 0. effective_days: what that variance
    rests on. level_days: effective days behind the level; infinite for an agreed level. correlation: of neighbouring
    days that the stream is taken to have, 0 to the policy's allowed one.
    """

    level: Floats
    day_variance: Floats
    effective_days: Floats
    level_days: Floats
    correlation: Floats

    def agreed(self, level: Floats) -> Baselines:
        """Return the same spread of days about levels that are known, one a stream."""
        return replace(self, level=level, level_days=np.full_like(level, np.inf))


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
    found = baselines_of(daily.numerator[None, :], daily.denominator[None, :], standards)
    days = float(found.effective_days[0])
    if settle(days) < standards.least_baseline_days:
        return (
            f"{rounded_down(days):.1f} effective days of baseline ({len(daily.day)} days traded); "
            f"at least {standards.least_baseline_days:g} are needed"
        )
    if np.sqrt(found.day_variance[0]) <= np.finfo(np.float64).eps * 64 * abs(estimate):
        return "the days of the baseline do not differ from one another, so there is nothing to judge chance by"
    return found if agreed is None else found.agreed(np.array([agreed]))


def baselines_of(numerator: Floats, denominator: Floats, standards: DriftStandards) -> Baselines:
    """Take baselines from streams x days, every day with weight; `baseline_of` refuses what these cannot carry."""
    level = numerator.sum(axis=1) / denominator.sum(axis=1)
    found = running(numerator, denominator, level)
    days = found.effective_days[:, -1]
    estimate = cautious_correlation(numerator, denominator, days, standards.correlation_caution)
    correlation = np.clip(estimate, 0.0, standards.allowed_correlation)
    return Baselines(level, found.day_variance[:, -1], days, days, correlation)


def distance_sequence(
    numerator: Floats, denominator: Floats, baselines: Baselines, alpha: float, standards: DriftStandards
) -> ConfidenceSequence:
    """Follow streams x looks against their baselines; each end of the interval errs, ever, with a chance of `alpha`.

    The variance of the days watched is their own, and never below the baseline's: calm days before a storm must not
    make the storm look like a shift, and few days by chance alike must not look certain. The baseline's is that of
    both periods together where this is larger: it may have missed the rare bad day. Degrees of freedom are Welch's,
    with fewer where days hang together.
    """
    seen = running(numerator, denominator, baselines.level)
    enough = seen.effective_days >= standards.burn_in_days * (1.0 - 1e-12)  # a sum of equal weights may miss by a bit
    days = np.where(enough, seen.effective_days, standards.burn_in_days)
    level_days, usual = baselines.level_days[:, None], baselines.day_variance[:, None]
    rested = baselines.effective_days[:, None]
    together = (rested * usual + days * seen.day_variance) / (rested + days)
    watched, held = np.maximum(seen.day_variance, usual) / days, np.maximum(together, usual) / level_days
    correlation = baselines.correlation[:, None]
    doubt = np.square(watched) / (days - 1.0) + np.square(held) / (rested - 1.0)
    reach = mixture_reach(
        freedom_share(correlation) * np.square(watched + held) / doubt,
        information(days, level_days),
        information(np.full_like(level_days, standards.tightest_days), level_days),
        alpha,
    )
    error = np.sqrt(variance_inflation(correlation) * (watched + held))
    mean = baselines.level[:, None] + seen.shift
    return ConfidenceSequence(mean, np.where(enough, reach * error, np.inf), seen.effective_days)


def information(days: Floats, level_days: Floats) -> Floats:
    """Days that a mean over `days`, held against one over `level_days` (infinite: a fixed level), is worth."""
    return np.asarray(1.0 / (1.0 / days + 1.0 / level_days), dtype=np.float64)
