"""Ranges of policy's numbers, said so that whoever typed one finds it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from routeproof.policy.numbers import require_none_negative, share, whole
from routeproof.vocab.errors import UsageError


def test_a_whole_number_stands_in_its_range() -> None:
    """Both ends belong to it; what is no whole number does not."""
    assert [whole(1, 120)(value) for value in (1, 120)] == [1, 120]
    for value in (0, 121, 1.5, True, "1"):
        with pytest.raises(ValueError, match="from 1 to 120"):
            whole(1, 120)(value)
    with pytest.raises(ValueError, match="from 0 on"):
        whole(0)(-1)


def test_a_share_is_above_nothing_and_at_most_all() -> None:
    """Exact, from a number or a text."""
    assert (share("0.05"), share(1)) == (Decimal("0.05"), 1)
    for value in (0, "-0.1", 1.01, "nan", "a"):
        with pytest.raises(ValueError, match="share"):
            share(value)


def test_a_negative_number_is_found_wherever_it_stands() -> None:
    """Its key is named without the words that every entry has."""
    require_none_negative({"a": [{"value": 0}], "text": "-1"})
    with pytest.raises(UsageError, match="at least 0, found -3") as refused:
        require_none_negative({"duties": {"backup": [{"value": {"days": -3}}]}})
    assert refused.value.where == "duties.backup.days"
