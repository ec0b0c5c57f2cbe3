"""Randomisation inference: what would have come out, had the same orders been assigned otherwise?

Nothing is assumed about the orders, only how they were assigned (Fisher 1935; Rosenbaum 2002, Observational Studies,
2.4; Imbens and Rubin 2015, chapter 5). With a_i the unit's sum less its block's mean x its weight, the statistic is the
sum of a over the treated; the estimate divides it by the sum over blocks of W_t W_c / W, so that it is the mean
difference within blocks. Under a constant effect tau the statistic is A - tau C, linear in tau, so that one set of
draws tests every tau, and the interval is all that are not rejected.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.partials import Floats, Ints, totals
from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

ROUNDING = 1e-9
WIDEST = 2.0**40
STEPS = 80


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What was assigned: orders, or cells of day and security.

    Attributes:
        block: (n,) within which units are alike by design, such as the day.
        treated: (n,) as assigned, whatever became of it.
        numerator: (n,) sum of value x weight.
        denominator: (n,) sum of weight; 0 where nothing was measured.
        share: chance of the treatment.
        fixed: so many of each block were drawn; else each unit by itself.
    """

    block: Ints
    treated: Bools
    numerator: Floats
    denominator: Floats
    share: float
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Treatment less control within blocks. The ends are None where too few assignments are possible to reject any.

    p_value: two-sided, that it makes no difference to any unit. assignments: how many the p-value rests on.
    """

    estimate: float
    p_value: float
    lower: float | None
    upper: float | None
    assignments: int
    exhaustive: bool


def centred(units: Units) -> tuple[Floats, Floats]:
    """(n,) a and c of the module's text: each unit's pull on the statistic, and what an effect of 1 takes off it."""
    _, block = np.unique(units.block, return_inverse=True)
    size = int(block.max()) + 1 if len(block) else 0
    weight = totals(block, units.denominator, size)
    held = units.treated * units.denominator
    mean, share = (
        np.divide(totals(block, one, size), weight, out=np.zeros(size), where=weight > 0.0)
        for one in (units.numerator, held)
    )
    return units.numerator - mean[block] * units.denominator, held - share[block] * units.denominator


def effect(units: Units, confidence: float, draws: int, most_enumerated: int, seed: int) -> Effect | None:
    """The effect with its interval; None where no block has both arms measured."""
    pull, taken = centred(units)
    seen, scale = float(pull[units.treated].sum()), float(taken[units.treated].sum())
    if scale <= 0.0:
        return None
    listed = every_assignment(units, most_enumerated)
    if listed is None:
        tops, unders = _drawn(units, pull, taken, draws, seed)
        chances = np.full(draws, 1.0 / (draws + 1))
        floor = 1.0 / (draws + 1)
    else:
        tables, chances = listed
        tops, unders, floor = tables @ pull, tables @ taken, 0.0
    test = _Test(seen, scale, tops, unders, chances, floor, ROUNDING * float(np.abs(pull).sum()))
    return Effect(
        estimate=settle(seen / scale),
        p_value=settle(test.p_value(0.0)),
        lower=_settled(test.end(-1.0, 1.0 - confidence + ROUNDING)),
        upper=_settled(test.end(1.0, 1.0 - confidence + ROUNDING)),
        assignments=len(chances) + (floor > 0.0),
        exhaustive=listed is not None,
    )


def _settled(number: float | None) -> float | None:
    return None if number is None else settle(number)


@dataclass(frozen=True, slots=True, eq=False)
class _Test:
    """All assignments' statistics as lines in tau; the one seen has the chance `floor` if it is not among them."""

    seen: float
    scale: float
    tops: Floats
    unders: Floats
    chances: Floats
    floor: float
    allowed: float

    def p_value(self, tau: float) -> float:
        """Chance of a statistic as far from 0 as the one seen, were the effect `tau`."""
        reached = np.abs(self.tops - tau * self.unders) >= abs(self.seen - tau * self.scale) - self.allowed
        return min(1.0, self.floor + float(self.chances[reached].sum()))

    def end(self, side: float, level: float) -> float | None:
        """The last effect on a side of the estimate that is not rejected."""
        middle = self.seen / self.scale
        step = max(abs(middle), float(np.abs(self.tops).max()) / self.scale, 1e-12)
        inside, outside = 0.0, step
        while self.p_value(middle + side * outside) > level:
            inside, outside = outside, outside * 2.0
            if outside > step * WIDEST:
                return None
        for _ in range(STEPS):
            half = (inside + outside) / 2.0
            if self.p_value(middle + side * half) > level:
                inside = half
            else:
                outside = half
        return middle + side * outside


def every_assignment(units: Units, most: int) -> tuple[Floats, Floats] | None:
    """(assignments, n) zeros and ones, and the chance of each; None where there are more than `most`."""
    n = len(units.block)
    if not units.fixed:
        if n > most.bit_length() or 2**n > most:
            return None
        tables = np.array(list(product((0.0, 1.0), repeat=n))).reshape(-1, n)
        count = tables.sum(axis=1)
        return tables, units.share**count * (1.0 - units.share) ** (n - count)
    places = [np.flatnonzero(units.block == one) for one in np.unique(units.block)]
    counts = [int(units.treated[one].sum()) for one in places]
    total = prod(comb(len(one), count) for one, count in zip(places, counts, strict=True))
    if total > most:
        return None
    tables = np.zeros((total, n))
    picks = product(*(combinations(one.tolist(), count) for one, count in zip(places, counts, strict=True)))
    for row, chosen in enumerate(picks):
        tables[row, [place for block in chosen for place in block]] = 1.0
    return tables, np.full(total, 1.0 / total)


def _drawn(units: Units, pull: Floats, taken: Floats, draws: int, seed: int) -> tuple[Floats, Floats]:
    tops, unders = np.empty(draws), np.empty(draws)
    for place, chosen in enumerate(assignments(units, draws, seed)):
        tops[place], unders[place] = pull[chosen].sum(), taken[chosen].sum()
    return tops, unders


def assignments(units: Units, draws: int, seed: int) -> Iterator[Bools]:
    """Assignments drawn as the experiment's were: each unit by itself, or as many of each block as there were."""
    stream, n = np.random.PCG64(seed), len(units.block)
    if not units.fixed:
        bound = np.uint64(min(int(units.share * 2.0**64), 2**64 - 1))
        for _ in range(draws):
            yield stream.random_raw(n) < bound
        return
    _, block = np.unique(units.block, return_inverse=True)
    counts = np.bincount(block, weights=units.treated).astype(np.int64)
    begins = np.r_[0, np.cumsum(np.bincount(block))[:-1]]
    for _ in range(draws):
        order = np.lexsort((stream.random_raw(n), block))
        ranked = block[order]
        chosen = np.zeros(n, dtype=np.bool_)
        chosen[order] = np.arange(n) - begins[ranked] < counts[ranked]
        yield chosen
