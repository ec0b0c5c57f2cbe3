"""A change is told once, on the first day whose look can see it; another one is told again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.choice.changes import ScanRules
from routeproof.evidence.choice.watch import WatchRules, new_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.evidence.choice.changes import Counts
    from routeproof.evidence.choice.watch import Change

RULES = WatchRules(scan=ScanRules(least_days=5, draws=999, seed=3, error=0.001, stops=True), window=30, told=12)


def _drawn(seed: int, shares: Sequence[tuple[float, ...]]) -> Counts:
    rng = np.random.default_rng(seed)
    return np.array([[rng.multinomial(200, one)] for one in shares], dtype=np.int64)


def _told(counts: Counts, first: int, least: float = 0.1) -> dict[int, list[int]]:
    """Day of the look to the first days of what it told, looking once a day."""

    def is_telling(one: Change) -> bool:
        sides = [counts[part].sum(axis=(0, 1)) for part in (slice(one.begin, one.place), slice(one.place, one.end))]
        return bool(np.abs(sides[1] / sides[1].sum() - sides[0] / sides[0].sum()).max() >= least)

    looks = {day: new_changes(counts[:day], RULES, is_telling) for day in range(first, len(counts) + 1)}
    return {day: [one.place for one in found] for day, found in looks.items() if found}


def test_a_change_is_told_once_and_soon() -> None:
    """Of 45 days the shares change on day 20: one look tells it, within nine days, and dates it there."""
    counts = _drawn(1, [(0.5, 0.3, 0.2)] * 20 + [(0.3, 0.5, 0.2)] * 25)
    ((look, places),) = _told(counts, 10).items()
    assert 26 <= look <= 29
    assert places == [20]


def test_two_changes_are_told_apart() -> None:
    """Changes on days 20 and 32."""
    counts = _drawn(2, [(0.5, 0.3, 0.2)] * 20 + [(0.3, 0.5, 0.2)] * 12 + [(0.3, 0.2, 0.5)] * 13)
    assert [place for places in _told(counts, 10).values() for place in places] == [20, 32]


def test_choices_that_do_not_change_are_not_told() -> None:
    """Four streams of 50 days that vary more than chance alone would have them: no look of any tells a change."""
    for seed in range(4):
        shares = np.random.default_rng(50 + seed).dirichlet((60, 36, 24), size=50)
        assert _told(_drawn(seed, [tuple(one) for one in shares]), 20, least=0.0) == {}


def test_a_change_too_small_to_matter_is_not_told() -> None:
    """A sure change of 20 points, where 25 are asked for."""
    counts = _drawn(1, [(0.5, 0.3, 0.2)] * 20 + [(0.3, 0.5, 0.2)] * 15)
    assert _told(counts, 20, least=0.25) == {}


def test_what_began_long_ago_is_not_told() -> None:
    """Only the last look is made, 13 days after the change: it is left to those who ask for a whole span."""
    counts = _drawn(1, [(0.5, 0.3, 0.2)] * 20 + [(0.3, 0.5, 0.2)] * 13)
    assert _told(counts, len(counts)) == {}
