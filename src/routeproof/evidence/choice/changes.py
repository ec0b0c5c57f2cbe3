"""The day on which shares of choices changed: likelihood-ratio scan over days, judged by permuting whole days.

Choices are counted by day, situation and alternative. For each day the model with one set of shares per situation is
set beside one with other shares from that day on (G test, summed over situations, so that another mix of situations is
no change). The statistic is the largest studentised ratio over all days; chance is what the same days in random order
give (max-type, Westfall and Young 1993), so that orders of one day may hang together, as long as days are exchangeable
where nothing changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from routeproof.evidence.partials import Floats
from routeproof.evidence.quantiles import settle

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scan:
    """The best place to divide some days.

    Attributes:
        place: number of the first day after the most likely change, within the days given; 0 where there are too few.
        first, last: places whose ratio is within the tolerance of the largest: the change lies about there.
        ratio: log likelihood ratio (2 x difference) at the place.
        p_value: chance of as large a statistic without a change.
    """

    place: int
    first: int
    last: int
    ratio: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRules:
    """How to scan.

    Attributes:
        least_days: days that each side needs.
        draws: orders of days drawn.
        seed: of those.
        error: to allow.
        stops: whether drawing ends as soon as p cannot come down to the error any more; p is then that of fewer draws.
    """

    least_days: int
    draws: int
    seed: int
    error: float
    stops: bool = False


ROUNDS = 5
CELLS_AT_ONCE = 1 << 18
"""Counts that are looked up together: a few orders of days at once cost less than one by one."""
FIRST_LOOK = 199
"""Draws after which a scan that may stop looks for the first time; then whenever they have doubled."""
NEAR = 6.0
"""Places whose ratio is lower by less than this explain the days nearly as well (about 95 % for one lone share)."""


def scan(counts: Counts, rules: ScanRules) -> Scan:
    """Find the best place of (days, situations, alternatives) counts and its p-value."""
    days = len(counts)
    if days < 2 * rules.least_days or not counts.any():
        return Scan(0, 0, 0, 0.0, 1.0)
    flat = _telling(counts)
    table = _log_table(int(counts.sum()))
    span = slice(rules.least_days - 1, days - rules.least_days)
    stream = np.random.PCG64(rules.seed)
    ratios = np.empty((rules.draws + 1, days - 2 * rules.least_days + 1))
    ratios[0] = _ratios(flat, table, span)
    together = max(1, CELLS_AT_ONCE // flat.size)
    drawn, looked = 0, 0
    while drawn < rules.draws:
        some = min(together, rules.draws - drawn)
        orders = np.argsort(stream.random_raw(some * days).reshape(some, days), axis=1, kind="stable")
        ratios[drawn + 1 : drawn + some + 1] = _ratios(flat[orders], table, span)
        drawn += some
        if rules.stops and drawn >= max(FIRST_LOOK, 2 * looked):
            looked, top = drawn, _tops(ratios[: drawn + 1])
            if (top >= top[0]).sum() > rules.error * (rules.draws + 1):
                break
    ratios = ratios[: drawn + 1]
    top = _tops(ratios)
    place = int(np.argmax(np.round(ratios[0], 9)))
    near = np.flatnonzero(ratios[0] >= ratios[0, place] - NEAR)
    first, last = _run_around(near, place)
    begin = rules.least_days
    p_value = settle(float((top >= top[0]).sum()) / (drawn + 1))
    return Scan(place + begin, first + begin, last + begin, settle(float(ratios[0, place])), p_value)


def _tops(ratios: Floats) -> Floats:
    """The largest studentised ratio of each order of days, the true one first."""
    spread = ratios.std(axis=0)
    statistic = (ratios - ratios.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.asarray(np.round(statistic.max(axis=1), 9), dtype=np.float64)


def change_places(counts: Counts, rules: ScanRules) -> list[Scan]:
    """All changes, earliest first: each part is divided again while its own scan is below the error allowed.

    Places are numbers of days of the whole. Binary segmentation (Vostrikova 1981), then each change is looked for once
    more between its neighbours, and falls away where it is no longer beyond chance (Bai 1997): a part with two changes
    first shows a place between them. A part's scan is a test at the same error, so that a second change is claimed
    wrongly even less often than a first.
    """

    @cache
    def scanned(begin: int, end: int) -> Scan:
        return scan(counts[begin:end], rules)

    places: list[int] = []
    waiting = [(0, len(counts))]
    while waiting:
        begin, end = waiting.pop()
        one = scanned(begin, end)
        if one.place and one.p_value <= rules.error:
            places.append(begin + one.place)
            waiting += [(begin, begin + one.place), (begin + one.place, end)]
    return _settled(scanned, len(counts), sorted(places), rules.error)


def _settled(scanned: Callable[[int, int], Scan], days: int, places: list[int], error: float) -> list[Scan]:
    found: list[Scan] = []
    for _ in range(ROUNDS):
        edges = [0, *places, days]
        found = []
        for number in range(len(places)):
            begin = found[-1].place if found else 0
            one = scanned(begin, edges[number + 2])
            if one.place and one.p_value <= error:
                found.append(Scan(begin + one.place, begin + one.first, begin + one.last, one.ratio, one.p_value))
        moved = [one.place for one in found]
        if moved == places:
            break
        places = moved
    return found


def shares_moved(counts: Counts, before: slice, after: slice) -> Floats:
    """(alternatives, 2) share before and after, situations weighed by all their choices so that mix plays no part."""
    sides = [counts[part].sum(axis=0).astype(np.float64) for part in (before, after)]
    known = (sides[0].sum(axis=1) > 0) & (sides[1].sum(axis=1) > 0)
    weight = (sides[0] + sides[1]).sum(axis=1)[known]
    shares = [side[known] / side[known].sum(axis=1, keepdims=True) for side in sides]
    return np.stack([(weight @ share) / weight.sum() for share in shares], axis=1)


def _telling(counts: Counts) -> Counts:
    """Situations in which more than one alternative was chosen; the others cannot tell a change."""
    chosen = (counts.sum(axis=0) > 0).sum(axis=1) > 1
    return counts[:, chosen] if chosen.any() else counts[:, :1]


def _log_table(largest: int) -> Floats:
    """N log n of 0 to the largest count."""
    numbers = np.arange(largest + 1, dtype=np.float64)
    numbers[1:] *= np.log(numbers[1:])
    return numbers


def _ratios(counts: Counts, table: Floats, span: slice) -> Floats:
    """(..., span) likelihood ratio of a change after some days, of (..., days, situations, alternatives)."""
    summed = counts.cumsum(axis=-3)
    left, whole = summed[..., span, :, :], summed[..., -1:, :, :]
    right = whole - left

    def height(cells: Counts) -> Floats:
        own = table[cells].sum(axis=(-1, -2))
        return np.asarray(own - table[cells.sum(axis=-1)].sum(axis=-1), dtype=np.float64)

    return np.asarray(2.0 * (height(left) + height(right) - height(whole)), dtype=np.float64)


def _run_around(near: NDArray[np.intp], place: int) -> tuple[int, int]:
    inside = set(near.tolist())
    first = last = place
    while first - 1 in inside:
        first -= 1
    while last + 1 in inside:
        last += 1
    return first, last
