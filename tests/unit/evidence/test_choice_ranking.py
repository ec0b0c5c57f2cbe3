"""First places: counted shares, ranks from pairs, and what a mark adds; values worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from routeproof.evidence.choice.ranking import first_shares, mark_adds, rank
from routeproof.evidence.interval import UNVARYING
from routeproof.policy.thresholds import EvidenceStandards

STANDARDS = EvidenceStandards()
DAYS = 20


def _days(*shares: tuple[int, ...]) -> np.ndarray:
    return np.array([shares[day % len(shares)] for day in range(DAYS)], dtype=np.int64)


def test_a_share_is_what_was_counted() -> None:
    """61 and 59 of 100 by turns: 0.6, days 0.01 from it, so a jackknifed error of 0.01 / sqrt(19) x sqrt(20 / 19)."""
    counts = _days((61, 39), (59, 41))
    first, second = first_shares(counts, counts.sum(axis=1), STANDARDS)
    assert (first.share, second.share) == (pytest.approx(0.6), pytest.approx(0.4))
    assert first.lower is not None
    assert first.upper is not None
    least = 0.01 / 19**0.5 * np.sqrt(20 / 19) * 2.093  # t of 19 days; the interval may only be wider
    assert 0.58 < first.lower <= 0.6 - least
    assert 0.6 + least <= first.upper < 0.62
    assert second.lower == pytest.approx(1 - first.upper)


def test_what_comes_after_the_first_place_changes_no_share() -> None:
    """306 of 504 orders go to the first alone, 198 to the second and then to a third, which comes first for none."""
    counts = _days((15, 10, 0), (15, 9, 0), (16, 11, 0))
    places = rank(counts, counts.sum(axis=1), STANDARDS)
    assert [(place.alternative, place.best_rank, place.worst_rank) for place in places] == [
        (0, 1, 1),
        (1, 2, 2),
        (2, 3, 3),
    ]
    whole = counts.sum()
    assert [place.first.share for place in places] == pytest.approx(
        [counts[:, 0].sum() / whole, *counts[:, 1:].sum(axis=0) / whole]
    )
    assert (places[2].first.lower, places[2].first.reason) == (None, UNVARYING)


def test_orders_to_other_venues_stay_in_the_denominator() -> None:
    """Of 100 orders a day 60 and 30 go to the two alternatives, by turns 62 and 28: the others went elsewhere."""
    first, second = first_shares(_days((60, 30), (62, 28)), np.full(DAYS, 100), STANDARDS)
    assert (first.share, second.share) == (pytest.approx(0.61), pytest.approx(0.29))


def test_days_that_do_not_differ_have_a_share_and_no_interval() -> None:
    """252 of 504 every day: a half, of which nothing says how far it may be off; nobody is ranked above the other."""
    counts = _days((252, 252))
    places = rank(counts, counts.sum(axis=1), STANDARDS)
    assert {(place.first.share, place.first.lower, place.first.reason) for place in places} == {(0.5, None, UNVARYING)}
    assert {(place.best_rank, place.worst_rank) for place in places} == {(1, 2)}


def test_alike_alternatives_share_their_ranks() -> None:
    """Two that win by turns cannot be told apart: each may be first or second."""
    counts = _days((50, 0), (0, 50))
    assert {(one.best_rank, one.worst_rank) for one in rank(counts, counts.sum(axis=1), STANDARDS)} == {(1, 2)}


def _marked(*won: int) -> np.ndarray:
    """Two alternatives marked by turns for 50 orders a day each, of which the marked one comes first `won` times."""
    found = np.zeros((DAYS, 3, 2), dtype=np.int64)
    for day in range(DAYS):
        one = won[day % len(won)]
        found[day, 0], found[day, 1] = (one, 50 - one), (50 - one, one)
    return found


def test_a_mark_is_told_from_a_worth() -> None:
    """Whoever is marked comes first nine times in ten, one more or less by turns: the mark is about log 9."""
    ends, reason = mark_adds(_marked(44, 46), STANDARDS) or (None, "")
    assert reason is None
    assert ends is not None
    assert ends[0] == pytest.approx(np.log(9.0), abs=0.02)
    assert ends[1] < np.log(9.0) < ends[2]


def test_a_mark_of_days_that_do_not_differ_has_no_interval() -> None:
    """The same shares every day: what is left between days is the prior's, which is no chance."""
    counts = _marked(45)
    counts[::2] *= 2
    assert mark_adds(counts, STANDARDS) == (None, UNVARYING)


def test_a_mark_that_always_sits_alike_is_part_of_its_alternative() -> None:
    """One alternative marked throughout: nothing is told of the mark."""
    counts = np.zeros((DAYS, 3, 2), dtype=np.int64)
    counts[:, 0] = _days((60, 40), (59, 41))
    assert mark_adds(counts, STANDARDS) is None


def test_few_days_tell_nothing_of_a_mark() -> None:
    """Five days where ten are needed."""
    ends, reason = mark_adds(_marked(44, 46)[:5], STANDARDS) or (None, "")
    assert ends is None
    assert "5.0 effective days" in (reason or "")
