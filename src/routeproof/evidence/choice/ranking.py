"""The order in which alternatives are tried: Plackett-Luce worths with intervals, from lists counted by day.

A list is read from its head: each place is a choice among what is left (Luce 1959; Plackett 1975), so the model is a
conditional logit with one constant per alternative, and optionally a feature of the alternative in its situation.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from routeproof.evidence.choice.logit import Choices, fit
from routeproof.evidence.partials import Floats
from routeproof.evidence.quantiles import settle, student_quantile

PRIOR = 0.01
"""Precision of each constant's prior: an alternative never tried first, or always, keeps a finite worth."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that was seen: alternatives by number, first tried first; `marked` has the feature (-1: none has)."""

    day: int
    order: tuple[int, ...]
    marked: int
    count: int


@dataclass(frozen=True, slots=True)
class Place:
    """One alternative in the ranking.

    Attributes:
        alternative: its number.
        share: chance to be tried first where nothing is marked, `lower` to `upper`.
        best_rank, worst_rank: ranks that the pairwise comparisons at once allow.
    """

    alternative: int
    share: float
    lower: float
    upper: float
    best_rank: int
    worst_rank: int


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Places, best first; `mark`: log odds that the mark adds, with its bounds, null where it always sat alike."""

    places: tuple[Place, ...]
    mark: tuple[float, float, float] | None
    effective_days: float
    n: int


def rank(lists: Sequence[Listed], alternatives: int, confidence: float) -> Ranking:
    """Fit the worths of alternatives 0 to `alternatives` - 1, of which there are at least two.

    Raises:
        UsageError: as `logit.fit`.
    """
    has_mark = len({item.marked for item in lists}) > 1  # a mark that never moves is part of its alternative's worth
    choices = stages(lists, alternatives, with_mark=has_mark)
    width = alternatives - 1 + has_mark
    found = fit(choices, np.full(width, PRIOR))
    worth = np.append(found.coefficient[: alternatives - 1], 0.0)
    covariance = np.zeros((alternatives, alternatives))
    covariance[:-1, :-1] = found.covariance[: alternatives - 1, : alternatives - 1]
    places = _places(worth, covariance, found.df, confidence)
    mark = found.interval(width - 1, confidence) if has_mark else None
    n = sum(item.count for item in lists)
    return Ranking(tuple(sorted(places, key=lambda one: (-one.share, one.alternative))), mark, found.effective_days, n)


def stages(lists: Iterable[Listed], alternatives: int, *, with_mark: bool) -> Choices:
    """Each place of each list as a choice among what is left; the last alternative's constant is 0."""
    counted: Counter[tuple[int, int, tuple[int, ...], int]] = Counter()
    for item in lists:
        for place, chosen in enumerate(item.order[: alternatives - 1]):
            gone = tuple(sorted(item.order[:place]))
            counted[item.day, item.marked, gone, chosen] += item.count
    sets: dict[tuple[int, int, tuple[int, ...]], dict[int, int]] = {}
    for (day, marked, gone, chosen), count in sorted(counted.items()):
        sets.setdefault((day, marked, gone), {})[chosen] = count
    features, group, counts = [], [], []
    width = alternatives - 1 + with_mark
    for number, ((_, marked, gone), chosen_counts) in enumerate(sets.items()):
        for one in range(alternatives):
            if one not in gone:
                row = np.zeros(width)
                if one < alternatives - 1:
                    row[one] = 1.0
                if with_mark:
                    row[-1] = float(one == marked)
                features.append(row)
                group.append(number)
                counts.append(chosen_counts.get(one, 0))
    days = np.array([day for day, _, _ in sets], dtype=np.int64)
    return Choices(np.array(features), np.array(group, dtype=np.int64), np.array(counts, dtype=np.float64), days)


def _places(worth: Floats, covariance: Floats, df: float, confidence: float) -> list[Place]:
    count = len(worth)
    share = np.exp(worth - worth.max())
    share = share / share.sum()
    reach = student_quantile(0.5 + confidence / 2.0, df)
    pairs = student_quantile(1.0 - (1.0 - confidence) / (count * (count - 1.0)), df)
    apart = worth[:, None] - worth[None, :]
    error = np.sqrt(np.maximum(np.add.outer(np.diag(covariance), np.diag(covariance)) - 2.0 * covariance, 0.0))
    above = apart > pairs * error
    np.fill_diagonal(above, val=False)
    found = []
    for one in range(count):
        slope = -share.copy()
        slope[one] += 1.0
        slope /= 1.0 - share[one]  # of log(share / (1 - share))
        middle = np.log(share[one] / (1.0 - share[one]))
        half = reach * float(np.sqrt(max(slope @ covariance @ slope, 0.0)))
        lower, upper = (settle(float(1.0 / (1.0 + np.exp(-end)))) for end in (middle - half, middle + half))
        best, worst = 1 + int(above[:, one].sum()), count - int(above[one].sum())
        found.append(Place(one, settle(float(share[one])), lower, upper, best, worst))
    return found
