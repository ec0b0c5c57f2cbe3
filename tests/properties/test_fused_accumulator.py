"""The fused accumulator and the polars compilation give the same sums, bit for bit, over the whole catalog."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.metrics.compile_numba import fused_sums, terms_of
from routeproof.metrics.compile_polars import partial_sums
from routeproof.metrics.metric import Metric, Quotient, Total
from routeproof.metrics.registry import ALL
from routeproof.metrics.terms import Column, Constant, Filled, Given, Rounded, Where, columns_of

WIDE_COLUMNS = ("vwap_notional_e18", "shortfall_e18x2", "paper_e18x2")
SMALL = st.integers(min_value=-3, max_value=3)
PRICES = st.integers(min_value=-(10**14), max_value=10**14)
GROUPS = 4


def _reference(rows: pl.DataFrame, metrics: list[Metric], groups: np.ndarray) -> pl.DataFrame:
    numbered = rows.with_columns(pl.Series("group", groups))
    return numbered.group_by("group").agg(partial_sums(metrics)).sort("group")


def _columns(metrics: list[Metric]) -> list[str]:
    return sorted({name for metric in metrics for term in terms_of(metric) for name in columns_of(term)})


@st.composite
def frames(draw: st.DrawFn, names: list[str], positive: frozenset[str]) -> tuple[pl.DataFrame, np.ndarray]:
    """Rows with nulls; divisors are positive, as the term language demands."""
    height = draw(st.integers(min_value=1, max_value=40))
    data = {}
    for name in names:
        values = st.integers(min_value=1, max_value=10**14) if name in positive else SMALL | PRICES
        data[name] = draw(st.lists(st.none() | values, min_size=height, max_size=height))
    groups = draw(st.lists(st.integers(min_value=0, max_value=GROUPS - 1), min_size=height, max_size=height))
    return pl.DataFrame(data, schema=dict.fromkeys(names, pl.Int64)), np.array(groups, dtype=np.int64)


def _agree(rows: pl.DataFrame, metrics: list[Metric], groups: np.ndarray) -> None:
    found = fused_sums(rows, metrics, groups, GROUPS)
    assert found is not None
    present = sorted(set(groups.tolist()))
    expected = _reference(rows, metrics, groups).drop("group")
    assert found[present].equals(expected.select(found.columns))


CATALOG = [m for m in ALL if terms_of(m) and not any(set(WIDE_COLUMNS) & columns_of(t) for t in terms_of(m))]


@examples(25)
@given(data=st.data())
def test_the_whole_catalog_sums_the_same_both_ways(data: st.DataObject) -> None:
    """Every metric whose columns are 64-bit integers, on any rows with any nulls, in any groups."""
    rows, groups = data.draw(frames(_columns(CATALOG), frozenset({"mid2"})))
    _agree(rows, CATALOG, groups)


def test_more_rows_than_a_block() -> None:
    """Blocks join without a seam."""
    rng = np.random.default_rng(7)
    names = _columns(CATALOG)
    rows = pl.DataFrame({name: rng.integers(1, 10**13, 5000) for name in names})
    _agree(rows, CATALOG, rng.integers(0, GROUPS, 5000))


def _total(term: object) -> Metric:
    return Metric("m", "", "", "", "none", Total(term), "", "")  # type: ignore[arg-type]


A, B, C = Column("a"), Column("b"), Column("c")


@pytest.mark.parametrize(
    "term",
    [
        A * B * C,
        (A * B) * (B * C) - A,
        1 - A,
        -(A * B),
        Constant(3) + 0 * A,
        Filled("a", 5) * B,
        Where(A * B * C, "<", B * C),
        Where(A, "=", B),
        Given(A, B * C),
        Rounded(A * B, C),
        Rounded(A * (10**16), C),
        Rounded(A, C) * B,
    ],
)
@examples(25)
@given(data=st.data())
def test_each_kind_of_term_sums_the_same_both_ways(term: object, data: st.DataObject) -> None:
    """Products beyond 64 bits, comparisons, quotients rounded half-even, nulls."""
    rows, groups = data.draw(frames(["a", "b", "c"], frozenset({"c"})))
    _agree(rows, [_total(term)], groups)


def test_quotients_round_half_to_even() -> None:
    """5/2 = 2, 7/2 = 4, -5/2 = -2, -7/2 = -4, and a numerator beyond 64 bits: (2^70 + 1) / 2 = 2^69 (even)."""
    rows = pl.DataFrame({"a": [5, 7, -5, -7, 2**35], "b": [1, 1, 1, 1, 2**35], "d": [0, 0, 0, 0, 1], "c": [2] * 5})
    metric = _total(Rounded(A * B + Column("d"), C))
    found = fused_sums(rows, [metric], np.arange(5), 5)
    assert found is not None
    assert found["m:sum"].to_list() == [2, 4, -2, -4, 2**69]


def test_a_mean_weighs_only_known_rows() -> None:
    """Two of three rows are known: sum 2*10 + 4*30, weight 10 + 30."""
    rows = pl.DataFrame({"a": [2, None, 4], "b": [10, 20, 30]})
    mean = Metric("m", "", "", "", "none", Quotient(A * B, Given(A, B)), "", "")
    found = fused_sums(rows, [mean], np.zeros(3, dtype=np.int64), 1)
    assert found is not None
    assert found.row(0) == (140, 40)
