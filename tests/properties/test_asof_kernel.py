"""The compiled kernels find what the plain numpy reference finds, row for row."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.tables.lookup import asof, asof_reference

FEW_INSTANTS = st.integers(-2, 12)


@st.composite
def look_ups(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Several symbols' instants end to end (ties and empty ranges included) and look-ups in any order."""
    symbols = draw(st.lists(st.lists(st.integers(0, 10), max_size=6), min_size=1, max_size=4))
    at = np.array([instant for symbol in symbols for instant in sorted(symbol)], dtype=np.int64)
    ends = np.cumsum([len(symbol) for symbol in symbols])
    ranges = [(int(end) - len(symbol), int(end)) for end, symbol in zip(ends, symbols, strict=True)] + [(0, 0)]
    chosen = draw(st.lists(st.tuples(st.sampled_from(ranges), FEW_INSTANTS), max_size=12))
    if draw(st.booleans()):
        chosen.sort()
    low = np.array([low for (low, _), _ in chosen], dtype=np.int64)
    high = np.array([high for (_, high), _ in chosen], dtype=np.int64)
    return at, low, high, np.array([instant for _, instant in chosen], dtype=np.int64)


@given(given_rows=look_ups(), inclusive=st.booleans())
@examples(200)
def test_quote_in_force_is_the_reference(
    *, given_rows: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], inclusive: bool
) -> None:
    """Ties, empty ranges, unknown symbols between known ones, instants before everything: the same row is found."""
    at, low, high, instants = given_rows
    found = asof.quote_in_force(at, low, high, instants, inclusive=inclusive)
    expected = asof_reference.quote_in_force(at, low, high, instants, inclusive=inclusive)
    assert found.tolist() == expected.tolist()


def test_quote_in_force_gallops_far() -> None:
    """Look-ups many quotes apart, forward and back, find what the reference finds."""
    rng = np.random.default_rng(5)
    at = np.sort(rng.integers(0, 50_000, 20_000))
    instants = rng.integers(-10, 60_000, 3_000)
    low = np.zeros(3_000, dtype=np.int64)
    high = np.full(3_000, at.size, dtype=np.int64)
    for order in (np.arange(3_000), np.argsort(instants, kind="stable")):
        for inclusive in (False, True):
            found = asof.quote_in_force(at, low, high, instants[order], inclusive=inclusive)
            expected = asof_reference.quote_in_force(at, low, high, instants[order], inclusive=inclusive)
            assert np.array_equal(found, expected)


@given(
    prices=st.lists(st.integers(0, 6), max_size=40),
    windows=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 6)), max_size=6),
    at_or_below=st.booleans(),
)
@examples(150)
def test_first_reaching_is_the_reference(
    *, prices: list[int], windows: list[tuple[int, int, int]], at_or_below: bool
) -> None:
    """A price of 0 is no price and reaches nothing; an empty window finds nothing."""
    rows = np.array(prices, dtype=np.int64)
    begin = np.array([min(a, len(prices)) for a, _, _ in windows], dtype=np.int64)
    end = np.array([min(b, len(prices)) for _, b, _ in windows], dtype=np.int64)
    limits = np.array([limit for _, _, limit in windows], dtype=np.int64)
    found = asof.first_reaching(rows, begin, end, limits, at_or_below=at_or_below)
    expected = asof_reference.first_reaching(rows, begin, end, limits, at_or_below=at_or_below)
    assert found.tolist() == expected.tolist()


def test_first_reaching_skips_whole_blocks_and_no_answer() -> None:
    """Windows over many summary blocks, beginning and ending anywhere in one."""
    rng = np.random.default_rng(6)
    prices = rng.integers(100, 200, 6 * asof.BLOCK + 17)
    prices[rng.integers(0, prices.size, 500)] = 0
    prices[rng.integers(0, prices.size, 4)] = 50
    begin = rng.integers(0, prices.size, 400)
    end = np.minimum(begin + rng.integers(0, 4 * asof.BLOCK, 400), prices.size)
    limits = rng.integers(45, 205, 400)
    for at_or_below in (False, True):
        found = asof.first_reaching(prices, begin, end, limits, at_or_below=at_or_below)
        expected = asof_reference.first_reaching(prices, begin, end, limits, at_or_below=at_or_below)
        assert np.array_equal(found, expected)
