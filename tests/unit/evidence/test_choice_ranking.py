"""Plackett-Luce worths: closed forms, and every order of three alternatives enumerated."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from routeproof.evidence.choice.ranking import Listed, rank, stages

WORTH = (0.5, 0.3, 0.2)


def _chance(order: tuple[int, ...]) -> float:
    """Chance of a whole order: each place drawn among what is left, by worth."""
    left, found = 1.0, 1.0
    for one in order:
        found *= WORTH[one] / left
        left -= WORTH[one]
    return found


def _whole(days: int, of: int = 10_000) -> list[Listed]:
    return [
        Listed(day, order, -1, round(of * _chance(order))) for day in range(days) for order in permutations(range(3))
    ]


def test_every_order_of_three_gives_the_worths_back() -> None:
    """Six orders counted as often as worths 0.5, 0.3, 0.2 make them: shares of first place are those worths."""
    found = rank(_whole(4), 3, 0.95)
    assert [one.alternative for one in found.places] == [0, 1, 2]
    assert [one.share for one in found.places] == pytest.approx(WORTH, abs=1e-3)
    assert [(one.best_rank, one.worst_rank) for one in found.places] == [(1, 1), (2, 2), (3, 3)]


def test_lists_of_one_are_shares() -> None:
    """Where only the first venue is known, worths are the shares of first places; intervals hold them."""
    lists = [Listed(day, (one,), -1, n) for day in range(12) for one, n in enumerate((60 + day, 30, 10 + day % 3))]
    found = rank(lists, 3, 0.95)
    totals = [sum(one.count for one in lists if one.order == (place,)) for place in range(3)]
    assert [one.share for one in found.places] == pytest.approx([one / sum(totals) for one in totals], abs=1e-3)
    assert all(one.lower < one.share < one.upper for one in found.places)
    assert found.effective_days == pytest.approx(12.0, rel=0.02)


def test_alike_alternatives_share_their_ranks() -> None:
    """Two that win by turns cannot be told apart: each may be first or second."""
    lists = [Listed(day, (day % 2, 1 - day % 2), -1, 50) for day in range(20)]
    found = rank(lists, 2, 0.95)
    assert {(one.best_rank, one.worst_rank) for one in found.places} == {(1, 2)}


def test_a_mark_is_told_from_a_worth() -> None:
    """Whoever is marked is tried first nine times in ten, by turns: worths are equal, the mark is log 9."""
    lists = [
        Listed(day, order, marked, 45 if order[0] == marked else 5)
        for day in range(12)
        for marked in (0, 1)
        for order in ((0, 1), (1, 0))
    ]
    found = rank(lists, 2, 0.95)
    assert found.mark is not None
    assert found.mark[0] == pytest.approx(np.log(9.0), abs=0.02)
    assert found.places[0].share == pytest.approx(0.5, abs=1e-6)


def test_places_of_a_list_are_choices_among_what_is_left() -> None:
    """Order 2, 0 of three: 2 among all, 0 among 0 and 1; the last place is no choice."""
    choices = stages([Listed(1, (2, 0, 1), -1, 7)], 3, with_mark=False)
    assert choices.group.tolist() == [0, 0, 0, 1, 1]
    assert choices.count.tolist() == [0, 0, 7, 7, 0]
    assert choices.features.tolist() == [[1, 0], [0, 1], [0, 0], [1, 0], [0, 1]]
