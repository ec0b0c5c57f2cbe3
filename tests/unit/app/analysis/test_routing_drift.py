"""How far a share moved at a change: situations held fixed, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from routeproof.app.analysis.routing.drift import Stream, found_changes, rise_at
from routeproof.policy.analysis.routing import routing_policy
from routeproof.policy.thresholds import EvidenceStandards
from routeproof.stores.shipped_policy import shipped_subjects

DAYS, CHANGED = 24, 12


def _stream(cells: np.ndarray) -> Stream:
    days = tuple(date(2026, 7, 1) + timedelta(day) for day in range(len(cells)))
    return Stream("P1", "market", days, ("AAAA", "BBBB"), cells.astype(np.int64))


def _simpson() -> np.ndarray:
    """Venue AAAA gets 70 % then 90 % of narrow quotes and 10 % then 30 % of wide ones; 80 then 20 % are narrow.

    Pooled it falls: 0.8 x 0.7 + 0.2 x 0.1 = 0.58 before, 0.2 x 0.9 + 0.8 x 0.3 = 0.42 after.
    """
    cells = np.zeros((DAYS, 2, 2))
    for day in range(DAYS):
        after, off = day >= CHANGED, (-2, 2)[day % 2]
        narrow, wide = (40, 160) if after else (160, 40)
        for situation, (orders, share) in enumerate(((narrow, 0.7 + 0.2 * after), (wide, 0.1 + 0.2 * after))):
            won = round(orders * share) + off
            cells[day, situation] = won, orders - won
    return cells


def test_another_mix_of_situations_is_no_rise() -> None:
    """Within both situations AAAA gains 20 points: that is the estimate, and the interval lies above 0."""
    rise = rise_at(_stream(_simpson()), CHANGED, EvidenceStandards())
    assert rise.venue == "AAAA"
    assert rise.orders == 200 * DAYS
    assert rise.estimate == pytest.approx(0.2)
    assert rise.interval is not None
    assert 0.0 < rise.interval.lower < 0.2 < rise.interval.upper


def test_situations_of_one_side_alone_are_not_compared() -> None:
    """A third situation seen only before the change, in one order of eleven: the estimate is of the others."""
    cells = np.concatenate([_simpson(), np.zeros((DAYS, 1, 2))], axis=1)
    cells[:CHANGED, 2, 0] = 40
    rise = rise_at(_stream(cells), CHANGED, EvidenceStandards())
    assert rise.estimate == pytest.approx(0.2)
    assert rise.orders == 200 * DAYS


def test_no_situation_on_both_sides_is_no_number() -> None:
    """Narrow before and wide after: nothing says whether anything but the mix moved."""
    cells = _simpson()
    cells[:CHANGED, 1], cells[CHANGED:, 0] = 0, 0
    rise = rise_at(_stream(cells), CHANGED, EvidenceStandards())
    assert (rise.estimate, rise.interval, rise.orders) == (None, None, 0)
    assert "0 of 3840 orders" in (rise.reason or "")


def test_a_change_can_be_found_among_many_order_classes() -> None:
    """One of thirty streams changes wholly: each may err once in 600, so 499 orders of days would never do."""
    policy = routing_policy(shipped_subjects()).on(date(2026, 9, 30)).value
    draws = np.random.default_rng(5)
    still = np.zeros((30, DAYS, 1, 2))
    still[..., 0, 0] = draws.binomial(50, 0.5, (30, DAYS))
    still[..., 0, 1] = 50 - still[..., 0, 0]
    still[7, CHANGED:, 0] = (45, 5)
    found = found_changes([_stream(one) for one in still], policy, 1)
    assert [number for number, one in enumerate(found) if one.changes] == [7]
    assert found[7].changes[0].place == CHANGED
