"""The reach of a confidence sequence is what its sources say; the slow forms here are written from those sources."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from examples import examples
from routeproof.evidence.correlation import cautious_correlation, freedom_share, variance_inflation
from routeproof.evidence.sequence import mixture_reach, running
from routeproof.vocab.errors import UsageError


def _reach(df: float, information: float, tightest: float, alpha: float) -> float:
    found = mixture_reach(np.array([df]), np.array([information]), np.array([tightest]), alpha)
    return float(found[0])


def _prior_days(tightest: float, alpha: float) -> float:
    height = -2 * np.log(2 * alpha)
    return float(tightest / (height + np.log(height) + 1))


@pytest.mark.parametrize(
    ("df", "information", "alpha"), [(40.0, 12.0, 0.01), (25.0, 30.0, 1e-4), (60.0, 5.0, 0.05), (90.0, 50.0, 3e-5)]
)
def test_at_the_reach_the_averaged_likelihood_ratio_is_one_over_both_tails(
    df: float, information: float, alpha: float
) -> None:
    """At the reach the averaged likelihood ratio is one over both tails."""
    # the ratio by its definition: noncentral t over a normal prior on the shift in day sds, against the central t
    t, prior = _reach(df, information, 30.0, alpha), _prior_days(30.0, alpha)
    spread = prior**-0.5

    def weighed(shift: float) -> float:
        return float(stats.nct.pdf(t, df, shift * information**0.5) * stats.norm.pdf(shift, scale=spread))

    mixture, _ = integrate.quad(weighed, -8 * spread, 8 * spread, points=[0.0, spread], limit=200)
    assert mixture / stats.t.pdf(t, df) == pytest.approx(1 / (2 * alpha), rel=1e-5)


@pytest.mark.parametrize(("information", "alpha"), [(3.0, 0.025), (30.0, 1e-3), (200.0, 1.5e-4)])
def test_with_many_degrees_of_freedom_it_is_robbins_normal_mixture(information: float, alpha: float) -> None:
    """With many degrees of freedom it is Robbins' normal mixture."""
    # two-sided boundary of a sum S at variance V with prior r: sqrt((V + r) ln((V + r) / (r a^2))), a = both tails
    prior = _prior_days(30.0, alpha)
    boundary = np.sqrt((information + prior) * np.log((information + prior) / (prior * (2 * alpha) ** 2)))
    assert _reach(1e9, information, 30.0, alpha) == pytest.approx(boundary / information**0.5, rel=1e-6)


def test_it_is_tightest_where_asked() -> None:
    """It is tightest where asked."""
    widths = {tightest: _reach(1e9, 30.0, tightest, 1e-3) for tightest in (5.0, 10.0, 20.0, 30.0, 45.0, 90.0, 200.0)}
    assert min(widths, key=lambda tightest: widths[tightest]) == 30.0
    # and it costs there what looking as often as one likes costs: 3.09 is the normal quantile of a single look
    assert 3.09 < widths[30.0] < 4.1


def test_few_degrees_of_freedom_cannot_show_a_rare_error() -> None:
    """Few degrees of freedom cannot show a rare error."""
    assert _reach(1.0, 2.0, 30.0, 1e-4) == np.inf
    assert np.isfinite(_reach(60.0, 2.0, 30.0, 1e-4))


@pytest.mark.parametrize("alpha", [0.0, -0.1, 0.26, float("nan")])
def test_a_senseless_chance_of_error_is_refused(alpha: float) -> None:
    """A senseless chance of error is refused."""
    with pytest.raises(UsageError, match="chance of error"):
        _reach(30.0, 10.0, 30.0, alpha)


def test_a_normal_walk_leaves_it_no_more_often_than_promised() -> None:
    """A normal walk leaves it no more often than promised."""
    rng = np.random.default_rng(11)
    days = np.arange(1.0, 501.0)
    walk = rng.standard_normal((4000, 500)).cumsum(axis=1) / np.sqrt(days)
    reach = mixture_reach(np.full(500, 1e9), days, np.full(500, 30.0), 0.05)
    left = (walk > reach).any(axis=1).mean()
    assert 0.01 < left <= 0.05


def test_running_mean_and_variance_by_hand() -> None:
    """Running mean and variance by hand."""
    # 1, 2, 6 around a centre of 2: means 1, 1.5, 3; variances of two: 0.5; of three: (4 + 1 + 9) / 2 = 7
    found = running(np.array([[1.0, 2.0, 6.0]]), np.ones((1, 3)), np.array([2.0]))
    np.testing.assert_allclose(found.shift, [[-1.0, -0.5, 1.0]])
    np.testing.assert_allclose(found.day_variance, [[0.0, 0.5, 7.0]])
    np.testing.assert_allclose(found.effective_days, [[1.0, 2.0, 3.0]])


def test_uneven_days_by_hand_and_a_day_without_trades_changes_nothing() -> None:
    """Uneven days by hand and a day without trades changes nothing."""
    # 10 of 10, nothing, 90 of 30: mean 100 / 40 = 2.5; pulls 10 - 25 = -15 and 90 - 75 = 15; squares 450 over weights
    # squared 100 + 900: 0.45; days 1600 / 1000 = 1.6; times 1.6 / 0.6: 1.2
    found = running(np.array([[10.0, 0.0, 90.0]]), np.array([[10.0, 0.0, 30.0]]), np.array([0.0]))
    np.testing.assert_allclose(found.shift, [[1.0, 1.0, 2.5]])
    np.testing.assert_allclose(found.effective_days, [[1.0, 1.0, 1.6]])
    np.testing.assert_allclose(found.day_variance, [[0.0, 0.0, 1.2]])


@examples(20)
@given(seed=st.integers(0, 10**6), far=st.sampled_from([0.0, 1e3, -1e6]))
def test_every_look_is_what_its_days_alone_give(seed: int, far: float) -> None:
    """Every look is what its days alone give."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(1, 9, size=(1, 12))
    top = weight * (far + rng.normal(size=(1, 12)))
    found = running(top, weight, np.array([far]))
    for look in range(2, 13):
        value, share = (top / weight)[0, :look], weight[0, :look] / weight[0, :look].sum()
        mean = float(share @ value)
        days = 1 / float(share @ share)
        variance = float((share**2) @ (value - mean) ** 2) * days * days / (days - 1)
        assert found.shift[0, look - 1] == pytest.approx(mean - far, abs=1e-6)
        assert found.day_variance[0, look - 1] == pytest.approx(variance, rel=1e-4)


def test_neighbouring_correlation_by_hand() -> None:
    """Neighbouring correlation by hand."""
    # 1, 3, 3, 1 around 2: products -1 + 1 - 1 over three pairs = -1/3; squares 4 over four = 1; raw -1/3
    values, ones = np.array([[1.0, 3.0, 3.0, 1.0]]), np.ones((1, 4))
    # bias (1 + 3 x -1/3) / 4 = 0; two standard errors of 1 / sqrt(4)
    np.testing.assert_allclose(cautious_correlation(values, ones, np.array([4.0]), 0.0), [-1 / 3])
    np.testing.assert_allclose(cautious_correlation(values, ones, np.array([4.0]), 2.0), [-1 / 3 + 1.0])
    np.testing.assert_allclose(cautious_correlation(ones, ones, np.array([4.0]), 0.0), [0.25])  # constant: bias only


@pytest.mark.parametrize("uneven", [False, True])
def test_neighbouring_correlation_is_right_on_average(uneven: bool) -> None:  # noqa: FBT001
    """Neighbouring correlation is right on average."""
    rng = np.random.default_rng(3)
    values = rng.standard_normal((4000, 63))
    for day in range(1, 63):
        values[:, day] = 0.5 * values[:, day - 1] + np.sqrt(0.75) * values[:, day]
    weight = np.exp(0.3 * rng.standard_normal(values.shape)) if uneven else np.ones_like(values)
    days = weight.sum(axis=1) ** 2 / (weight**2).sum(axis=1)
    assert cautious_correlation(values * weight, weight, days, 0.0).mean() == pytest.approx(0.5, abs=0.03)


def test_what_correlation_costs_by_hand() -> None:
    """What correlation costs by hand."""
    # 0.5: 1 + 2 (0.5 + 0.25 + ...) = 3; squares of autocorrelations 1 + 2 (0.25 + 0.0625 + ...) = 5 / 3
    np.testing.assert_allclose(variance_inflation(np.array([0.0, 0.5])), [1.0, 3.0])
    np.testing.assert_allclose(freedom_share(np.array([0.0, 0.5])), [1.0, 0.6])
