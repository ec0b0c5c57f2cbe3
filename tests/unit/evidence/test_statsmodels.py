"""Estimators beside another implementation: statsmodels 0.15.0 on the same numbers, its answers written down.

It is not installed with the program or its tests: what it said is all that is needed of it.
"""

from __future__ import annotations

import numpy as np
import pytest

from routeproof.app.analysis.conflict.judge import holm
from routeproof.evidence.adjust.models import linear, logistic
from routeproof.evidence.choice.logit import Choices, fit
from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.series import DaySeries, cluster_variance

NO_RIDGE = 1e-9


class _Draws:
    """Uniform numbers that are the same in every version of numpy."""

    def __init__(self) -> None:
        self.stream = np.random.PCG64(11)

    def of(self, count: int) -> np.ndarray:
        """So many numbers from 0 to 1."""
        return (self.stream.random_raw(count) >> np.uint64(11)).astype(np.float64) / 2.0**53


@pytest.fixture(scope="module")
def drawn() -> dict[str, np.ndarray]:
    """All of the numbers, in the order in which both implementations drew them."""
    draws, sets, size, rows = _Draws(), 60, 3, 80
    features = np.round(draws.of(sets * size * 2).reshape(-1, 2) * 4 - 2, 3)
    draws.of(sets)
    liked = (features @ np.array([0.7, -0.4]) + np.round(draws.of(sets * size) * 3, 3)).reshape(sets, size)
    chosen = np.zeros((sets, size))
    chosen[np.arange(sets), liked.argmax(axis=1)] = 1.0
    design = np.column_stack([np.ones(rows), draws.of(rows) > 0.5, draws.of(rows) > 0.3]).astype(np.float64)
    trials = np.floor(draws.of(rows) * 9 + 1)
    chance = 1.0 / (1.0 + np.exp(-(design @ np.array([0.2, -0.8, 0.5]))))
    successes = np.minimum(np.floor(trials * chance + draws.of(rows)), trials)
    values, days = np.round(draws.of(rows) * 5, 3), np.round(draws.of(20) * 3, 3)
    p_values = np.sort(np.round(draws.of(9) ** 3, 5))
    return {
        "features": features, "chosen": chosen.ravel(), "design": design, "trials": trials, "successes": successes,
        "values": values, "days": days, "p_values": p_values,
    }  # fmt: skip


def test_the_conditional_logit(drawn: dict[str, np.ndarray]) -> None:
    """`ConditionalLogit` of sixty choices among three."""
    groups = np.repeat(np.arange(60), 3)
    found = fit(Choices(drawn["features"], groups, drawn["chosen"], np.arange(60)), np.zeros(2))
    assert found.coefficient == pytest.approx([0.870180689930443, -0.48452022931371], abs=1e-8)
    assert found.log_likelihood == pytest.approx(-48.809935053728054, abs=1e-8)


def test_the_model_of_whose_order_it_is(drawn: dict[str, np.ndarray]) -> None:
    """`GLM` with the binomial family."""
    found = logistic(drawn["design"], drawn["successes"], drawn["trials"], NO_RIDGE)
    assert found == pytest.approx([0.10012743253865568, -0.804387576983433, 0.6635900180757284], abs=1e-7)


def test_the_model_of_what_an_order_gets(drawn: dict[str, np.ndarray]) -> None:
    """`WLS` with the orders as weights."""
    found = linear(drawn["design"], drawn["values"] * drawn["trials"], drawn["trials"], NO_RIDGE)
    assert found == pytest.approx([2.735421284526946, 0.3220613920563573, -0.28972240339433464], abs=1e-7)


def test_the_error_of_a_mean_of_days(drawn: dict[str, np.ndarray]) -> None:
    """`OLS` on a constant with `cov_type="HC3"`: with one value a day the jackknife over days is just that."""
    days = drawn["days"]
    series = DaySeries(np.full(20, 1.0 / 20.0), (days - days.mean()) / 20.0)
    assert cluster_variance(series).value ** 0.5 == pytest.approx(0.1922129099984782, abs=1e-12)


def test_many_chances(drawn: dict[str, np.ndarray]) -> None:
    """`multipletests` with `fdr_by` and `holm`."""
    by = [0.0022914642857142856, 0.0654340357142857, *[0.38413852678571425] * 2, 0.6585668357142856]
    rest = [0.7493936904761904, 0.9357176224489795, 1.0, 1.0]
    family = benjamini_yekutieli("nine", drawn["p_values"], 0.05)
    assert family.adjusted == pytest.approx([*by, *rest], abs=1e-12)
    assert family.discovered.tolist() == [True, *[False] * 8]
    expected = [0.00081, 0.04112, 0.39193, 0.39193, 0.64665, 0.7064, 0.77178, 1.0, 1.0]
    assert holm(drawn["p_values"].tolist()) == pytest.approx(expected, abs=1e-12)
