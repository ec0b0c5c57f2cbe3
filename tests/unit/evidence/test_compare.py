"""Comparisons are like with like at the subject's mix, and say so when there is no like."""

from __future__ import annotations

import numpy as np
import pytest

from routeproof.evidence.compare import compare, compare_fixed
from routeproof.evidence.partials import Partials
from routeproof.policy.thresholds import EvidenceStandards

RULES = EvidenceStandards()
DAYS = 20


def _side(
    means: dict[int, float], weights: dict[int, float], *, first_day: int = 0, seed: int = 0, noise: float = 0.1
) -> Partials:
    """One mean and one weight per stratum, the same on every day, plus noise whose sum over the days is zero."""
    rng = np.random.default_rng(seed)
    rows = [(first_day + day, stratum) for stratum in means for day in range(DAYS)]
    jitter = {stratum: rng.normal(size=DAYS) * noise for stratum in means}
    value = [means[stratum] + (jitter[stratum] - jitter[stratum].mean())[day - first_day] for day, stratum in rows]
    weight = np.array([weights[stratum] for _, stratum in rows])
    return Partials.of(
        day=[day for day, _ in rows],
        stratum=[stratum for _, stratum in rows],
        numerator=np.array(value) * weight,
        denominator=weight,
        largest=weight / 10,
    )


@pytest.mark.parametrize(("first_day", "pairing"), [(0, "day_and_stratum"), (-90, "stratum")])
def test_the_same_quality_at_another_mix_is_no_difference(first_day: int, pairing: str) -> None:
    """The same quality at another mix is no difference."""
    subject = _side({1: 1.0, 2: 5.0}, {1: 90.0, 2: 10.0}, seed=1)
    benchmark = _side({1: 1.0, 2: 5.0}, {1: 10.0, 2: 90.0}, first_day=first_day, seed=2)
    found = compare(subject, benchmark, RULES)
    assert found.pairing == pairing
    assert found.overlap == 1.0
    # raw means are 1.4 and 4.6; at the subject's mix both are 0.9 x 1 + 0.1 x 5 = 1.4
    assert (found.subject, found.benchmark) == (pytest.approx(1.4), pytest.approx(1.4))
    assert found.interval is not None
    assert found.interval.lower < 0.0 < found.interval.upper


@pytest.mark.parametrize("first_day", [0, -90])
def test_a_difference_is_subject_minus_benchmark_over_the_shared_part(first_day: int) -> None:
    """A difference is subject minus benchmark over the shared part."""
    subject = _side({1: 1.0, 2: 5.0, 3: 100.0}, {1: 60.0, 2: 20.0, 3: 20.0}, seed=1)
    benchmark = _side({1: 0.5, 2: 4.0, 9: -7.0}, {1: 1.0, 2: 1.0, 9: 5.0}, first_day=first_day, seed=2)
    found = compare(subject, benchmark, RULES)
    # shared strata 1 and 2 weigh 60 : 20 of 100: 0.75 x (1 - 0.5) + 0.25 x (5 - 4) = 0.625
    assert found.overlap == pytest.approx(0.8)
    assert found.estimate == pytest.approx(0.625)


def test_too_little_in_common_is_not_compared() -> None:
    """Too little in common is not compared."""
    subject = _side({1: 1.0, 2: 5.0}, {1: 40.0, 2: 60.0})
    found = compare(subject, _side({1: 1.0, 3: 5.0}, {1: 40.0, 3: 60.0}), RULES)
    assert (found.pairing, found.interval) == ("none", None)
    assert found.reason is not None
    assert "counterpart" in found.reason


def test_a_day_effect_shared_by_both_sides_cancels_when_paired() -> None:
    """A day effect shared by both sides cancels when paired."""
    rng = np.random.default_rng(4)
    shared, own, other = rng.normal(size=63) * 5, rng.normal(size=63) * 0.1, rng.normal(size=63) * 0.1
    ones = np.ones(63)

    def side(values: np.ndarray, first: int) -> Partials:
        return Partials.of(day=np.arange(63) + first, numerator=values, denominator=ones, largest=ones / 9)

    paired = compare(side(shared + own + 0.2, 0), side(shared + other, 0), RULES).interval
    apart = compare(side(shared + own + 0.2, 0), side(shared + other, 100), RULES).interval
    assert paired is not None
    assert apart is not None
    assert paired.standard_error < 0.05
    assert apart.standard_error > 0.5


def test_unpaired_means_of_equal_days_give_the_welch_standard_error() -> None:
    """Unpaired means of equal days give the welch standard error."""
    rng = np.random.default_rng(8)
    ours, theirs, ones = rng.normal(size=63), rng.normal(size=50) * 3, np.ones(63)
    found = compare(
        Partials.of(day=np.arange(63), numerator=ours, denominator=ones, largest=ones / 9),
        Partials.of(day=np.arange(50) + 100, numerator=theirs, denominator=ones[:50], largest=ones[:50] / 9),
        RULES,
    )
    assert found.interval is not None
    # textbook Welch, each variance blown up by the jackknife's n / (n - 1)
    welch = ours.var(ddof=1) / 63 * 63 / 62 + theirs.var(ddof=1) / 50 * 50 / 49
    assert found.interval.standard_error >= welch**0.5 * 0.7
    if found.interval.method == "day_cluster_t":
        assert found.interval.standard_error == pytest.approx(welch**0.5)


def test_a_stratum_seen_on_few_days_is_not_compared_across_periods() -> None:
    """A stratum seen on few days is not compared across periods."""
    subject = _side({1: 1.0, 2: 5.0}, {1: 80.0, 2: 20.0})
    full = _side({1: 1.0, 2: 5.0}, {1: 80.0, 2: 20.0}, first_day=-90, seed=3)
    thin = full.only((full.stratum == 1) | (full.day < -90 + RULES.least_stratum_days - 1))
    assert compare(subject, full, RULES).overlap == 1.0
    assert compare(subject, thin, RULES).overlap == pytest.approx(0.8)


def test_a_heavy_order_on_the_benchmark_side_counts_at_the_weight_it_gets() -> None:
    """A heavy order on the benchmark side counts at the weight it gets."""
    subject = _side({1: 1.0, 2: 5.0}, {1: 50.0, 2: 50.0}, seed=1)
    benchmark = _side({1: 1.0, 2: 5.0}, {1: 50.0, 2: 50.0}, first_day=-90, seed=2)
    largest = benchmark.largest.copy()
    largest[0] = 500.0  # half of its stratum's 20 x 50, a quarter of the whole at the subject's mix
    heavy = Partials(benchmark.day, benchmark.stratum, benchmark.numerator, benchmark.denominator, largest)
    found = compare(subject, heavy, RULES)
    assert found.largest_order_share == pytest.approx(0.25)
    assert found.interval is None


def test_nearer_zero_compares_magnitudes() -> None:
    """Nearer zero compares magnitudes."""
    # reversion of -0.02 against -0.05 is nearer zero by 0.03, and so is +0.02 against -0.05
    benchmark = _side({1: -0.05}, {1: 10.0}, seed=2, noise=0.001)
    for mean in (-0.02, 0.02):
        found = compare(_side({1: mean}, {1: 10.0}, seed=1, noise=0.001), benchmark, RULES, nearer_zero=True)
        assert found.estimate == pytest.approx(-0.03)
        assert found.interval is not None
        assert found.interval.upper < 0.0


def test_nearer_zero_makes_no_claim_when_signs_are_open() -> None:
    """Nearer zero makes no claim when signs are open."""
    # 0.02 +- 0.1 could be farther from zero than -0.05, though 0.02 - (-0.05) alone might look clear
    subject = _side({1: 0.02}, {1: 10.0}, seed=1, noise=0.4)
    found = compare_fixed(subject, -0.05, RULES, nearer_zero=True)
    assert found.estimate == pytest.approx(-0.03)
    assert found.interval is not None
    assert found.interval.lower <= 0.0 <= found.interval.upper


def test_against_a_declared_figure() -> None:
    """Against a declared figure."""
    found = compare_fixed(_side({1: 1.0}, {1: 10.0}), 0.9, RULES)
    assert (found.pairing, found.estimate, found.benchmark) == ("fixed", pytest.approx(0.1), 0.9)
