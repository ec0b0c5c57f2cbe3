"""Daily watch over a provider's streams: has one become worse than its baseline, and is it back where it should be?

A stream is one metric of a provider at a venue for an order type; its days are what is observed, since orders of a
day hang together. Both questions may be asked every day: the alarm and the exit from heightened monitoring rest on
confidence sequences. False alarms, delays and false exits are measured in docs/drift.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypedDict

import numpy as np

from routeproof.evidence.baseline import distance_sequence
from routeproof.evidence.quantiles import rounded_down, settle
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from routeproof.evidence.baseline import Baselines, ConfidenceSequence
    from routeproof.evidence.partials import Floats, Ints, Partials
    from routeproof.policy.thresholds import DriftStandards

Better = Literal["higher", "lower"]
"""Which way a watched metric is better; a metric without such a way has no worse side to watch."""


class Bounds(TypedDict):
    """Mean and ends of the interval at the last look, in the metric's unit."""

    mean: float | None
    lower: float | None
    upper: float | None


NO_BOUNDS: Bounds = {"mean": None, "lower": None, "upper": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A stream at its last look. baseline, mean, lower, upper in the metric's unit; since, alarm_on: day numbers.

    Shown is the sequence that speaks most against the provider: n days traded from `since` on. lower, upper: around
    `mean`, so wide that they miss the baseline only when it was left; its own error is in there. None while too little
    is known to say anything, and `reason` says what is lacking. alarm_on: the first day on which a sequence lay wholly
    on the worse side, which later days do not take back; None: no alarm. alarms: all days on which one of the sequences
    first lay so, ascending.
    """

    n: int
    since: int | None
    baseline: float
    mean: float | None
    lower: float | None
    upper: float | None
    alarm_on: int | None
    reason: str | None
    alarms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The exit test of a stream at its last look; units as in `Drift`.

    bound: what the worse end of the interval must clear (level less the margin, or plus it where lower is better).
    passed_on: the first day on which it did; None: not yet, or cannot tell, and then `reason` says what is lacking.
    """

    n: int
    mean: float | None
    lower: float | None
    upper: float | None
    bound: float
    passed_on: int | None
    reason: str | None


def drift(watched: Partials, baseline: Baselines, better: Better, streams: int, standards: DriftStandards) -> Drift:
    """Judge one stream by its days since the baseline; the last of them is the latest look.

    `streams`: how many streams of the provider are watched together, fixed when the baselines are; each may use its
    share of the chance of a false alarm. Raises UsageError for fewer than 1.
    """
    if streams < 1:
        message = f"expected at least 1 stream, found {streams}"
        raise UsageError(message)
    daily = watched.pooled()
    top, weight = daily.numerator[None, :], daily.denominator[None, :]
    worse = worse_sides([better])
    if not len(daily.day):
        nothing = "nothing was measured since the baseline"
        return Drift(n=0, since=None, baseline=_level(baseline), **NO_BOUNDS, alarm_on=None, reason=nothing)
    found = list(sequences(top, weight, baseline, standards.alpha / streams, standards))
    start, telling = max(found, key=lambda one: _against(one[1], baseline, worse))
    looks = {start + look for start, one in found if (look := int(first_off(one, baseline, worse)[0])) >= 0}
    alarms = tuple(int(daily.day[look]) for look in sorted(looks))
    return Drift(
        n=len(daily.day) - start,
        since=int(daily.day[start]),
        baseline=_level(baseline),
        **_bounds(telling),
        alarm_on=alarms[0] if alarms else None,
        reason=_lacking(telling, standards),
        alarms=alarms,
    )


def recovery(
    watched: Partials, baseline: Baselines, better: Better, margin: float, standards: DriftStandards
) -> Recovery:
    """Test whether one stream is back: the worse end of its interval within `margin` (> 0) of the baseline's level.

    `watched`: days since heightened monitoring began. Where several streams must all pass, each is tested at the full
    chance of error: the provider is then let out falsely no more often than the stream that is worst would be.
    Raises UsageError for a margin that is not positive.
    """
    if not margin > 0.0:
        message = f"expected a margin above 0, found {margin}"
        raise UsageError(message)
    daily, side = watched.pooled(), float(worse_sides([better])[0])
    bound = float(baseline.level[0]) + side * margin
    if not len(daily.day):
        nothing = "nothing was measured since heightened monitoring began"
        return Recovery(n=0, **NO_BOUNDS, bound=settle(bound), passed_on=None, reason=nothing)
    top, weight = daily.numerator[None, :], daily.denominator[None, :]
    found = distance_sequence(top, weight, baseline, standards.exit_alpha, standards)
    look = int(first_back(found, baseline, worse_sides([better]), np.array([margin]))[0])
    return Recovery(
        n=len(daily.day),
        **_bounds(found),
        bound=settle(bound),
        passed_on=int(daily.day[look]) if look >= 0 else None,
        reason=_lacking(found, standards),
    )


def sequences(
    numerator: Floats, denominator: Floats, baselines: Baselines, alpha: float, standards: DriftStandards
) -> Iterator[tuple[int, ConfidenceSequence]]:
    """Give each look at which a sequence begins, and that sequence over the looks from there on (streams x looks).

    The k-th sequence has alpha / (k (k + 1)), which adds up to `alpha` over as many as there will ever be.
    """
    starts = range(0, numerator.shape[1], standards.restart_every_days)
    for k, start in enumerate(starts, start=1):
        share = alpha / (k * (k + 1))
        yield start, distance_sequence(numerator[:, start:], denominator[:, start:], baselines, share, standards)


def first_alarms(
    numerator: Floats, denominator: Floats, baselines: Baselines, worse: Floats, alpha: float, standards: DriftStandards
) -> Ints:
    """Return each stream's first look with an alarm, -1 for none. `worse`: +1 where higher is worse, -1 where lower."""
    looks = numerator.shape[1]
    first = np.full(len(numerator), looks, dtype=np.int64)
    for start, one in sequences(numerator, denominator, baselines, alpha, standards):
        off = first_off(one, baselines, worse)
        first = np.minimum(first, np.where(off >= 0, start + off, looks))
    return np.where(first < looks, first, -1)


def first_off(one: ConfidenceSequence, baselines: Baselines, worse: Floats) -> Ints:
    """Return each stream's first look at which the interval lies wholly on the worse side of the level, -1 for none."""
    return _first(worse[:, None] * (one.mean - baselines.level[:, None]) > one.reach)


def first_back(one: ConfidenceSequence, baselines: Baselines, worse: Floats, margin: Floats) -> Ints:
    """Return each stream's first look whose worse end clears the level by less than `margin`, -1 for none."""
    return _first(worse[:, None] * (one.mean - baselines.level[:, None]) + one.reach < margin[:, None])


def worse_sides(better: list[Better]) -> Floats:
    """Turn words into signs: +1 where higher is worse, -1 where lower is."""
    return np.array([-1.0 if one == "higher" else 1.0 for one in better])


def _first(hit: NDArray[np.bool_]) -> Ints:
    return np.where(hit.any(axis=1), hit.argmax(axis=1), -1)


def _against(one: ConfidenceSequence, baseline: Baselines, worse: Floats) -> float:
    """How far the last look lies on the worse side, in reaches; whatever cannot tell says less than anything else."""
    if not np.isfinite(one.reach[0, -1]):
        return -np.inf
    return float(worse[0] * (one.mean[0, -1] - baseline.level[0]) / one.reach[0, -1])


def _level(baseline: Baselines) -> float:
    return settle(float(baseline.level[0]))


def _bounds(one: ConfidenceSequence) -> Bounds:
    mean, reach = float(one.mean[0, -1]), float(one.reach[0, -1])
    if not np.isfinite(reach):
        return {"mean": settle(mean), "lower": None, "upper": None}
    return {"mean": settle(mean), "lower": settle(mean - reach), "upper": settle(mean + reach)}


def _lacking(one: ConfidenceSequence, standards: DriftStandards) -> str | None:
    if np.isfinite(one.reach[0, -1]):
        return None
    days = float(one.effective_days[0, -1])
    if days < standards.burn_in_days:
        return f"cannot tell: {rounded_down(days):.1f} effective days; at least {standards.burn_in_days:g} are needed"
    return f"cannot tell: {rounded_down(days):.1f} effective days are too few for an error as rare as is allowed"
