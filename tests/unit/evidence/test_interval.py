"""An interval is given only where it can be honest, and is never narrower than the plain day-cluster t interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.evidence.bootstrap import wild_statistics, wild_weights
from routeproof.evidence.compare import compare_fixed, estimate_mean
from routeproof.evidence.partials import Floats, Partials
from routeproof.evidence.quantiles import student_quantile
from routeproof.evidence.series import cluster_variance, day_series
from routeproof.policy.thresholds import EvidenceStandards

RULES = EvidenceStandards()


def _days(values: Floats, largest: float = 0.1) -> Partials:
    ones = np.ones(len(values))
    return Partials.of(day=range(len(values)), numerator=values, denominator=ones, largest=ones * largest)


def test_nine_days_carry_no_interval_and_ten_do() -> None:
    """Nine days carry no interval and ten do."""
    values = np.random.default_rng(3).normal(size=10)
    nine, ten = estimate_mean(_days(values[:9]), RULES), estimate_mean(_days(values), RULES)
    assert nine.interval is None
    assert nine.reason is not None
    assert "effective days" in nine.reason
    assert ten.interval is not None
    assert ten.reason is None


def test_twenty_days_of_which_one_weighs_most_are_few_days() -> None:
    """Twenty days of which one weighs most are few days."""
    weight = np.r_[60.0, np.ones(19)]
    found = estimate_mean(
        Partials.of(day=range(20), numerator=weight * 2, denominator=weight, largest=weight / 9), RULES
    )
    assert found.interval is None
    assert found.effective_days < 2


def test_one_heavy_order_leaves_no_interval() -> None:
    """One heavy order leaves no interval."""
    weight = np.ones(20)
    values = np.random.default_rng(3).normal(size=20)
    largest = np.full(20, 0.1)
    for heaviest, told in ((4.0, True), (4.2, False)):  # of 20: 20 % and 21 %
        largest[4] = heaviest
        parts = Partials.of(day=range(20), numerator=values, denominator=weight, largest=largest)
        assert (estimate_mean(parts, RULES).interval is not None) is told


def test_what_falls_short_of_a_limit_is_not_printed_as_the_limit() -> None:
    """Nine days of weight 1 and one of 1.2 are 10.2^2 / 10.44 = 9.966 effective days; 4.008 of 20 are 20.04 %."""
    weight = np.r_[1.2, np.ones(9)]
    values = np.random.default_rng(3).normal(size=20)
    few = Partials.of(day=range(10), numerator=weight * values[:10], denominator=weight, largest=weight / 100)
    assert estimate_mean(few, RULES).reason == "9.9 effective days (10 days traded); at least 10 are needed"
    heavy = Partials.of(day=range(20), numerator=values, denominator=np.ones(20), largest=np.r_[4.008, np.zeros(19)])
    assert estimate_mean(heavy, RULES).reason == (
        "one order carries 20.1% of the weight; at most 20% may come from one order"
    )


def test_days_without_any_variation_carry_no_interval() -> None:
    """Days without any variation carry no interval."""
    found = estimate_mean(_days(np.full(30, 0.25)), RULES)
    assert found.value == 0.25
    assert found.interval is None


def test_nothing_measured_is_said() -> None:
    """Nothing measured is said."""
    found = estimate_mean(Partials.of(day=[1], numerator=[0.0], denominator=[0.0]), RULES)
    assert (found.value, found.reason) == (None, "nothing was measured")


@examples(15)
@given(seed=st.integers(0, 10**6), days=st.integers(10, 70))
def test_never_narrower_than_plain_day_cluster_t(seed: int, days: int) -> None:
    """Never narrower than plain day cluster t."""
    parts = _days(np.random.default_rng(seed).normal(size=days))
    found, plain = estimate_mean(parts, RULES), cluster_variance(day_series(parts))
    assert found.interval is not None
    assert found.value is not None
    half = student_quantile(0.975, plain.df) * plain.value**0.5 * (1 - 1e-9)
    assert found.interval.lower <= found.value - half
    assert found.interval.upper >= found.value + half


@examples(15)
@given(seed=st.integers(0, 10**6), shift=st.floats(-0.6, 0.6))
def test_p_value_is_below_five_percent_exactly_when_the_interval_excludes_zero(seed: int, shift: float) -> None:
    """P value is below five percent exactly when the interval excludes zero."""
    found = estimate_mean(_days(np.random.default_rng(seed).lognormal(size=25) - 1.6 + shift), RULES).interval
    assert found is not None
    assert (found.p_value < 0.05) == (not found.lower <= 0.0 <= found.upper)


@examples(10)
@given(seed=st.integers(0, 10**6))
def test_mirrored_values_mirror_the_interval(seed: int) -> None:
    """Mirrored values mirror the interval."""
    values = np.random.default_rng(seed).lognormal(size=30)
    there, back = estimate_mean(_days(values), RULES).interval, estimate_mean(_days(-values), RULES).interval
    assert there is not None
    assert back is not None
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower))


def test_a_long_right_tail_moves_the_upper_end_only() -> None:
    """A long right tail moves the upper end only."""
    values = np.random.default_rng(5).lognormal(size=60)
    found = estimate_mean(_days(values), RULES)
    assert found.interval is not None
    assert found.value is not None
    reach = found.interval.critical * found.interval.standard_error
    assert found.value - found.interval.lower == pytest.approx(reach)
    assert found.interval.upper - found.value > reach * 1.05


def test_detectable_is_critical_plus_power_times_standard_error() -> None:
    """Detectable is critical plus power times standard error."""
    values = np.tile([-1.0, 1.0], 30) + np.tile([0.5, 0.5, -0.5, -0.5], 15)  # symmetric: no tail to allow for
    found = compare_fixed(_days(values), 0.0, RULES).interval
    assert found is not None
    expected = (found.critical + student_quantile(0.80, found.df)) * found.standard_error
    assert found.detectable == pytest.approx(expected)


def test_wild_draws_are_the_same_in_every_process_and_have_unit_variance() -> None:
    """Wild draws are the same in every process and have unit variance."""
    for days, sizes in ((11, 6), (12, 2)):  # Webb's six points below 12 days
        drawn = wild_weights(days, 4000, 1)
        assert len(np.unique(drawn)) == sizes
        assert drawn.mean() == pytest.approx(0.0, abs=0.02)
        assert drawn.var() == pytest.approx(1.0, abs=0.02)
    # first raw words of PCG64(1), from numpy's published stream: pinned so that a change of stream is noticed
    assert wild_weights(12, 4, 1)[0].tolist() == [float(x) for x in _signs(1, 12)]


def _signs(seed: int, count: int) -> list[int]:
    return [1 if (int(word) >> 11) % 2 else -1 for word in np.random.PCG64(seed).random_raw(count)]


def test_wild_statistics_agree_with_a_loop() -> None:
    """Wild statistics agree with a loop."""
    series = day_series(_days(np.random.default_rng(2).normal(size=14)))
    slow = []
    for flips in wild_weights(14, 50, 9):
        moved = [flip * pull for flip, pull in zip(flips, series.residual, strict=True)]
        shift = sum(moved)
        left = [(one - shift * weight) / (1 - weight) for one, weight in zip(moved, series.weight, strict=True)]
        slow.append(abs(shift) / sum(one * one for one in left) ** 0.5)
    np.testing.assert_allclose(wild_statistics((series,), 50, 9), slow)
