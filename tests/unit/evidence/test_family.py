"""A grid of cells is judged as one family: chance finds are withdrawn, equivalence and clear finds stay."""

from __future__ import annotations

from datetime import date

import numpy as np

from routeproof.evidence.compare import compare_fixed
from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.partials import Partials
from routeproof.evidence.verdict import verdict, withdrawn
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
    differences = [compare_fixed(cell, 0.0, RULES) for cell in cells]
    alone = [verdict(one, MARGIN, "higher", date(2026, 7, 1)) for one in differences]
    p_values = [one.interval.p_value for one in differences if one.interval is not None]
    family = benjamini_yekutieli("security x order class", p_values, 0.05)
    together = [one if stands else withdrawn(one) for one, stands in zip(alone, family.discovered, strict=True)]
    assert sum(one.word in {"better", "worse"} for one in alone) > 3
    assert together[0].word == "better"
    assert sum(one.word in {"better", "worse"} for one in together[1:]) == 0
    assert family.expected_false == 0.05
