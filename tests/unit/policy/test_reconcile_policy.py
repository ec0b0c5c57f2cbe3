"""Tolerances of reconciling are dated policy, and none is negative."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from routeproof.policy.reconcile import reconcile_policy
from routeproof.stores.shipped_policy import shipped_subjects

SHIPPED: list[dict[str, Any]] = shipped_subjects()["reconcile"]


def test_a_later_value_counts_from_its_day_on() -> None:
    """The firm's price tolerance of a cent from August; the shipped one before."""
    later = {**SHIPPED[0], "effective_from": date(2026, 8, 1), "value": {**SHIPPED[0]["value"], "price_usd": "0.01"}}
    line = reconcile_policy({"reconcile": [*SHIPPED, later]})
    assert [line.on(date(2026, month, 1)).value.price_usd for month in (7, 8)] == [Decimal("0.0001"), Decimal("0.01")]
    assert {item.grade for item in line.values} == {"F"}


def test_each_unit_has_its_tolerance() -> None:
    """Dollars, shares and counts must agree exactly."""
    tolerances = reconcile_policy({"reconcile": SHIPPED}).on(date(2026, 8, 1)).value
    assert [tolerances.of_unit(unit) for unit in ("ratio", "usd_per_share", "bps", "ms", "shares", "usd")] == [
        Decimal(text) for text in ("0.005", "0.0001", "0.1", "1", "0", "0")
    ]


@pytest.mark.parametrize("amount", ["-1", "NaN", "much"])
def test_a_tolerance_is_a_number_of_at_least_nothing(amount: str) -> None:
    """Below zero everything would differ."""
    entry = {**SHIPPED[0], "value": {**SHIPPED[0]["value"], "ratio": amount}}
    with pytest.raises(ValueError, match="expected"):
        reconcile_policy({"reconcile": [entry]})
