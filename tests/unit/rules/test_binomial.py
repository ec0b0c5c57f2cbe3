"""Bounds of shares against published and exact figures."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from examples import examples
from routeproof.rules.binomial import least_share, tail


def least(hits: int, n: int, confidence: float) -> float | None:
    """The bound of one share."""
    frame = pl.DataFrame({"hits": [hits], "n": [n]})
    return frame.select(least_share(pl.col("hits"), pl.col("n"), confidence)).item()


def test_the_lower_bound_is_wilsons() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 give 0.2553, 15 of 148 give 0.0624."""
    assert least(81, 263, 0.975) == pytest.approx(0.2553, abs=5e-5)
    assert least(15, 148, 0.975) == pytest.approx(0.0624, abs=5e-5)


def test_no_trials_have_no_bound() -> None:
    """Nothing can be said of nothing."""
    assert least(0, 0, 0.99) is None


@given(n=st.integers(1, 400), share=st.floats(1e-6, 0.5), data=st.data())
@examples(60)
def test_the_tail_is_never_understated(n: int, share: float, data: st.DataObject) -> None:
    """Against scipy's exact binomial distribution."""
    hits = data.draw(st.integers(0, n))
    assert tail(hits, n, share) >= binom.sf(hits - 1, n, share) * (1 - 1e-9)
    assert 0.0 <= tail(hits, n, share) <= 1.0
