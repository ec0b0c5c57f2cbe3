"""The raw reading has the error of days left out one by one, and each reading counts the orders that it compares."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from routeproof.evidence.adjust.cells import post_stratified
from routeproof.evidence.adjust.flow import Flow
from routeproof.evidence.adjust.side_by_side import side_by_side
from routeproof.evidence.series import cluster_variance, combined
from routeproof.policy.analysis.compare import compare_policy
from routeproof.policy.thresholds import EvidenceStandards
from routeproof.stores.shipped_policy import shipped_subjects

POLICY = compare_policy(shipped_subjects()).on(date(2026, 8, 1)).value
DAYS = 20


def _flow(cells: int, lacking: int = 0) -> Flow:
    """One order of each side, day and cell; a subject's day moves as a whole; `lacking` more cells are its alone."""
    draws = np.random.default_rng(3)
    moved = draws.normal(size=DAYS)
    keys = [
        (subject, day, cell)
        for day in range(DAYS)
        for subject, most in ((True, cells + lacking), (False, cells))
        for cell in range(most)
    ]
    subject, day, cell = (np.array(one) for one in zip(*keys, strict=True))
    value = draws.normal(size=len(keys)) + np.where(subject, moved[day], 0.0)
    weight = np.ones(len(keys))
    levels = {"kind": tuple(str(one) for one in range(cells + lacking))}
    orders = np.ones(len(keys), dtype=np.int64)
    return Flow(
        subject, day, cell, value, weight, value**2, weight, orders, np.arange(cells + lacking)[:, None], levels
    )


def test_the_error_as_they_are_is_that_of_days_left_out() -> None:
    """Twenty cells a day: the jackknife by days, worked out anew without each day (CR3)."""
    flow = _flow(20)
    found = post_stratified(flow.pooled(), 1, 1.0)
    assert found is not None

    def difference(kept: np.ndarray) -> float:
        ours, theirs = flow.numerator[kept & flow.subject], flow.numerator[kept & ~flow.subject]
        return float(ours.mean() - theirs.mean())

    without = np.array([difference(flow.day != day) for day in range(DAYS)])
    whole = difference(np.ones(len(flow.day), dtype=np.bool_))
    jackknife = float(np.square(without - whole).sum())
    assert combined([cluster_variance(one) for one in found.series]).value == pytest.approx(jackknife)


def test_each_reading_counts_the_orders_that_it_compares() -> None:
    """Four cells of six have a counterpart: 80 of the subject's 120 orders; as they are, all 120."""
    found = side_by_side(_flow(4, lacking=2), EvidenceStandards(), POLICY, "usd")
    assert (found.raw.answer.n, found.cells.answer.n) == (6 * DAYS, 4 * DAYS)
    assert found.robust.found is None or found.robust.answer.n <= 6 * DAYS
