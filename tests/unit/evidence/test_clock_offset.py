"""Offsets of clocks, worked by hand from stamps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.evidence.clock_offset import ClockOffset, request_and_answer, same_event


def ends(found: ClockOffset) -> tuple[float | None, float | None, float | None]:
    """Lower bound, estimate, upper bound."""
    return found.lower, found.estimate, found.upper


def stamps(*differences: int) -> np.ndarray:
    """Differences as the functions take them."""
    return np.array(differences, dtype=np.int64)


def test_two_way_messages_hold_the_offset_between_the_fastest_of_each_direction() -> None:
    """The source is 30 ahead: answers that take 5 and 9 stand 35 and 39 after, its own request that takes 4 at 26."""
    assert ends(request_and_answer({0: stamps(26, 20)}, {0: stamps(39, 35)})) == (26.0, 30.5, 35.0)


def test_one_offset_that_fits_all_windows_is_held_by_all_of_them() -> None:
    """[20, 40] and [28, 50] leave [28, 40]; the middles are 30 and 39, their median 34.5."""
    found = request_and_answer({0: stamps(20), 1: stamps(28)}, {0: stamps(40), 1: stamps(50)})
    assert ends(found) == (28.0, 34.5, 40.0)
    assert (found.steady, found.windows, found.n) == (True, 2, 4)


def test_a_clock_that_wanders_is_told_with_all_it_showed() -> None:
    """[0, 10] and [30, 40] have no common point: the bounds hold both, the estimate is the middle one."""
    found = request_and_answer({0: stamps(0), 1: stamps(30)}, {0: stamps(10), 1: stamps(40)})
    assert ends(found) == (0.0, 20.0, 40.0)
    assert not found.steady


def test_a_window_in_which_all_was_slow_does_not_blur_the_others() -> None:
    """Widths 10, 10 and 900: the last says nothing that the others do not know better."""
    lows, highs = {0: stamps(0), 1: stamps(50), 2: stamps(-500)}, {0: stamps(10), 1: stamps(60), 2: stamps(400)}
    assert ends(request_and_answer(lows, highs)) == (0.0, 30.0, 60.0)


def test_one_direction_bounds_and_does_not_estimate() -> None:
    """Who only answers may be slow or ahead: at most 7, and the reason is said."""
    found = request_and_answer({}, {0: stamps(9, 7)})
    assert ends(found) == (None, None, 7.0)
    assert "cannot be told from the offset" in found.reason
    assert ends(request_and_answer({0: stamps(3, 5)}, {})) == (5.0, None, None)


def test_stamps_that_contradict_every_offset_estimate_nothing() -> None:
    """At least 10 and at most 5: an effect stands before its cause at any offset."""
    found = request_and_answer({0: stamps(10)}, {0: stamps(5)})
    assert ends(found) == (None, None, None)
    assert "before its cause" in found.reason


def test_nothing_stamped_by_both_is_said() -> None:
    """Null with a reason, either way."""
    for found in (request_and_answer({}, {}), same_event(stamps())):
        assert ends(found) == (None, None, None)
        assert found.reason


@pytest.mark.parametrize(
    ("n", "below"),
    [(1, 0), (5, 0), (6, 0), (8, 0), (9, 1), (10, 1), (20, 5), (100, 39)],
)
def test_the_median_of_equal_events_has_the_order_statistics_of_the_sign_test(n: int, below: int) -> None:
    """Places from either end by the tables of the sign test at 95 % (Conover 1999, table A3): n = 20 leaves out 5."""
    found = same_event(stamps(*range(n)))
    assert ends(found) == (float(below), (n - 1) / 2, float(n - 1 - below))


@examples(60)
@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.tuples(st.booleans(), st.integers(0, 10**6)), min_size=2, max_size=30),
)
def test_the_true_offset_always_lies_within_the_bounds(offset: int, delays: list[tuple[bool, int]]) -> None:
    """Whatever the delays, which are never negative."""
    there = stamps(*(offset - delay for outward, delay in delays if outward))
    back = stamps(*(offset + delay for outward, delay in delays if not outward))
    found = request_and_answer({0: there}, {0: back})
    assert found.lower is None or found.lower <= offset
    assert found.upper is None or found.upper >= offset
    assert (found.estimate is None) == (not len(there) or not len(back))
