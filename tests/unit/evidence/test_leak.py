"""Controls are the nearest of the same state, outcomes are whole numbers, effects have their interval or a reason."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.evidence.leak.controls import NONE, nearest_controls
from routeproof.evidence.leak.effect import DaySums, apart, effect
from routeproof.evidence.leak.outcomes import MILLION, UNKNOWN, adverse_move, against_controls, change, withdrawal
from routeproof.policy.thresholds import EvidenceStandards
from routeproof.vocab.fixed import to_fixed

STANDARDS = EvidenceStandards()


def _ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_a_move_is_adverse_when_the_far_side_goes_away() -> None:
    """10.00 to 10.01 is 10 bps against a buyer and for a seller; larger moves are cut; without a price nobody knows."""
    before, after = to_fixed("10.00"), to_fixed("10.01")
    prices = (_ints(before, before, before, 0), _ints(after, after, 2 * before, after))
    found = adverse_move(_ints(1, -1, 1, 1), *prices, most_bps=50.0)
    assert found.tolist() == [10 * MILLION, -10 * MILLION, 50 * MILLION, UNKNOWN]


def test_size_is_withdrawn_when_it_is_less_or_at_a_worse_price() -> None:
    """Half is gone; all is gone with the price; none when the price comes nearer; more counts at most as once more."""
    price, cent = to_fixed("10.00"), to_fixed("0.01")
    after = _ints(price, price + cent, price - cent, price, price)
    gone = withdrawal(
        _ints(1, 1, 1, 1, 1), np.full(5, price), after, _ints(200, 200, 200, 200, -1), _ints(100, 500, 100, 900, 100)
    )
    assert gone.tolist() == [MILLION // 2, MILLION, 0, -MILLION, UNKNOWN]


def test_the_difference_in_differences_by_hand() -> None:
    """The event moved 6 more than before, its controls 1 and 2 more: 4 or 5 beyond them, rounded half-even to 4."""
    event = change(_ints(9, 9, UNKNOWN), _ints(3, UNKNOWN, 1))
    assert event.tolist() == [6, UNKNOWN, UNKNOWN]
    controls = np.array([[1, 2], [1, 1], [1, 1]])
    assert against_controls(event, controls).tolist() == [4, UNKNOWN, UNKNOWN]
    assert against_controls(_ints(6), np.array([[UNKNOWN, 1]])).tolist() == [5]
    assert against_controls(_ints(6), np.array([[UNKNOWN, UNKNOWN]])).tolist() == [UNKNOWN]


_PRICES = st.lists(st.tuples(st.integers(1, 10**12), st.integers(0, 10**12), *[st.integers(-1, 10**6)] * 2), min_size=1)


@given(_PRICES)
@examples(60)
def test_buys_and_sells_mirror_each_other(rows: list[tuple[int, int, int, int]]) -> None:
    """What is adverse to a buyer is as good for a seller; size is never withdrawn by more than all of it."""
    before, after, size_before, size_after = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    buys = np.ones(before.size, dtype=np.int64)
    bought, sold = (adverse_move(sign, before, after, 1e6) for sign in (buys, -buys))
    assert ((bought == -sold) | (bought == UNKNOWN)).all()
    assert ((bought == UNKNOWN) == (after == 0)).all()
    gone = withdrawal(buys, before, after, size_before, size_after)
    assert ((gone == UNKNOWN) | (np.abs(gone) <= MILLION)).all()


_AT = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60)), max_size=12)


@given(_AT, _AT, st.integers(1, 3), st.integers(0, 20))
@examples(80)
def test_controls_are_the_nearest_of_the_same_state(
    events: list[tuple[int, int]], controls: list[tuple[int, int]], count: int, within: int
) -> None:
    """As a search of all pairs finds them, by distance: as many, as near, of the same state, within the caliper."""
    found = nearest_controls(
        _ints(*(state for state, _ in events)),
        _ints(*(at for _, at in events)),
        _ints(*(state for state, _ in controls)),
        _ints(*(at for _, at in controls)),
        count=count,
        within_us=within,
    )
    for (state, at), chosen in zip(events, found.tolist(), strict=True):
        apart_by = sorted(abs(other - at) for own, other in controls if own == state and abs(other - at) <= within)
        kept = [place for place in chosen if place != NONE]
        assert len(set(kept)) == len(kept)
        assert all(controls[place][0] == state for place in kept)
        assert [abs(controls[place][1] - at) for place in kept] == apart_by[:count]


def _sums(means: list[float], count: int = 100) -> DaySums:
    days = np.arange(len(means), dtype=np.int64) + date(2026, 7, 1).toordinal()
    totals = np.array([round(mean * MILLION) * count for mean in means], dtype=np.int64)
    ones = np.ones(len(means), dtype=np.int64)
    return DaySums(day=days, total=totals, count=ones * count, largest=ones)


def test_an_effect_is_the_mean_of_events_with_its_interval() -> None:
    """Days of alternately 1 and 2 bps: 1.5 bps, well above nothing, and above an effect of 0.1."""
    high, low = _sums([1.0, 2.0] * 15), _sums([0.0, 0.2] * 15)
    one, other = effect(high, MILLION, STANDARDS), effect(low, MILLION, STANDARDS)
    assert one.estimate == 1.5
    assert one.found is not None
    assert 0.0 < one.found.lower < 1.5 < one.found.upper
    assert one.found.detectable > 0.0
    above = apart(one, other, STANDARDS)
    assert above is not None
    assert 0.0 < above.lower < 1.4 < above.upper


def test_days_that_are_their_own_measure_give_the_day_cluster_interval() -> None:
    """Ten days of 1 and ten of 2 bps: each 0.5 from 1.5, so that se = sqrt(20) x 0.5 / 20 x 20 / 19 = 0.117688.

    With 19 degrees of freedom t = 2.093024; the wild bootstrap may widen it, days that hang together do not.
    """
    found = effect(_sums([1.0, 2.0] * 10), MILLION, STANDARDS).found
    assert found is not None
    assert found.standard_error == pytest.approx(0.117688, abs=1e-6)
    assert found.df == pytest.approx(19.0)
    assert found.method != "serial_day_t"
    assert found.critical == pytest.approx(2.093024, rel=0.05)


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        (_sums([1.0, 2.0] * 2), "effective days"),
        (_sums([1.0] * 30), "do not differ"),
        (_sums([], 0), "no event"),
        (_sums([1.0, 2.0] * 15, 1), None),
    ],
)
def test_few_days_are_refused(sums: DaySums, said: str | None) -> None:
    """Too few days, days that do not differ, or no events: the reason in place of a number."""
    found = effect(sums, MILLION, STANDARDS)
    assert (found.found is None) == (said is not None)
    assert said is None or said in str(found.reason)
