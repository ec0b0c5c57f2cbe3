"""Division of columns rounds once, as Python's does."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=20))
def test_a_column_over_a_number_is_what_python_gives(numbers: list[int]) -> None:
    """Bit for bit, for every number that a double holds; dividing by a literal would fail on one in several."""
    found = pl.DataFrame({"x": numbers}).select(divided(pl.col("x"), SCALE))["x"].to_list()
    assert found == [number / SCALE for number in numbers]


def test_thirty_shares_are_thirty() -> None:
    """The number that showed it."""
    assert pl.DataFrame({"x": [30 * SCALE]}).select(divided(pl.col("x"), SCALE)).item() == 30.0
