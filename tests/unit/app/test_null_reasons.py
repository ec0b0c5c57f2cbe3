"""A figure that could not be computed says why, in the words of what was asked."""

import pytest

from routeproof.app.measuring.asked import parse_shifts
from routeproof.app.measuring.measure import null_reason
from routeproof.app.measuring.measure_frames import grouping_of
from routeproof.app.measuring.row_filter import parse_filters
from routeproof.vocab.errors import UsageError


@pytest.mark.parametrize(
    ("name", "asked", "options", "reason"),
    [
        ("orders", ("venue", "symbol"), {}, "orders have no venue"),
        ("fill_rate_shares", ("price",), {}, "orders have no price"),
        ("routes", ("session", "liquidity"), {}, "routes have no liquidity or session"),
        ("fade", ("venue",), {}, "no venue quotes at the routes"),
        ("orders", ("symbol",), {"tape": True}, "the tape has no orders"),
        ("size_improvement_shares", (), {"tape": True}, "a print on the tape has no order, route or fee"),
        ("e_over_q", (), {"tape": True}, "no covered executions, or every quoted spread was 0"),
        ("e_over_q", ("venue",), {}, "no covered executions, or every quoted spread was 0"),
        ("delay_cost_usd_per_share_venue", (), {"child_routes": False}, "no child routes"),
    ],
)
def test_reasons(name: str, asked: tuple[str, ...], options: dict[str, bool], reason: str) -> None:
    """Rows that lack a dimension or a filtered column, the tape, and what the catalog says otherwise."""
    assert null_reason(name, asked, **options) == reason


@pytest.mark.parametrize(
    ("by", "metrics", "words"),
    [
        (["simbol"], [], "nearest: symbol"),
        (["symbol", "symbol"], [], "each dimension once"),
        ([], ["e_over"], "nearest: e_over_q"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(by: list[str], metrics: list[str], words: str) -> None:
    """Dimensions and metrics."""
    with pytest.raises(UsageError, match=words):
        grouping_of(by, metrics)


def test_a_list_goes_with_equals_only() -> None:
    """`symbol>=A,B` would compare with the text `A,B`."""
    with pytest.raises(UsageError, match="one value after >="):
        parse_filters(["symbol>=A,B"])


@pytest.mark.parametrize("text", ["-50ms..50ms", "-50ms...50ms", "-50ms…50ms", " -50 ms .. 50 ms "])
def test_a_range_of_shifts_is_five_steps(text: str) -> None:
    """However its dots are typed."""
    assert parse_shifts(text) == (-50_000_000, -25_000_000, 0, 25_000_000, 50_000_000)


def test_one_name_may_stand_alone() -> None:
    """`by="symbol"` is the dimension, not its letters."""
    assert grouping_of("symbol", "e_over_q") == grouping_of(["symbol"], ["e_over_q"])


@pytest.mark.parametrize("text", ["99999999999999999999s", "-2000000s", "-1ms..90000000000000ms"])
def test_a_shift_is_of_a_day_at_most(text: str) -> None:
    """What no clock can be wrong by is refused before it meets a column of instants."""
    with pytest.raises(UsageError, match="of a day at most"):
        parse_shifts(text)
