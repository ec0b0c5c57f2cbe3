"""Fill times are counted in steps of the logarithm and set beside the other provider's."""

import polars as pl
import pytest

from routeproof.app.review.fill_times import add_fill_times, fill_time_counts, histogram

MS = 1_000_000


def rows(provider: str, *times_ms: float) -> pl.DataFrame:
    """Market orders that took so long."""
    return pl.DataFrame(
        {"provider": provider, "order_group": "market", "time_to_execution_ns": [round(t * MS) for t in times_ms]}
    )


def test_a_slow_provider_stands_apart_from_a_fast_one() -> None:
    """P: 105 and 110 ms; Q: 7 ms, 7.4 ms and one of 110. Bins of 10^(1/8): 5.62-7.50 and 100-133 ms, by hand."""
    counts = add_fill_times([fill_time_counts(rows("P", 105.0, 110.0)), fill_time_counts(rows("Q", 7.0, 7.4, 110.0))])
    shown = histogram(counts, "P", "Q")
    assert shown["group"].unique().to_list() == ["market orders"]
    assert shown["from_ms"].to_list() == pytest.approx([5.6234, 100.0], rel=1e-4)
    assert shown["to_ms"].to_list() == pytest.approx([7.4989, 133.352], rel=1e-4)
    assert shown["share"].to_list() == [0.0, 1.0]
    assert shown["beside"].to_list() == pytest.approx([2 / 3, 1 / 3])


def test_without_another_provider_nothing_stands_beside() -> None:
    """Null, not zero."""
    shown = histogram(add_fill_times([fill_time_counts(rows("P", 0.02, 105.0))]), "P")
    assert shown["share"].to_list() == [0.5, 0.5]
    assert shown["beside"].to_list() == [None, None]
