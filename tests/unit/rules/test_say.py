"""Numbers in sentences are written as people write them."""

import polars as pl
import pytest

from routeproof.rules.say import counted, span, trimmed


@pytest.mark.parametrize(
    ("number", "said"),
    [(30.0, "30"), (12.50, "12.5"), (-1.25, "-1.25"), (0.0, "0"), (-0.0, "0"), (-0.004, "0"), (-0.006, "-0.01")],
)
def test_a_number_has_no_trailing_zeros_and_nothing_has_no_sign(number: float, said: str) -> None:
    """What rounds to nothing at two places is 0, from either side."""
    assert pl.DataFrame({"x": [number]}).select(trimmed(pl.col("x"), 2)).item() == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0125, "12.5 ms"),
        (119.5, "119.5 s"),
        (120, "2 min"),
        (119.9 * 60, "119.9 min"),
        (7_200, "2 h"),
        (757.8 * 60, "12.6 h"),
        (-47 * 3_600, "-47 h"),
        (48 * 3_600, "2 days"),
        (215_441.8 * 60, "149.6 days"),
    ],
)
def test_a_duration_is_told_in_a_unit_of_which_there_are_two(seconds: float, said: str) -> None:
    """757.8 minutes are 12.63 hours, 215 441.8 are 149.61 days."""
    nanoseconds = pl.DataFrame({"x": [round(seconds * 1e9)]})
    assert nanoseconds.select(span(pl.col("x"))).item() == said


def test_one_thing_is_no_plural() -> None:
    """As a column, and as an expression."""
    rows = pl.DataFrame({"n": [0, 1, 2]})
    assert rows.select(counted("n", "rows")).to_series().to_list() == ["0 rows", "1 row", "2 rows"]
    assert rows.select(counted(pl.col("n") + 1, "rows")).to_series().to_list() == ["1 row", "2 rows", "3 rows"]
