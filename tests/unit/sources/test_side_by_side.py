"""Work side by side: results in order, no more items asked for than are needed, errors those of the work."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from routeproof.sources.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    """Of none, of one, and of more than there are cores."""
    assert list(side_by_side(lambda item: item * item, range(count))) == [item * item for item in range(count)]


def test_a_single_item_needs_no_thread() -> None:
    """It is worked on where it was asked for; of two, neither is."""
    here = threading.get_ident()
    assert list(side_by_side(lambda _: threading.get_ident() == here, [1])) == [True]
    assert list(side_by_side(lambda _: threading.get_ident() == here, [1, 2])) == [False, False]


def test_items_are_asked_for_as_they_are_needed() -> None:
    """A file too large for memory is read piece by piece: never more at once than cores, but for two."""
    asked = 0

    def items() -> Iterator[int]:
        nonlocal asked
        for item in range(100):
            asked += 1
            yield item

    results = side_by_side(lambda item: item, items())
    next(results)
    assert asked <= max(os.cpu_count() or 1, 2)


@pytest.mark.parametrize("items", [[0], [1, 0, 2]])
def test_what_goes_wrong_in_the_work_is_raised(items: list[int]) -> None:
    """With one item and with several."""
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(lambda item: 1 / item, items))
