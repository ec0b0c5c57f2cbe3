"""Six decimals, half up by magnitude, against the decimal module."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.metrics.rule605.rounding import half_up


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**30))
@examples(200)
def test_it_rounds_as_decimals_do(numerator: int, denominator: int) -> None:
    """The other implementation divides with 120 digits and quantizes."""
    with localcontext() as context:
        context.prec = 120
        exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    assert Decimal(half_up(numerator, denominator)) == exact


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (123456789, 10**7, "12.345679"),  # the specification's own example, 12.3456789
        (5, 10**7, "0.000001"),
        (-5, 10**7, "-0.000001"),
        (-4, 10**7, "0"),
        (4999999, 10**13, "0"),
        (100, 1, "100"),
        (100, -8, "-12.5"),
        (0, 7, "0"),
    ],
)
def test_ties_zeros_and_signs(numerator: int, denominator: int, text: str) -> None:
    """A tie goes away from zero, no number is -0, trailing zeros are left out."""
    assert half_up(numerator, denominator) == text
