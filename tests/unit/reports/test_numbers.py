"""Printed numbers never lie by rounding."""

import pytest

from routeproof.reports.numbers import Kind, interval, printed, spoken


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (0.0015, "usd_per_share", "0.0015"),
        (-0.0002, "usd_per_share", "\N{MINUS SIGN}0.0002"),
        (-0.00001, "usd_per_share", "0.0000"),
        (0.55, "share", "55.0%"),
        (0.0001, "share", "<0.05%"),
        (0.9999, "share", ">99.95%"),
        (1.0, "share", "100.0%"),
        (0.0, "share", "0.0%"),
        (1234.4, "ms", "1,234"),
        (3.14, "ms", "3.1"),
        (1_234_567, "count", "1,234,567"),
    ],
)
def test_a_value_is_printed_as_worked_by_hand(value: float, kind: Kind, text: str) -> None:
    """A value is printed as worked by hand."""
    assert printed(value, kind) == text


def test_a_sentence_carries_the_unit() -> None:
    """A sentence carries the unit."""
    assert spoken(-0.0003, "usd_per_share") == "\N{MINUS SIGN}$0.0003 a share"
    assert spoken(0.75, "rate") == "75%"
    assert spoken(150.0, "ms") == "150 ms"


def test_half_an_interval_is_no_interval() -> None:
    """Half an interval is no interval."""
    assert interval(0.1, None, "ratio") == ""
