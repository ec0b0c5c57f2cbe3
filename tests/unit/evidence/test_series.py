"""Day series say how much each day pulled; expectations worked by hand or by the slow textbook formula here."""

from __future__ import annotations

import numpy as np
import pytest

from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import student_quantile, two_sided_p
from routeproof.evidence.series import DaySeries, Variance, cluster_variance, combined, day_series, serial_variance
from routeproof.vocab.errors import UsageError


def test_ratio_of_sums_not_mean_of_ratios() -> None:
    """Ratio of sums not mean of ratios."""
    # 10 of 100 and 90 of 300: (10 + 90) / 400 = 0.25, while the mean of 0.1 and 0.3 would be 0.2
    parts = Partials.of(day=[1, 2], numerator=[10, 90], denominator=[100, 300])
    assert parts.value == 0.25
    series = day_series(parts)
    # weights 0.25, 0.75; pulls 0.25 x (0.1 - 0.25) = -0.0375 and 0.75 x (0.3 - 0.25) = 0.0375
    np.testing.assert_allclose(series.weight, [0.25, 0.75])
    np.testing.assert_allclose(series.residual, [-0.0375, 0.0375])
    # Kish by hand: one over the sum 0.0625 + 0.5625
    assert series.effective_days == pytest.approx(1.6)


def test_equal_days_give_the_textbook_variance_of_a_mean_blown_up_by_the_jackknife() -> None:
    """Equal days give the textbook variance of a mean blown up by the jackknife."""
    values = np.array([1.0, 2.0, 4.0, 9.0, 4.0])
    parts = Partials.of(day=range(5), numerator=values, denominator=np.ones(5))
    # mean 4, squares 9 + 4 + 0 + 25 + 0 = 38; each pull a fifth: 38 / 25 = 1.52; leverage (1 - 1/5)^2 = 0.64 -> 2.375
    found = cluster_variance(day_series(parts))
    assert found.value == pytest.approx(2.375)
    assert found.df == pytest.approx(4.0)


def test_leaving_one_day_out_gives_the_cluster_variance() -> None:
    """Leaving one day out gives the cluster variance."""
    rng = np.random.default_rng(1)
    top, weight = rng.normal(size=12), rng.uniform(1, 9, size=12)
    whole = top.sum() / weight.sum()
    without = np.array([np.delete(top, d).sum() / np.delete(weight, d).sum() for d in range(12)])
    slow = ((without - whole) ** 2).sum()
    parts = Partials.of(day=range(12), numerator=top, denominator=weight)
    assert cluster_variance(day_series(parts)).value == pytest.approx(slow)


def test_serial_variance_is_right_on_average_for_days_that_hang_together() -> None:
    """Serial variance is right on average for days that hang together."""
    rng = np.random.default_rng(7)
    days, rho, reps = 63, 0.5, 3000
    draws = rng.standard_normal((reps, days))
    for day in range(1, days):
        draws[:, day] = rho * draws[:, day - 1] + np.sqrt(1 - rho**2) * draws[:, day]
    weight = np.full(days, 1 / days)
    found = np.mean([serial_variance(DaySeries(weight, (one - one.mean()) / days)).value for one in draws])
    assert found == pytest.approx(draws.mean(axis=1).var(), rel=0.08)


def test_uneven_day_weights_cost_degrees_of_freedom() -> None:
    """Uneven day weights cost degrees of freedom."""
    even = DaySeries(np.full(42, 1 / 42), np.zeros(42))
    heavy = np.r_[np.full(10, 8.0), np.ones(32)]
    assert serial_variance(DaySeries(heavy / heavy.sum(), np.zeros(42))).df < serial_variance(even).df <= 4.0


def test_welch_degrees_of_freedom() -> None:
    """Welch degrees of freedom."""
    # (1 + 3)^2 / (1^2 / 10 + 3^2 / 20) = 16 / 0.55
    found = combined([Variance(1.0, 10.0), Variance(3.0, 20.0)])
    assert (found.value, found.df) == (4.0, pytest.approx(16 / 0.55))


def test_t_quantiles_agree_with_scipy_stats_and_tables() -> None:
    """T quantiles agree with scipy stats and tables."""
    from scipy import stats  # noqa: PLC0415 - slow to load, the oracle here only

    assert student_quantile(0.975, 10) == pytest.approx(2.228, abs=5e-4)  # printed tables
    for df in (1.5, 2.0, 7.3, 62.0, 400.0):
        assert student_quantile(0.8, df) == pytest.approx(stats.t.ppf(0.8, df), rel=1e-9)
        assert two_sided_p(-2.5, df) == pytest.approx(2 * stats.t.sf(2.5, df), rel=1e-9)


def test_rows_of_one_cell_are_added_up_in_any_order() -> None:
    """Rows of one cell are added up in any order."""
    rows = {"day": [3, 1, 3], "stratum": [7, 7, 7], "numerator": [1.0, 5.0, 2.0], "denominator": [10.0, 50.0, 30.0]}
    turned = {name: column[::-1] for name, column in rows.items()}
    for given in (rows, turned):
        parts = Partials.of(**given)  # type: ignore[arg-type]
        assert parts.day.tolist() == [1, 3]
        assert parts.numerator.tolist() == [5.0, 3.0]
        assert parts.denominator.tolist() == [50.0, 40.0]
        assert parts.largest.tolist() == [50.0, 30.0]


@pytest.mark.parametrize(
    ("numerator", "denominator"), [([1.0], [1.0, 2.0]), ([np.nan, 1.0], [1.0, 2.0]), ([1.0, 1.0], [-1.0, 2.0])]
)
def test_unsound_partials_are_refused(numerator: list[float], denominator: list[float]) -> None:
    """Unsound partials are refused."""
    with pytest.raises(UsageError):
        Partials.of(day=range(len(denominator)), numerator=numerator, denominator=denominator)
