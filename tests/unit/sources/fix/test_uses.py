"""Which use of an identifier a message means, where counters begin anew every day."""

import numpy as np

from routeproof.sources.fix.fold.uses import BEGINS, LAST, NOTHING, Uses, within

HOUR_NS = 3_600_000_000_000
NINE, NOON = 9 * HOUR_NS, 12 * HOUR_NS
DAY_NS = 24 * HOUR_NS


def keys(*values: int) -> np.ndarray:
    """Hashes of identifiers."""
    return np.array(values, dtype=np.uint64)


def numbers(*values: int) -> np.ndarray:
    """Days, instants or kinds."""
    return np.array(values, dtype=np.int64)


def every(count: int) -> np.ndarray:
    """All rows."""
    return np.ones(count, dtype=np.bool_)


def test_a_message_means_the_latest_use_before_it_or_the_earliest() -> None:
    """Order 7 on two days: noon of each day means its own, the morning before both means the first."""
    uses = Uses(keys(7, 7), numbers(1, 2), numbers(NINE, DAY_NS + NINE), every(2))
    first, second, noon, next_noon, before = uses.of(
        keys(7, 7, 7, 7, 7), numbers(NINE, DAY_NS + NINE, NOON, DAY_NS + NOON, HOUR_NS)
    )
    assert first == noon == before
    assert second == next_noon
    assert first != second


def test_what_is_used_on_one_day_stays_as_it_is() -> None:
    """Twice on a day is one use, and so is a name that nothing began; no name stays none."""
    uses = Uses(keys(7, 7, 5, 5), numbers(1, 1, 1, 2), numbers(NINE, NOON, NINE, DAY_NS), every(4))
    named = keys(7, 8, 0)
    assert uses.of(named, numbers(NOON, NOON, NOON)).tolist() == named.tolist()


def test_a_replace_follows_orders_and_no_cancel_requests() -> None:
    """Monday an order, Tuesday a cancel request. On Wednesday a report means the latter, a replace the former."""
    uses = Uses(keys(7, 7), numbers(1, 2), numbers(NINE, DAY_NS + NINE), every(2), numbers(BEGINS, LAST))
    order, cancel = uses.of(keys(7, 7), numbers(NINE, DAY_NS + NINE))
    wednesday = numbers(2 * DAY_NS)
    assert uses.of(keys(7), wednesday).tolist() == [cancel]
    assert uses.followed(keys(7), wednesday).tolist() == [order]


def test_a_name_that_is_two_things_on_one_day_is_not_told_apart() -> None:
    """An order and a cancel request of one name and day: only the fold says which of them counts."""
    kinds = numbers(BEGINS, BEGINS, LAST)
    uses = Uses(keys(7, 7, 7), numbers(1, 2, 2), numbers(NINE, DAY_NS + NINE, DAY_NS + NOON), every(3), kinds)
    assert uses.of(keys(7, 7), numbers(NOON, 2 * DAY_NS)).tolist() == [7, 7]


def test_a_cancel_request_of_nothing_begins_nothing() -> None:
    """A report of Wednesday means Monday's order: what Tuesday's request cancelled is not known."""
    uses = Uses(keys(7, 7), numbers(1, 2), numbers(NINE, DAY_NS + NINE), every(2), numbers(BEGINS, NOTHING))
    assert uses.of(keys(7, 7), numbers(NOON, 2 * DAY_NS)).tolist() == [7, 7]


def test_a_day_tells_keys_apart_and_leaves_none_none() -> None:
    """The same key on two days is two; 0 stays 0."""
    one, other, none = within(keys(7, 7, 0), numbers(1, 2, 1))
    assert one != other
    assert none == 0
