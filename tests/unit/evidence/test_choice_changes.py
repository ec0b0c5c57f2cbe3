"""The scan for days of change: by hand, under every order of days, and on drawn streams."""

from __future__ import annotations

from itertools import permutations
from math import log

import numpy as np
import pytest

from routeproof.evidence.choice.changes import ScanRules, change_places, scan, shares_moved

RULES = ScanRules(least_days=3, draws=199, seed=1, error=0.05)


def _drawn(seed: int, shares: list[tuple[float, ...]], orders: int = 200) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([[rng.multinomial(orders, one)] for one in shares], dtype=np.int64)


def test_the_ratio_by_hand() -> None:
    """Six days 30 to 10, then six days 10 to 30: 2 x (240 (3/4 log 3/4 + 1/4 log 1/4) x 2 - 480 log 1/2)."""
    counts = np.array([[[30, 10]]] * 6 + [[[10, 30]]] * 6)
    found = scan(counts, RULES)
    split = 480 * (0.75 * log(0.75) + 0.25 * log(0.25)) + 480 * log(2.0)
    assert (found.place, found.first, found.last) == (6, 6, 6)
    assert found.ratio == pytest.approx(2 * split)
    assert found.p_value == pytest.approx(1 / 200)


def test_chance_is_what_all_orders_of_days_give() -> None:
    """Six days: of the 720 orders 2 x 3! x 3! = 72 divide the days as well, so p is about one in ten."""
    counts = np.array([[[9, 1]], [[8, 2]], [[9, 2]], [[2, 8]], [[1, 9]], [[3, 8]]])
    rules = ScanRules(least_days=3, draws=999, seed=4, error=0.05)
    ratios = [_halves(counts[list(order)]) for order in permutations(range(6))]
    exact = sum(one >= _halves(counts) - 1e-9 for one in ratios) / len(ratios)
    assert exact == 0.1
    assert scan(counts, rules).p_value == pytest.approx(exact, abs=0.03)


def test_another_mix_of_situations_is_no_change() -> None:
    """Shares of each situation stay while the situations change: nothing is found, though the pooled share moves."""
    rng = np.random.default_rng(2)
    days = [(150, 50)] * 15 + [(50, 150)] * 15
    counts = np.array([[rng.multinomial(a, (0.9, 0.1)), rng.multinomial(b, (0.1, 0.9))] for a, b in days])
    assert scan(counts, RULES).p_value > 0.05
    assert scan(counts.sum(axis=1, keepdims=True), RULES).p_value == pytest.approx(1 / 200)


def test_two_changes_are_found_on_their_days() -> None:
    """Shares that change on day 10 and on day 22 of 34."""
    shares = [(0.5, 0.3, 0.2)] * 10 + [(0.2, 0.6, 0.2)] * 12 + [(0.2, 0.2, 0.6)] * 12
    assert [one.place for one in change_places(_drawn(3, shares), RULES)] == [10, 22]


def test_a_change_is_seldom_claimed_where_there_is_none() -> None:
    """Of forty streams that vary more from day to day than chance alone, no more than a few look changed."""
    claimed = 0
    for seed in range(40):
        rng = np.random.default_rng(100 + seed)
        shares = rng.dirichlet((20, 12, 8), size=24)
        counts = np.array([[rng.multinomial(150, one)] for one in shares], dtype=np.int64)
        claimed += scan(counts, ScanRules(least_days=3, draws=99, seed=seed, error=0.05)).p_value <= 0.05
    assert claimed <= 5  # binomial(40, 0.05): 5 or fewer in 98.6 of 100


def test_shares_are_compared_with_situations_held_fixed() -> None:
    """Both situations 1 in 2 to 3 in 4, weighed alike: 0.5 to 0.75, though the second side has few of the first."""
    before = np.array([[[50, 50], [5, 5]]])
    after = np.array([[[15, 5], [75, 25]]])
    moved = shares_moved(np.concatenate([before, after]), slice(0, 1), slice(1, 2))
    assert moved[0].tolist() == pytest.approx([0.5, 0.75])


def test_too_few_days_claim_nothing_and_a_seed_gives_the_same_bits() -> None:
    """Five days have no room for three on each side."""
    counts = _drawn(7, [(0.5, 0.5)] * 5)
    assert (scan(counts, RULES).place, scan(counts, RULES).p_value) == (0, 1.0)
    longer = _drawn(8, [(0.5, 0.5)] * 20)
    assert scan(longer, RULES) == scan(longer, RULES)


def _halves(counts: np.ndarray) -> float:
    """G test of the first three days against the last three."""
    sides = [counts[:3].sum(axis=(0, 1)), counts[3:].sum(axis=(0, 1))]
    whole = sides[0] + sides[1]

    def height(cells: np.ndarray) -> float:
        return sum(float(one) * log(one / cells.sum()) for one in cells if one)

    return 2 * (height(sides[0]) + height(sides[1]) - height(whole))
