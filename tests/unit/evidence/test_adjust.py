"""Adjusted comparisons against hand arithmetic, plain loops and an order-by-order regression."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_modules import bench_module
from examples import examples
from routeproof.evidence.adjust.cells import post_stratified
from routeproof.evidence.adjust.doubly_robust import cross_fitted, doubly_robust
from routeproof.evidence.adjust.flow import Flow
from routeproof.evidence.adjust.models import indicators, linear, logistic, probability
from routeproof.evidence.adjust.overlap import balance, propensity_shares
from routeproof.evidence.adjust.sensitivity import robustness_value, sensitivity
from routeproof.evidence.adjust.side_by_side import exact, side_by_side, word_together
from routeproof.policy.analysis.compare import compare_policy
from routeproof.policy.thresholds import EvidenceStandards
from routeproof.stores.shipped_policy import shipped_subjects

if TYPE_CHECKING:
    from types import ModuleType

RULES = EvidenceStandards()
POLICY = compare_policy(shipped_subjects()).on(date(2026, 8, 1)).value


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The simulated worlds of the coverage page."""
    return bench_module("coverage_adjusted")


def rows(*orders: tuple[bool, int, int, float, float]) -> Flow:
    """Orders as (subject, day, cell, value, weight), one row each; two cells of one dimension."""
    subject, day, cell, value, weight = (np.array(one) for one in zip(*orders, strict=True))
    features, levels = np.array([[0], [1]]), {"kind": ("plain", "fancy")}
    ones = np.ones(len(day), dtype=np.int64)
    sums = (value * weight, weight, value**2 * weight, weight)
    return Flow(subject, day, cell, *sums, ones, features, levels).split(subject, ~subject)


def test_two_cells_by_hand() -> None:
    """Cell 0: 3 against 1 with three quarters of the weight; cell 1: 5 against 6. 0.75 x 2 - 0.25 x 1 = 1.25."""
    flow = rows(
        *((True, day, 0, 3.0, 3.0) for day in range(2)),
        *((True, day, 1, 5.0, 1.0) for day in range(2)),
        *((False, day, 0, 1.0, 1.0) for day in range(2)),
        *((False, day, 1, 6.0, 9.0) for day in range(2)),
    )
    found = post_stratified(flow, 2, 1.0)
    assert found is not None
    assert (found.subject, found.benchmark, found.estimate) == (3.5, 2.25, 1.25)
    assert found.overlap == 1.0
    assert found.odds.tolist() == [3.0, pytest.approx(1 / 9)]


def test_a_cell_on_one_side_is_left_out_and_counted() -> None:
    """The fancy cell has one benchmark day, two are needed: a fifth of the subject's weight is not compared."""
    flow = rows(
        *((True, day, 0, 3.0, 4.0) for day in range(2)),
        *((True, day, 1, 9.0, 1.0) for day in range(2)),
        *((False, day, 0, 1.0, 1.0) for day in range(2)),
        (False, 0, 1, 9.0, 1.0),
    )
    found = post_stratified(flow, 2, 1.0)
    assert found is not None
    assert (found.estimate, found.overlap, found.kept.tolist()) == (2.0, 0.8, [True, False])
    shares = {(one.level): (one.subject, one.benchmark, one.weighted) for one in balance(flow, found.odds, found.kept)}
    assert shares == {"plain": (0.8, pytest.approx(2 / 3), 1.0), "fancy": (0.2, pytest.approx(1 / 3), 0.0)}


def test_a_cell_that_is_a_near_certain_sign_of_the_subject_is_left_out() -> None:
    """Fancy: 99 % of the subject's weight and 1 % of the benchmark's, a propensity of 0.99 at any size of either."""
    for times in (1.0, 50.0):
        flow = rows(
            *((True, day, cell, 3.0, weight) for day in range(2) for cell, weight in ((0, 1.0), (1, 99.0))),
            *((False, day, cell, 1.0, times * weight) for day in range(2) for cell, weight in ((0, 99.0), (1, 1.0))),
        )
        found = post_stratified(flow, 2, 0.95)
        assert found is not None
        assert (found.overlap, found.kept.tolist(), found.estimate) == (0.01, [True, False], 2.0)
        all_of_it = post_stratified(flow, 2, 0.995)
        assert all_of_it is not None
        assert all_of_it.overlap == 1.0


def test_sides_that_share_days_are_one_series_and_a_common_day_effect_cancels() -> None:
    """Both sides move by 100 on odd days; the difference of each day is 1 or 1.2."""
    moved = [100.0 * (day % 2) for day in range(20)]
    flow = rows(
        *((True, day, 0, 1.0 + move + 0.2 * (day % 3 == 0), 1.0) for day, move in enumerate(moved)),
        *((False, day, 0, move, 1.0) for day, move in enumerate(moved)),
    )
    found = post_stratified(flow, 2, 1.0)
    assert found is not None
    assert len(found.series) == 1
    assert np.abs(found.series[0].residual).max() < 0.01
    apart = post_stratified(Flow(**_columns(flow, day=np.where(flow.subject, flow.day, flow.day + 99))), 2, 1.0)
    assert apart is not None
    assert [len(one.weight) for one in apart.series] == [20, 20]


def _columns(flow: Flow, **changed: Any) -> dict[str, Any]:  # noqa: ANN401  # columns of a flow
    return {name: getattr(flow, name) for name in Flow.__dataclass_fields__} | changed


def test_logistic_and_linear_fits_solve_their_equations() -> None:
    """At the optimum the gradient is nothing: sum x (successes - trials p) = ridge b; the same of least squares."""
    rng = np.random.default_rng(3)
    design = indicators(rng.integers(0, 3, (40, 2)))
    trials = rng.uniform(1.0, 9.0, 40)
    successes = trials * rng.uniform(0.1, 0.9, 40)
    fitted = logistic(design, successes, trials, 0.5)
    slope = design.T @ (successes - trials * probability(design, fitted))
    assert slope == pytest.approx(np.array([0.0, *[0.5] * 4]) * fitted, abs=1e-7)
    sums = rng.normal(size=40)
    line = linear(design, sums, trials, 1e-9)
    by_rows, *_ = np.linalg.lstsq(design * np.sqrt(trials)[:, None], sums / np.sqrt(trials), rcond=None)
    assert design @ line == pytest.approx(design @ by_rows, abs=1e-6)


def test_doubly_robust_is_the_sum_over_orders_that_its_formula_says(bench: ModuleType) -> None:
    """A plain loop over rows with the same predictions."""
    flow = bench.drawn(bench.World(21, 8, "normal", 0.0, 0.6, apart=False), bench.generator(5))
    fitted = cross_fitted(flow, 5, 1.0)
    found = doubly_robust(flow, fitted, 0.95)
    assert found is not None
    ours = theirs = weight_ours = weight_theirs = 0.0
    for row in range(len(flow.day)):
        rest = flow.numerator[row] - fitted.outcome[row] * flow.denominator[row]
        odds = fitted.propensity[row] / (1.0 - fitted.propensity[row])
        if flow.subject[row]:
            ours, weight_ours = ours + rest, weight_ours + flow.denominator[row]
        else:
            theirs, weight_theirs = theirs + odds * rest, weight_theirs + odds * flow.denominator[row]
    assert found.estimate == pytest.approx(ours / weight_ours - theirs / weight_theirs)
    assert sum(float(one.residual.sum()) for one in found.series) == pytest.approx(0.0, abs=1e-12)
    told = propensity_shares(flow, fitted)
    for side in ("subject", "benchmark"):
        assert sum(float(one["share"]) for one in told if one["side"] == side) == pytest.approx(1.0)


def test_predictions_come_from_other_days(bench: ModuleType) -> None:
    """What happens on a day changes nothing of what is predicted for it."""
    flow = bench.drawn(bench.World(15, 8, "normal", 0.0, 0.6, apart=False), bench.generator(6))
    changed = Flow(**_columns(flow, numerator=np.where(flow.day == 3, 99.0, flow.numerator)))
    today = flow.day == 3
    assert cross_fitted(changed, 5, 1.0).outcome[today].tolist() == cross_fitted(flow, 5, 1.0).outcome[today].tolist()


@examples(20)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_row_order_and_any_unit_give_the_same(bench: ModuleType, seed: int) -> None:
    """Shuffled rows are the same flow; values in other units are the same difference in that unit."""
    rng = np.random.default_rng(seed)
    flow = bench.drawn(bench.World(15, 4, "t3", 0.0, 0.6, apart=False), rng)
    mixed = flow.only(rng.permutation(len(flow.day)))
    ours, other = (side_by_side(one, RULES, POLICY, "") for one in (flow, mixed.split(mixed.subject, ~mixed.subject)))
    scaled = Flow(**_columns(flow, numerator=flow.numerator * 8.0, squares=flow.squares * 64.0))
    eight = exact(scaled, RULES, 2, POLICY.greatest_propensity, "")
    for name in ("raw", "cells", "robust"):
        one, two = getattr(ours, name).answer, getattr(other, name).answer
        assert (one.estimate, one.lower, one.upper) == pytest.approx((two.estimate, two.lower, two.upper), nan_ok=True)
    if ours.cells.answer.estimate is not None:
        assert eight.answer.estimate == pytest.approx(8.0 * ours.cells.answer.estimate)


def test_robustness_is_where_the_bias_reaches_the_estimate(bench: ModuleType) -> None:
    """S sqrt(v v / (1 - v)) = |estimate|; without an estimate nothing is needed."""
    for estimate, scale in ((0.5, 1.0), (3.0, 0.7), (1e-4, 2.0)):
        value = robustness_value(estimate, scale)
        assert scale * np.sqrt(value * value / (1.0 - value)) == pytest.approx(estimate)
    assert (robustness_value(0.0, 1.0), robustness_value(1.0, 0.0)) == (0.0, 1.0)
    flow = bench.drawn(bench.World(42, 30, "normal", 0.0, 0.6, apart=False, effect=0.5), bench.generator(7))
    found = post_stratified(flow, 2, 1.0)
    assert found is not None
    told = sensitivity(flow, found, (0.3, 0.7), 2, 1.0)
    assert 0.0 < (told.of_interval or 0.0) < told.robustness < 0.5
    assert sensitivity(flow, found, (-0.1, 0.7), 2, 1.0).of_interval == 0.0


def test_the_published_robustness_value() -> None:
    """Cinelli and Hazlett 2020, section 5 (Darfur): t = 4.184 with 783 degrees of freedom gives 13.9 %."""
    assert robustness_value(4.184, 783**0.5) == pytest.approx(0.139, abs=0.0005)


def test_without_dimensions_it_is_the_robustness_of_a_regression() -> None:
    """Ordinary least squares of the value on the side: k = t / sqrt(degrees of freedom)."""
    rng = np.random.default_rng(12)
    orders = [(bool(rng.uniform() < 0.3), int(day), 0, float(rng.normal()), 1.0) for day in rng.integers(0, 20, 400)]
    flow = rows(*orders)
    found = post_stratified(flow, 2, 1.0)
    assert found is not None
    side, value = np.array([one[0] for one in orders], dtype=float), np.array([one[3] for one in orders])
    design = np.stack([np.ones(400), side], axis=1)
    fitted, *_ = np.linalg.lstsq(design, value, rcond=None)
    left = value - design @ fitted
    t = fitted[1] / np.sqrt(left @ left / 398 * np.linalg.inv(design.T @ design)[1, 1])
    assert sensitivity(flow, found, None, 2, 1.0).robustness == pytest.approx(robustness_value(t, 398**0.5))


def test_a_left_out_dimension_moves_the_estimate_by_no_more_than_its_strength_allows(bench: ModuleType) -> None:
    """The bound is put to the test: leave a measured dimension out, and see how far the estimate goes."""
    flow = bench.drawn(bench.World(63, 60, "normal", 0.0, 0.6, apart=False), bench.generator(8))
    found = post_stratified(flow, 2, 1.0)
    assert found is not None
    for one in sensitivity(flow, found, None, 2, 1.0).benchmarks:
        short = post_stratified(flow.without(one.dimension), 2, 1.0)
        assert short is not None
        assert abs(short.estimate - found.estimate) <= one.bias * 1.2, one


def test_refusals_say_what_is_missing(bench: ModuleType) -> None:
    """Nothing measured; nothing alike; too few days."""
    one = rows((True, 0, 0, 1.0, 1.0), (True, 1, 0, 1.0, 1.0))
    assert exact(one, RULES, 2, 0.95, "").answer.reason == "nothing was measured on the benchmark's side"
    unlike = rows(*((side, day, int(side), 1.0, 1.0) for side in (True, False) for day in range(20)))
    assert "without one are 1 cells, first kind fancy (100%)" in (exact(unlike, RULES, 2, 0.95, "").answer.reason or "")
    short = bench.drawn(bench.World(5, 30, "normal", 0.0, 0.6, apart=False), bench.generator(9))
    assert "effective days" in (exact(short, RULES, 2, 0.95, "").answer.reason or "")
    nothing = side_by_side(one, RULES, POLICY, "")
    assert word_together(nothing.cells, nothing.robust, 0.1, "higher")[0] == "cannot_tell"


def test_worlds_hold_the_truth_and_a_planted_difference_is_found(bench: ModuleType) -> None:
    """Fewer draws than the page: 93 % less two standard errors; half an order's deviation is found at once."""
    for world in (
        bench.World(21, 8, "lognormal", 0.5, 0.6, apart=False),
        bench.World(42, 30, "t3", 0.0, 0.6, apart=True),
    ):
        found = bench.held(world, 120, 1)
        for name in ("cells", "robust"):
            assert found.given[name] > 100
            assert found.covered[name] / found.given[name] > 0.885
    planted = bench.held(bench.World(42, 30, "normal", 0.0, 0.6, apart=False, effect=0.5), 30, 1)
    assert min(planted.found.values()) >= 29
    assert planted == bench.held(planted.world, 30, 1)


def test_grids_of_nothing_hold_their_rate(bench: ModuleType) -> None:
    """24 comparisons that share their days; of the planted ones most are found."""
    nothing = bench.grids(0, 0.0, 12, 3)
    assert max(nothing.family_false, nothing.tree_false) <= 1 / 12
    planted = bench.grids(6, 1.0, 6, 3)
    assert min(planted.family_power, planted.tree_power) > 0.8
    assert max(planted.family_false, planted.tree_false) <= 0.15
