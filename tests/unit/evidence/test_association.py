"""Exact and permutation tests, by hand and against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from examples import examples
from routeproof.evidence.association import Table2x2, exact_p, permutation_p


def test_the_lady_tasting_tea() -> None:
    """Fisher's own: three of four cups named rightly: (16 + 1) / 70."""
    assert exact_p(Table2x2(3, 1, 1, 3)) == pytest.approx(17 / 70)


@pytest.mark.parametrize("table", [(0, 0, 3, 4), (2, 3, 0, 0), (0, 3, 0, 4), (3, 0, 4, 0)])
def test_a_fact_of_all_or_none_has_nothing_to_be_compared_with(table: tuple[int, int, int, int]) -> None:
    """Null, not 1: nothing was tested."""
    assert exact_p(Table2x2(*table)) is None


@examples(40)
@given(st.tuples(*[st.integers(1, 60)] * 4))
def test_the_exact_chance_is_that_of_another_implementation(counts: tuple[int, int, int, int]) -> None:
    """One-sided, as scipy has it."""
    both, first, second, neither = counts
    other = fisher_exact([[both, first], [second, neither]], alternative="greater").pvalue
    assert exact_p(Table2x2(*counts)) == pytest.approx(other, rel=1e-9)


def test_the_largest_two_of_five_come_by_chance_once_in_ten() -> None:
    """Ten pairs, one of them is 4 and 5; 999 draws come near a tenth."""
    p = permutation_p(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([False, False, False, True, True]), 999, 7)
    assert p == pytest.approx(0.1, abs=0.03)
    assert p == permutation_p(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([False] * 3 + [True] * 2), 999, 7)


def test_equal_numbers_show_nothing() -> None:
    """Every draw reaches what was seen, also where sums of tenths differ in their last bit."""
    assert permutation_p(np.full(30, 0.1), np.arange(30) < 7, 99, 1) == 1.0


def test_an_empty_group_is_not_tested() -> None:
    """Null on either side."""
    values = np.array([1.0, 2.0])
    assert permutation_p(values, np.array([False, False]), 99, 1) is None
    assert permutation_p(values, np.array([True, True]), 99, 1) is None
