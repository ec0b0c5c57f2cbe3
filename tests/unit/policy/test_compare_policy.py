"""How flows are compared is dated policy, and its values make sense."""

from datetime import date
from typing import Any

import pytest

from routeproof.policy.analysis.compare import compare_policy
from routeproof.stores.shipped_policy import shipped_subjects

SHIPPED: list[dict[str, Any]] = shipped_subjects()["compare"]


def test_a_later_value_counts_from_its_day_on() -> None:
    """The firm wants three days a cell from August."""
    later = {**SHIPPED[0], "effective_from": date(2026, 8, 1), "value": {**SHIPPED[0]["value"], "least_cell_days": 3}}
    line = compare_policy({"compare": [*SHIPPED, later]})
    assert [line.on(date(2026, month, 1)).value.least_cell_days for month in (7, 8)] == [2, 3]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("folds", 1),
        ("ridge", 0.0),
        ("greatest_propensity", 1.0),
        ("least_cell_days", 0),
        ("spread_bps", [5.0, 2.0]),
        ("clock", ["12:00", "12:00"]),
    ],
)
def test_values_that_mean_nothing_are_refused(name: str, value: Any) -> None:  # noqa: ANN401  # of any kind
    """One fold has no other days; edges ascend."""
    entry = {**SHIPPED[0], "value": {**SHIPPED[0]["value"], name: value}}
    with pytest.raises(ValueError, match="expected at least"):
        compare_policy({"compare": [entry]})
