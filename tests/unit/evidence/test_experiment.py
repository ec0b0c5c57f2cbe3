"""Assignment and randomisation inference against published examples, enumeration and loops."""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b
from itertools import combinations, product

import numpy as np
import pytest

from bench_modules import bench_module
from routeproof.evidence.experiment.assignment import draw, key_of, treated_orders, treated_symbols
from routeproof.evidence.experiment.balance import balance, ratio_p
from routeproof.evidence.experiment.randomisation import Units, assignments, effect, every_assignment
from routeproof.evidence.experiment.sequence import sequence

DARWIN = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)


def units(
    block: list[int], treated: list[int], values: list[float], *, fixed: bool = True, share: float = 0.5
) -> Units:
    """Units of weight 1."""
    ones = np.ones(len(block))
    return Units(np.array(block), np.array(treated, dtype=bool), np.array(values, dtype=float), ones, share, fixed)


def test_tea() -> None:
    """Fisher 1935: 70 ways to choose four cups of eight, one all right and one all wrong."""
    found = effect(units([0] * 8, [1] * 4 + [0] * 4, [1.0] * 4 + [0.0] * 4), 0.95, 99, 100, 1)
    assert found is not None
    assert found.p_value == pytest.approx(2 / 70)
    assert (found.assignments, found.exhaustive, found.estimate) == (70, True, 1.0)


def test_darwins_maize() -> None:
    """Fisher 1935, chapter III: 1,726 of 32,768 ways to sign the differences; 863 on either side."""
    values = [value for difference in DARWIN for value in (float(difference), 0.0)]
    pairs = units([pair for pair in range(15) for _ in range(2)], [1, 0] * 15, values)
    found = effect(pairs, 0.95, 99, 40_000, 1)
    assert found is not None
    assert found.p_value == pytest.approx(1726 / 32768)
    assert found.estimate == pytest.approx(314 / 15)
    assert found.lower is not None
    assert found.lower < 0.0


def test_the_interval_is_every_effect_that_enumeration_does_not_reject() -> None:
    """Two blocks of five with two treated: 100 assignments; a loop over them tests a grid of effects."""
    rng = np.random.default_rng(4)
    block, treated = [0] * 5 + [1] * 5, [1, 1, 0, 0, 0] * 2
    values = rng.normal(size=10) + 3.0 * np.array(treated)
    found = effect(units(block, treated, values.tolist()), 0.80, 99, 100, 1)
    assert found is not None
    ways = [(*one, *(5 + place for place in two)) for one, two in product(combinations(range(5), 2), repeat=2)]

    def mean_difference(outcome: np.ndarray, chosen: tuple[int, ...]) -> float:
        total = 0.0
        for low in (0, 5):
            inside = [place for place in chosen if low <= place < low + 5]
            others = [place for place in range(low, low + 5) if place not in inside]
            total += outcome[inside].mean() - outcome[others].mean()
        return total / 2.0

    def p_value(tau: float) -> float:
        outcome = values - tau * np.array(treated)
        seen = abs(mean_difference(outcome, (0, 1, 5, 6)))
        return float(np.mean([abs(mean_difference(outcome, way)) >= seen - 1e-9 for way in ways]))

    assert found.p_value == pytest.approx(p_value(0.0))
    assert found.lower is not None
    assert found.upper is not None
    for end, outward in ((found.lower, -1e-6), (found.upper, 1e-6)):
        assert p_value(end + outward) <= 0.2 + 1e-9 < p_value(end - outward)


def test_orders_by_themselves_weigh_every_assignment_by_its_chance() -> None:
    """Three orders, share 1/4: the one treated lies 3 above the others; by hand over the eight assignments."""
    found = effect(units([0] * 3, [1, 0, 0], [3.0, 0.0, 0.0], fixed=False, share=0.25), 0.95, 99, 100, 1)
    assert found is not None
    # a = 2, -1, -1; as far from 0 as 2: {1}: 9/64, {2, 3}: 3/64
    assert (found.p_value, found.assignments) == (pytest.approx(12 / 64), 8)
    assert (found.lower, found.upper) == (None, None)
    listed = every_assignment(units([0] * 3, [1, 0, 0], [0.0] * 3, fixed=False, share=0.25), 100)
    assert listed is not None
    assert listed[1].sum() == pytest.approx(1.0)


def test_draws_keep_the_design() -> None:
    """Fixed: as many in each block as there were; alone: about the share. The same seed, the same draws."""
    block = [0] * 6 + [1] * 4 + [2] * 3
    fixed = units(block, [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0], [0.0] * 13)
    drawn = np.array(list(assignments(fixed, 300, 5)))
    for name, count in ((0, 2), (1, 1), (2, 2)):
        assert set(drawn[:, np.array(block) == name].sum(axis=1)) == {count}
    assert drawn[:, :6].mean(axis=0) == pytest.approx(1 / 3, abs=0.1)
    assert np.array_equal(drawn, np.array(list(assignments(fixed, 300, 5))))
    alone = units([0] * 1000, [0] * 1000, [0.0] * 1000, fixed=False, share=0.1)
    assert np.array(list(assignments(alone, 20, 5))).mean() == pytest.approx(0.1, abs=0.01)


def test_drawn_and_listed_agree_and_a_true_effect_is_held() -> None:
    """40 blocks of 10: p by draws near the normal one; the interval holds the planted effect in most of 60 worlds."""
    held = 0
    rng = np.random.default_rng(9)
    for world in range(60):
        block = np.repeat(np.arange(40), 10)
        treated = np.concatenate([rng.permutation(10) < 2 for _ in range(40)])
        value = rng.normal(size=400) + rng.normal(size=40)[block] + 0.5 * treated
        found = effect(Units(block, treated, value, np.ones(400), 0.2, fixed=True), 0.95, 199, 100, world)
        assert found is not None
        held += (found.lower or 0.0) <= 0.5 <= (found.upper or 0.0)
    assert held >= 53


def test_the_hash_is_what_the_page_says() -> None:
    """Written out with the library's own words."""
    key = blake2b(b"X1\x1f7", digest_size=32).digest()
    assert key_of("X1", 7) == key
    first = blake2b(b"C-0001", key=key, digest_size=8).digest()
    assert draw(key, "C-0001") == int.from_bytes(first, "big")
    assert treated_orders(key, ["C-0001"], Fraction(1, 5))[0] == (int.from_bytes(first, "big") / 2**64 < 0.2)
    share = treated_orders(key, [f"C-{number}" for number in range(20_000)], Fraction(1, 20)).mean()
    assert share == pytest.approx(0.05, abs=0.005)


def test_securities_of_a_day_are_the_share_on_average() -> None:
    """0.3 of five is one or two, 1.5 on average; the order in which they are named does not matter."""
    key = key_of("X1", 7)
    counts = [len(treated_symbols(key, f"day {day}", "ABCDE", Fraction(3, 10))) for day in range(800)]
    assert set(counts) == {1, 2}
    assert np.mean(counts) == pytest.approx(1.5, abs=0.06)
    assert treated_symbols(key, "d", "ABCDE", Fraction(3, 10)) == treated_symbols(key, "d", "EDCBA", Fraction(3, 10))


def test_the_sample_ratio_by_hand() -> None:
    """Ten orders at one half: none treated has chance 2 x 1/1024; five is what is expected."""
    assert ratio_p(0, 10, 0.5) == pytest.approx(2 / 1024)
    assert ratio_p(10, 10, 0.5) == pytest.approx(2 / 1024)
    assert ratio_p(5, 10, 0.5) == 1.0


def test_balance_is_uniform_by_design_and_finds_what_is_not() -> None:
    """Over 200 assignments of one flow about a twentieth lie below 5 %; arms chosen by a covariate lie far out."""
    rng = np.random.default_rng(2)
    block, known = np.repeat(np.arange(20), 30), np.stack([rng.normal(size=600), rng.uniform(size=600) < 0.3], axis=1)
    for fixed in (True, False):
        base = Units(block, np.arange(600) % 5 == 0, np.zeros(600), np.ones(600), 0.2, fixed)
        low = [
            balance(Units(block, one, np.zeros(600), np.ones(600), 0.2, fixed), known).p_value < 0.05
            for one in assignments(base, 200, 3)
        ]
        assert 0.01 <= np.mean(low) <= 0.11
    chosen = balance(Units(block, known[:, 0] > 0.8, np.zeros(600), np.ones(600), 0.2, fixed=False), known)
    assert chosen.p_value < 1e-9
    twice = balance(base, np.column_stack([known, known]))
    assert (twice.df, twice.chi_square) == (2, pytest.approx(balance(base, known).chi_square))


def test_the_sequence_holds_on_all_days_at_once() -> None:
    """150 worlds without an effect: looked at on each of 40 days, at most about one in twenty is ever clear."""
    rng = np.random.default_rng(6)
    block, ever = np.repeat(np.arange(40), 20), 0
    for _ in range(150):
        treated = np.concatenate([rng.permutation(20) < 4 for _ in range(40)])
        plain = Units(block, treated, rng.normal(size=800) + rng.normal(size=40)[block], np.ones(800), 0.2, fixed=True)
        ever += sequence(plain, block, 0.95, 21.0, 10.0).first_clear is not None
    assert ever <= 14
    better = Units(block, treated, rng.normal(size=800) + treated, np.ones(800), 0.2, fixed=True)
    told = sequence(better, block, 0.95, 21.0, 10.0)
    assert told.first_clear is not None
    assert told.lower[8] is None
    assert (told.lower[-1] or 0.0) < 1.0 < (told.upper[-1] or 0.0)


def test_worlds_of_the_page_are_read_as_it_says() -> None:
    """A few draws: nothing is called broken by chance, chosen orders are, and an effect is found."""
    page = bench_module("experiment_page", "tools")
    named = {world.name: world for world in page.WORLDS}
    nothing = page.told(named["nothing"], 30, 1)
    assert nothing.broken <= 1 / 30
    assert min(nothing.held, nothing.sequence_held) >= 0.83
    assert page.told(named["1 in 3 large orders chosen"], 10, 1).broken == 1.0
    assert page.told(named["effect of 0.4"], 20, 1).found >= 0.7
    assert nothing == page.told(named["nothing"], 30, 1)


def test_one_arm_alone_has_no_effect() -> None:
    """No block has both."""
    assert effect(units([0, 0, 1], [1, 1, 0], [1.0, 2.0, 3.0]), 0.95, 9, 10, 1) is None
