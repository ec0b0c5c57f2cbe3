"""The conditional logit against closed forms, a slow Newton in plain Python, and enumeration."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.evidence.choice.logit import Choices, chances, fit, score_test
from routeproof.vocab.errors import UsageError

NO_PRIOR = np.zeros(1)


def _pairs(counts: list[tuple[int, int]]) -> Choices:
    """One set a day: alternative 0 has the feature, alternative 1 has not; how often each was chosen."""
    rows = len(counts)
    return Choices(
        features=np.tile([[1.0], [0.0]], (rows, 1)),
        group=np.repeat(np.arange(rows), 2),
        count=np.array(counts, dtype=np.float64).ravel(),
        day=np.arange(rows),
    )


def test_two_alternatives_are_a_logistic_model() -> None:
    """75 of 100 chose the one with the feature: the coefficient is log(75 / 25) = log 3."""
    found = fit(_pairs([(30, 10), (45, 15)]), NO_PRIOR)
    assert found.coefficient[0] == pytest.approx(log(3.0), abs=1e-9)
    assert found.fitted[0] == pytest.approx(0.75, abs=1e-9)
    assert found.log_likelihood == pytest.approx(75 * log(0.75) + 25 * log(0.25))


def test_days_that_agree_leave_no_error_and_days_that_differ_do() -> None:
    """Chance is what days differ by: 3 to 1 on both days is certain, 9 to 1 and 3 to 2 is not."""
    alike = fit(_pairs([(30, 10), (45, 15)]), NO_PRIOR)
    apart = fit(_pairs([(45, 5), (30, 20)]), NO_PRIOR)
    assert alike.covariance[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert apart.coefficient[0] == pytest.approx(log(3.0))
    assert apart.covariance[0, 0] > 0.1


def test_the_jackknife_by_hand() -> None:
    """Two days of 50: p = 3/4, own scores 7.5 and -7.5, information 9.375 each.

    A day left out moves the coefficient by 7.5 / 9.375 = 0.8 either way; variance (2 - 1) / 2 x (0.64 + 0.64) = 0.64.
    """
    found = fit(_pairs([(45, 5), (30, 20)]), NO_PRIOR)
    assert sqrt(found.covariance[0, 0]) == pytest.approx(0.8)
    assert (found.effective_days, found.df) == (2.0, 1.0)


def test_the_score_test_by_hand() -> None:
    """At 0 the days' scores are 45 - 25 = 20 and 30 - 25 = 5: t = 25 / sqrt(2 x (7.5^2 + 7.5^2)) = 5 / 3."""
    found = score_test(_pairs([(45, 5), (30, 20)]), 0, NO_PRIOR)
    assert found.statistic == pytest.approx(5.0 / 3.0)
    assert found.p_above == pytest.approx(0.1720, abs=1e-4)  # 1/2 - atan(5/3) / pi, one degree of freedom


def test_a_choice_without_exception_has_a_test_though_no_estimate() -> None:
    """Where the feature is always chosen the likelihood has no top; a prior keeps it finite, the test needs none."""
    choices = _pairs([(10, 0), (12, 0), (9, 0), (11, 0)])
    assert np.isfinite(fit(choices, np.array([0.01])).coefficient[0])
    assert score_test(choices, 0, NO_PRIOR).p_above < 0.001


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_model_that_a_slow_newton_finds(seed: int) -> None:
    """Same coefficients and information as plain loops over choices, for sets of differing size."""
    choices = _random(seed)
    ridge = np.array([0.0, 0.3, 0.0])
    assert fit(choices, ridge).coefficient == pytest.approx(_slow(choices, ridge), abs=1e-7)


@given(st.permutations(range(12)))
@examples(8)
def test_the_order_of_sets_changes_nothing(order: list[int]) -> None:
    """Sets in any order give the same answer."""
    choices = _random(1)
    parts = [np.flatnonzero(choices.group == one) for one in order]
    rows = np.concatenate(parts)
    group = np.repeat(np.arange(len(order)), [len(part) for part in parts])
    other = Choices(choices.features[rows], group, choices.count[rows], choices.day[np.array(order)])
    ridge = np.zeros(3)
    one, two = fit(choices, ridge), fit(other, ridge)
    assert two.coefficient == pytest.approx(one.coefficient, abs=1e-9)
    assert two.covariance == pytest.approx(one.covariance, abs=1e-9)


def test_known_coefficients_come_back() -> None:
    """Drawn from coefficients 0.8 and -0.5 over 60 days: both within their intervals, errors near 1 / sqrt(n)."""
    rng = np.random.default_rng(5)
    sets, size = 60 * 20, 4
    features = rng.normal(size=(sets * size, 2))
    group = np.repeat(np.arange(sets), size)
    blank = Choices(features, group, np.zeros(sets * size), np.arange(sets) // 20)
    chance = chances(blank, np.array([0.8, -0.5])).reshape(sets, size)
    count = np.array([rng.multinomial(5, one) for one in chance], dtype=np.float64).ravel()
    found = fit(Choices(features, group, count, blank.day), np.zeros(2))
    for place, truth in enumerate((0.8, -0.5)):
        _, lower, upper = found.interval(place, 0.99)
        assert lower < truth < upper
        assert upper - lower < 0.2


def test_what_does_not_fit_together_is_refused() -> None:
    """Rows out of order, a negative count, a feature that is the same everywhere, one day alone."""
    good = _pairs([(3, 1), (2, 2)])
    with pytest.raises(UsageError, match="rows by set"):
        Choices(good.features, good.group[::-1].copy(), good.count, good.day)
    with pytest.raises(UsageError, match="rows by set"):
        Choices(good.features, good.group, -good.count, good.day)
    with pytest.raises(UsageError, match="differ between alternatives"):
        fit(Choices(np.ones((4, 1)), good.group, good.count, good.day), NO_PRIOR)
    with pytest.raises(UsageError, match="at least 2 days"):
        fit(Choices(good.features, good.group, good.count, np.zeros(2, dtype=np.int64)), NO_PRIOR)


def _random(seed: int) -> Choices:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 5, 12)
    group = np.repeat(np.arange(12), sizes)
    features = rng.normal(size=(len(group), 3))
    return Choices(features, group, rng.integers(0, 6, len(group)).astype(np.float64), np.arange(12) // 3)


def _slow(choices: Choices, ridge: np.ndarray) -> np.ndarray:
    """Newton's method written out choice by choice."""
    at = [0.0, 0.0, 0.0]
    for _ in range(60):
        gradient = [-float(ridge[k]) * at[k] for k in range(3)]
        information = [[float(ridge[k]) if k == m else 0.0 for m in range(3)] for k in range(3)]
        for one in range(12):
            rows = [row for row in range(len(choices.group)) if choices.group[row] == one]
            weight = [exp(sum(at[k] * choices.features[row, k] for k in range(3))) for row in rows]
            chance = [value / sum(weight) for value in weight]
            made = sum(float(choices.count[row]) for row in rows)
            mean = [sum(p * choices.features[row, k] for p, row in zip(chance, rows, strict=True)) for k in range(3)]
            for p, row in zip(chance, rows, strict=True):
                for k in range(3):
                    gradient[k] += (float(choices.count[row]) - made * p) * choices.features[row, k]
                    for m in range(3):
                        apart = (choices.features[row, k] - mean[k]) * (choices.features[row, m] - mean[m])
                        information[k][m] += made * p * apart
        step = np.linalg.solve(np.array(information), np.array(gradient))
        at = [a + float(b) for a, b in zip(at, step, strict=True)]
    return np.array(at)
