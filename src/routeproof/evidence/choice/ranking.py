"""Which alternative is tried first: counted shares with intervals by day, ranks, and what a mark adds.

Only first places are read. What a list does after its first place depends on what came before it, so no model of whole
lists may say how often an alternative comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routeproof.evidence.choice.logit import Choices, fit
from routeproof.evidence.interval import UNVARYING, Interval, interval, refusal
from routeproof.evidence.partials import Floats, Ints
from routeproof.evidence.quantiles import rounded_down, settle
from routeproof.evidence.series import DaySeries
from routeproof.policy.thresholds import EvidenceStandards
from routeproof.vocab.errors import UsageError

PRIOR = 0.01
"""Precision of each constant's prior: an alternative never tried first, or always, keeps a finite worth."""
ALIKE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstShare:
    """Share of choices that an alternative has, 0 to 1; `lower` and `upper` are null exactly when `reason` says why."""

    share: float
    lower: float | None
    upper: float | None
    reason: str | None
    days: int


@dataclass(frozen=True, slots=True)
class Place:
    """An alternative by number in the ranking; `best_rank` to `worst_rank`: what all comparisons of pairs allow."""

    alternative: int
    first: FirstShare
    best_rank: int
    worst_rank: int


def first_shares(counts: Ints, orders: Ints, standards: EvidenceStandards) -> list[FirstShare]:
    """Share of each alternative, days being what varies.

    Args:
        counts: (days, alternatives) how often each came first.
        orders: (days,) all orders of the day, at least the sum of its counts and at least 1.
        standards: confidence, and what an interval needs.
    """
    found = []
    for column in counts.T:
        value, known, reason = _mean(column, orders, standards)
        found.append(
            FirstShare(
                share=settle(value),
                lower=max(known.lower, 0.0) if known else None,
                upper=min(known.upper, 1.0) if known else None,
                reason=reason,
                days=len(orders),
            )
        )
    return found


def rank(counts: Ints, orders: Ints, standards: EvidenceStandards) -> list[Place]:
    """Alternatives by their counted share, the largest first; arguments as `first_shares`.

    Ranks of two alternatives are told apart where the interval of the difference of their shares excludes 0, all pairs
    together at the confidence asked for (Bonferroni); where it cannot be had, they are not told apart.
    """
    shares = first_shares(counts, orders, standards)
    count = len(shares)
    pairs = max(count * (count - 1) // 2, 1)
    # No bootstrap: so far out its draws end.
    strict = replace(standards, confidence=1.0 - (1.0 - standards.confidence) / pairs, bootstrap_below_days=0)
    above = np.zeros((count, count), dtype=np.bool_)
    for one in range(count):
        for other in range(one):
            _, apart, _ = _mean(counts[:, one] - counts[:, other], orders, strict)
            above[one, other] = apart is not None and apart.lower > 0.0
            above[other, one] = apart is not None and apart.upper < 0.0
    places = [
        Place(one, shares[one], 1 + int(above[:, one].sum()), count - int(above[one].sum())) for one in range(count)
    ]
    return sorted(places, key=lambda place: (-place.first.share, place.alternative))


def mark_adds(
    counts: Ints, standards: EvidenceStandards
) -> tuple[tuple[float, float, float] | None, str | None] | None:
    """What being marked adds to the log odds of coming first: a conditional logit with one constant per alternative.

    Args:
        counts: (days, alternatives + 1, alternatives) first places by the alternative that was marked, the last row of
            each day being those without one.
        standards: confidence, and the effective days that an interval needs.

    Returns:
        The estimate with its bounds, errors clustered by day, or None with the reason; None altogether where the mark
        always sat alike and so is part of its alternative's constant.
    """
    day, mark = np.nonzero(counts.sum(axis=2))
    if len(np.unique(mark)) < 2:  # noqa: PLR2004 to tell a mark from a constant
        return None
    if _days_alike(counts):
        return None, UNVARYING
    try:
        found = fit(_choices(counts, day, mark), np.full(counts.shape[2], PRIOR))
    except UsageError:
        return None, "the first venues do not tell the mark from the venues"
    if found.effective_days < standards.least_effective_days:
        needed = f"at least {standards.least_effective_days:g} are needed"
        return None, f"{rounded_down(found.effective_days):.1f} effective days; {needed}"
    return found.interval(counts.shape[2] - 1, standards.confidence), None


def _mean(top: Ints, orders: Ints, standards: EvidenceStandards) -> tuple[float, Interval | None, str | None]:
    """Sum of `top` over that of `orders`, its interval by days, or why there is none."""
    total = float(orders.sum())
    value = float(top.sum()) / total
    series = DaySeries(orders / total, (top - value * orders) / total)
    reason = refusal(series, 1.0 / total, standards)
    return value, None if reason else interval(value, (series,), standards), reason


def _days_alike(counts: Ints) -> bool:
    """Whether every day has the same shares by mark: the prior alone would then be what differs between days."""
    whole = counts.sum(axis=2, keepdims=True)
    share = np.divide(counts, whole, out=np.full(counts.shape, np.nan), where=whole > 0)
    seen = share[:, ~np.isnan(share).all(axis=(0, 2))]
    return bool((np.nanmax(seen, axis=0) - np.nanmin(seen, axis=0) < ALIKE).all())


def _choices(counts: Ints, day: Sequence[int] | Ints, mark: Sequence[int] | Ints) -> Choices:
    """One set per day and mark; features are a constant of each alternative but the last, and the mark."""
    width = counts.shape[2]
    features: Floats = np.zeros((len(day), width, width))
    features[:, :, : width - 1] = np.eye(width)[:, : width - 1]
    features[:, :, -1] = np.arange(width)[None, :] == np.asarray(mark)[:, None]
    return Choices(
        features.reshape(-1, width),
        np.repeat(np.arange(len(day), dtype=np.int64), width),
        counts[day, mark].astype(np.float64).ravel(),
        np.asarray(day, dtype=np.int64),
    )
