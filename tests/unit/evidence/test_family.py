"""A grid of cells is judged as one family: chance finds are withdrawn, equivalence and clear finds stay."""

from __future__ import annotations

from datetime import date

import numpy as np

from routeproof.evidence.compare import compare_fixed
from routeproof.evidence.family import judge_family
from routeproof.evidence.partials import Partials
from routeproof.evidence.verdict import verdict
from routeproof.policy.dated import Dated
from routeproof.policy.thresholds import EvidenceStandards

RULES = EvidenceStandards()
MARGIN = Dated(value=0.01, effective_from=date(2026, 1, 1), citation="minutes", grade="F")


def test_in_a_grid_without_differences_hardly_a_verdict_stands_and_a_planted_one_does() -> None:
    """300 cells of pure noise and one that is 2 standard deviations a day better, over a quarter."""
    rng = np.random.default_rng(11)
    ones = np.ones(63)
    cells = [
        Partials.of(day=range(63), numerator=rng.normal(size=63) + shift, denominator=ones, largest=ones / 9)
        for shift in [2.0] + [0.0] * 300
    ]
    thin = Partials.of(day=range(3), numerator=[1.0, 2.0, 3.0], denominator=[1.0, 1.0, 1.0])
    differences = [compare_fixed(cell, 0.0, RULES) for cell in [*cells, thin]]
    alone = [verdict(one, MARGIN, "higher", date(2026, 7, 1)) for one in differences]
    found = judge_family("security x order class", differences, alone, 0.05)
    assert sum(one.word in {"better", "worse"} for one in alone) > 3
    assert found.verdicts[0].word == "better"
    assert sum(one.word in {"better", "worse"} for one in found.verdicts[1:]) == 0
    assert found.verdicts[-1].word == "cannot_tell"
    assert len(found.judged) == 301
    assert found.family.expected_false == 0.05
