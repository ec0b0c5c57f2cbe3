"""What happened to a sequence, told from what is there and what was appended; the answers are worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.ledger.differences import differences


@pytest.mark.parametrize(
    ("found", "wanted", "told"),
    [("abcde", "abcde", []),
     ("abXde", "abcde", [("altered", 2)]),
     ("abde", "abcde", [("deleted", 2)]),
     ("abcd", "abcde", [("truncated", 4)]),
     ("", "abc", [("truncated", 0)]),
     ("abXcde", "abcde", [("inserted", 2)]),
     ("abcdeX", "abcde", [("inserted", 5)]),
     ("abdce", "abcde", [("reordered", 2), ("reordered", 3)]),
     ("ebcda", "abcde", [("reordered", 0), ("reordered", 4)]),
     ("abbcde", "abcde", [("inserted", 2)]),
     ("bcde", "abcde", [("deleted", 0)]),
     ("Xbcd", "abcde", [("altered", 0), ("truncated", 4)]),
     ("acXe", "abcde", [("deleted", 1), ("altered", 3)])],
)  # fmt: skip
def test_what_happened_is_told_at_the_first_place_that_it_touches(
    found: str, wanted: str, told: list[tuple[str, int]]
) -> None:
    """Letters stand for entries."""
    assert [(item.kind, item.index) for item in differences(found, wanted)] == told


def test_what_is_unknown_matches_anything() -> None:
    """A row that could not be read is reported elsewhere, and hides no other."""
    assert differences(["a", None, "c"], ["a", "b", "c"]) == []
    assert [item.index for item in differences(["a", None, "X"], ["a", "b", "c"])] == [2]


@given(st.lists(st.integers(0, 5), max_size=30), st.lists(st.integers(0, 5), max_size=30))
@examples(300)
def test_there_is_a_difference_exactly_where_sequences_differ(found: list[int], wanted: list[int]) -> None:
    """None for equal ones, at least one for others, and the first is at their first difference."""
    told = differences(found, wanted)
    if found == wanted:
        assert told == []
        return
    first = next(
        (place for place, pair in enumerate(zip(found, wanted, strict=False)) if pair[0] != pair[1]),
        min(len(found), len(wanted)),
    )
    assert told[0].index == first
