"""Numbers in sentences are written as people write them."""

import polars as pl
import pytest

from routeproof.rules.say import trimmed


@pytest.mark.parametrize(
    ("number", "said"),
    [(30.0, "30"), (12.50, "12.5"), (-1.25, "-1.25"), (0.0, "0"), (-0.0, "0"), (-0.004, "0"), (-0.006, "-0.01")],
)
def test_a_number_has_no_trailing_zeros_and_nothing_has_no_sign(number: float, said: str) -> None:
    """What rounds to nothing at two places is 0, from either side."""
    assert pl.DataFrame({"x": [number]}).select(trimmed(pl.col("x"), 2)).item() == said
