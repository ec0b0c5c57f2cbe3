"""Texts as codes and links, notional in whole dollars, and combinations of words: each against plain Python."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.tables.measured.coded_rows import Words, coded, combined
from routeproof.tables.measured.order_size import SizeScheme, bucket_codes
from routeproof.tables.text_link import number_distinct, rows_of
from routeproof.vocab.absent import NULL

TEXTS = st.lists(
    st.none() | st.sampled_from(["", "a", "b", "ab", "A", "order-000000000000000000001", "ü"]), max_size=30
)


@examples(50)
@given(texts=TEXTS)
def test_codes_give_the_texts_back(texts: list[str | None]) -> None:
    """Each value once, null last, whatever is missing."""
    words = coded(pl.Series(texts, dtype=pl.String))
    assert words.series().to_list() == texts
    known = words.values.to_list()
    assert known[-1] is None
    assert sorted(known[:-1]) == sorted({text for text in texts if text is not None})


@examples(50)
@given(wanted=TEXTS, known=st.lists(st.sampled_from(["", "a", "b", "ab", "ü", "zz"]), unique=True))
def test_links_are_those_of_a_dictionary(wanted: list[str | None], known: list[str]) -> None:
    """Null and unknown texts are nowhere."""
    found = rows_of(pl.Series(wanted, dtype=pl.String), pl.Series(known, dtype=pl.String))
    assert found is not None
    place = {text: row for row, text in enumerate(known)}
    assert found.tolist() == [-1 if text is None else place.get(text, -1) for text in wanted]


def test_a_repeated_identity_is_not_linked() -> None:
    """Which of the two it is cannot be told."""
    assert rows_of(pl.Series(["a"]), pl.Series(["a", "b", "a"])) is None


def test_more_words_than_places_are_told() -> None:
    """Then another way of coding is taken."""
    hashes = np.arange(10, dtype=np.uint64)
    codes = np.empty(10, dtype=np.int32)
    assert number_distinct(hashes, np.empty(9, dtype=np.int64), codes) == -1
    assert number_distinct(hashes, np.empty(10, dtype=np.int64), codes) == 10
    many = pl.Series([f"t{number}" for number in range(20_000)])
    assert coded(many).series().to_list() == many.to_list()


@examples(50)
@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 400)), max_size=40))
def test_combinations_are_numbered_once_each(rows: list[tuple[int, int, int]]) -> None:
    """Two rows have one number exactly where all their words agree; few rows of many words too."""
    sizes = (4, 3, 401)
    words = [
        Words(np.array([row[place] for row in rows], dtype=np.int32), pl.Series([*range(size - 1), None]))
        for place, size in enumerate(sizes)
    ]
    groups, values = combined(words, len(rows))
    distinct = sorted(set(rows))
    assert groups.tolist() == [distinct.index(row) for row in rows]
    expected = [
        [None if code == size - 1 else code for code in codes]
        for codes, size in zip(zip(*distinct, strict=True), sizes, strict=False)
    ]
    assert [column.to_list() for column in values] == (expected if rows else [[], [], []])


NUMBERS = st.none() | st.integers(-(2**62), 2**62) | st.sampled_from([0, 1, 10**9, 5_000 * 10**9, 10**18])


@examples(200)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=10))
def test_buckets_compare_the_exact_notional(rows: list[tuple[int | None, int | None]]) -> None:
    """Python's integers say what quantity x price comes to, however large."""
    bounds = (0, 5_000, 10_000, 50_000)
    scheme = SizeScheme(date(2026, 1, 1), "notional", bounds)
    arrays = [np.array([NULL if row[k] is None else row[k] for row in rows], dtype=np.int64) for k in range(2)]
    expected = []
    for quantity, price in rows:
        known = quantity is not None and price is not None
        product = quantity * price if known else 0  # type: ignore[operator]
        expected.append(sum(product >= bound * 10**18 for bound in bounds) if known else len(bounds) + 1)
    assert bucket_codes(scheme, *arrays).tolist() == expected
