"""Verdict words follow the interval and the margin, and nothing else."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from routeproof.evidence.compare import Difference
from routeproof.evidence.interval import Interval
from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.shrink import shrink
from routeproof.evidence.verdict import Better, Word, verdict, withdrawn
from routeproof.policy.dated import Dated
from routeproof.vocab.errors import UsageError

START = date(2026, 7, 1)


def _difference(lower: float, upper: float) -> Difference:
    found = Interval(
        lower=lower,
        upper=upper,
        standard_error=1.0,
        df=20.0,
        critical=2.0,
        p_value=0.5,
        detectable=2.9,
        method="day_cluster_t",
    )
    return Difference(
        estimate=(lower + upper) / 2,
        subject=1.0,
        benchmark=1.0,
        interval=found,
        reason=None,
        pairing="fixed",
        overlap=1.0,
        days=21,
        effective_days=21.0,
        largest_order_share=0.01,
    )


def _margin(value: float, since: date = date(2026, 1, 1)) -> Dated[float]:
    return Dated(value=value, effective_from=since, citation="minutes", grade="F")


@pytest.mark.parametrize(
    ("lower", "upper", "better", "word"),
    [
        (-0.9, 0.9, "higher", "no_material_difference"),
        (0.1, 0.9, "higher", "no_material_difference"),  # clear of 0, yet inside the margin
        (-1.0, 0.9, "higher", "cannot_tell"),  # the margin itself is not inside
        (1.2, 3.0, "higher", "better"),
        (1.2, 3.0, "lower", "worse"),
        (1.2, 3.0, "nearer_zero", "worse"),  # farther from zero
        (-3.0, -1.2, "nearer_zero", "better"),
        (-3.0, -0.1, "higher", "worse"),  # estimate -1.55 is beyond the margin
        (0.2, 1.6, "higher", "cannot_tell"),  # estimate 0.9 is not beyond the margin
        (-0.1, 4.0, "higher", "cannot_tell"),
        (0.0, 4.0, "higher", "cannot_tell"),  # 0 itself is in the interval
        (1.2, 3.0, "none", "cannot_tell"),
    ],
)
def test_word(lower: float, upper: float, better: Better, word: Word) -> None:
    """Word."""
    found = verdict(_difference(lower, upper), _margin(1.0), better, START)
    assert found.word == word
    assert (found.reason == "") == (word != "cannot_tell")
    assert found.detectable == 2.9


@pytest.mark.parametrize(("since", "marked"), [(date(2026, 7, 1), False), (date(2026, 7, 2), True)])
def test_a_margin_set_after_the_period_began_is_marked(since: date, *, marked: bool) -> None:
    """A margin set after the period began is marked."""
    assert verdict(_difference(1.2, 3.0), _margin(1.0, since), "higher", START).margin_after_start is marked


def test_discoveries_that_do_not_survive_are_withdrawn_and_equivalence_stays() -> None:
    """Discoveries that do not survive are withdrawn and equivalence stays."""
    for lower, upper, word in ((1.2, 3.0, "cannot_tell"), (-0.5, 0.5, "no_material_difference")):
        assert withdrawn(verdict(_difference(lower, upper), _margin(1.0), "higher", START)).word == word


def test_benjamini_yekutieli_by_hand() -> None:
    """Benjamini yekutieli by hand."""
    # 3 comparisons, harmonic sum 1 + 1/2 + 1/3 = 11/6; p x 3 x 11/6 / rank: 0.001 -> 0.0055, 0.01 -> 0.0275,
    # 0.3 -> 0.55; at 5 % the first two stand and 0.1 of them is expected to be false
    found = benjamini_yekutieli("grid", [0.3, 0.001, 0.01], 0.05)
    np.testing.assert_allclose(found.adjusted, [0.55, 0.0055, 0.0275])
    assert found.discovered.tolist() == [False, True, True]
    assert found.expected_false == pytest.approx(0.1)
    assert found.expected_false_unadjusted == pytest.approx(0.15)


def test_benjamini_yekutieli_agrees_with_scipy_and_takes_nothing_from_nothing() -> None:
    """Benjamini yekutieli agrees with scipy and takes nothing from nothing."""
    from scipy.stats import false_discovery_control  # noqa: PLC0415 - slow to load, the oracle here only

    given = np.random.default_rng(1).uniform(size=200) ** 3
    found = benjamini_yekutieli("grid", given, 0.05)
    np.testing.assert_allclose(found.adjusted, false_discovery_control(given, method="by"))
    assert benjamini_yekutieli("empty", [], 0.05).expected_false == 0.0
    with pytest.raises(UsageError):
        benjamini_yekutieli("wrong", [1.5], 0.05)


def test_a_grid_without_differences_yields_false_discoveries_no_oftener_than_declared() -> None:
    """A grid without differences yields false discoveries no oftener than declared."""
    rng = np.random.default_rng(2)
    hits = sum(benjamini_yekutieli("null", rng.uniform(size=100), 0.05).discovered.any() for _ in range(400))
    assert hits / 400 <= 0.05


def test_shrinking_by_hand() -> None:
    """Shrinking by hand."""
    # values 0 and 4, both with error 1: Q = 8, excess 7 over scale 2 - 2/2 = 1 -> variance 7;
    # centre 2, pull 7/8: 2 - 1.75 and 2 + 1.75
    found = shrink([0.0, 4.0, 9.0], [1.0, 1.0, np.nan])
    np.testing.assert_allclose(found.values, [0.25, 3.75, 2.0])
    assert found.spread == pytest.approx(7**0.5)


def test_values_that_differ_by_noise_alone_shrink_to_their_mean() -> None:
    """Values that differ by noise alone shrink to their mean."""
    found = shrink([1.0, 1.1, 0.9], [1.0, 1.0, 1.0])
    np.testing.assert_allclose(found.values, [1.0, 1.0, 1.0])
