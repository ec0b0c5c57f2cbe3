"""Packed keys give the order that polars' own sort gives."""

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.tables.row_order import in_order, is_ordered

NUMBERS = st.one_of(
    st.none(), st.integers(-3, 3), st.sampled_from([-(2**63), -(2**63) + 1, 2**63 - 2, 2**63 - 1, 2**40, 2**40 + 1])
)
TEXTS = st.one_of(
    st.none(), st.sampled_from(["", "a", "a\0", "ab", "prefix-00001", "prefix-000011", "prefix-00002", "é", "z"])
)
ROWS = st.lists(st.tuples(NUMBERS, TEXTS, st.booleans(), NUMBERS, TEXTS), max_size=30)
KEYS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1, max_size=5, unique=True)
SCHEMA = {"a": pl.Int64, "b": pl.String, "c": pl.Boolean, "d": pl.Int64, "e": pl.String}


@pytest.mark.parametrize("few", [4, 4096])
@examples(60)
@given(rows=ROWS, keys=KEYS)
def test_any_rows_by_any_keys(
    few: int, rows: list[tuple[int | None, str | None, bool, int | None, str | None]], keys: list[str]
) -> None:
    """Nulls first, extremes of the integers, texts that begin alike; rows alike in the keys keep their order."""
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("n")
    expected = frame.sort(keys, maintain_order=True, nulls_last=False)
    assert in_order(frame, keys, few=few).equals(expected)
    assert is_ordered(frame, keys) == expected.equals(frame)


def test_codes_of_texts_are_ordered_as_the_texts() -> None:
    """Categories in order of appearance, which is not theirs; nulls first."""
    texts = pl.Series("k", ["z", None, "a", "m", "z", None, "a"])
    frame = pl.DataFrame([texts, pl.Series("n", range(7))])
    expected = frame.sort("k", maintain_order=True)["n"].to_list()
    assert in_order(frame.with_columns(texts.cast(pl.Categorical)), ["k"])["n"].to_list() == expected


def test_many_texts_with_alike_beginnings() -> None:
    """Far more texts than words, most of them differing late."""
    chance = random.Random(3)  # noqa: S311 a test
    texts = [f"{chance.choice(['order', 'exec'])}-{chance.randrange(10**6):012d}" for _ in range(20_000)]
    frame = pl.DataFrame({"k": texts, "n": range(20_000)})
    assert in_order(frame, ["k"]).equals(frame.sort("k", maintain_order=True))
