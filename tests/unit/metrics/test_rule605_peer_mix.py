"""Public figures in the own mix, worked by hand; figures of sums that are partly unknown."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.metrics.rule605.peer_mix import CELL, E_OVER_Q, PER_SHARE, adjusted
from routeproof.metrics.rule605.peer_sums import added_up, figures
from routeproof.tables.rule605.sums import KEYS, PRODUCTS, SHARES, WEIGHTS

SHARE, UNIT = 10**9, 10**18
WIDE = pl.Int128()


def terms(*rows: dict[str, Any]) -> pl.LazyFrame:
    """Additive rows: what is not named is null, and no share states it; `shares` state both spreads."""
    types = dict.fromkeys(KEYS, pl.String()) | {"covered_orders": pl.Int64()}
    types |= dict.fromkeys((*SHARES, *PRODUCTS, *WEIGHTS), WIDE)
    filled = []
    for row in rows:
        shares = row.get("shares", 0) * SHARE
        both = {"effective": row.get("effective"), "quoted": row.get("quoted")}
        spread = {f"{name}_e18": None if v is None else v * UNIT for name, v in both.items()}
        spread |= {f"both_{name}": value for name, value in spread.items()}
        weights = dict.fromkeys(WEIGHTS, 0) | dict.fromkeys(
            ("effective_shares", "quoted_shares", "both_shares"), shares
        )
        given = {name: row[name] for name in row if name in types}
        filled.append(dict.fromkeys(types) | {"layout": "detailed", "month": "202608"} | weights | spread | given)
    frame = pl.DataFrame({name: pl.Series([row[name] for row in filled], dtype=kind) for name, kind in types.items()})
    return frame.lazy().with_columns(pl.col("symbol").alias("security"))


def cell(symbol: str, shares: int, effective: int, quoted: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A row of market orders from 1,000 dollars: dollars of effective and quoted spread on its shares."""
    return {"symbol": symbol, "order_type": "MXXNN", "order_size": "1000", "shares": shares, "effective": effective,
            "quoted": quoted, **more}  # fmt: skip


def test_two_cells_by_hand() -> None:
    """The reporter has 10 of 20 dollars on 100 ABC, 30 of 40 on 400 DEF, and GHI; we trade 300 ABC, 100 DEF, 100 XYZ.

    In our mix: effective 300 x 0.10 + 100 x 0.075 = 37.5, quoted 300 x 0.20 + 100 x 0.10 = 70, so 0.535714…, where the
    plain quotient is 40 / 60. 400 of our 500 shares are matched; on them we have (45 + 5) / (60 + 10).
    """
    theirs = terms(*(cell(*row, reporter="R", participant="T") for row in (
        ("ABC", 100, 10, 20), ("DEF", 400, 30, 40), ("GHI", 999, 1, 1))))  # fmt: skip
    ours = terms(cell("ABC", 300, 45, 60), cell("DEF", 100, 5, 10), cell("XYZ", 100, 9, 9))
    by = ("reporter",)
    public, own = added_up(theirs, [*by, *CELL]), added_up(ours, CELL)
    (row,) = adjusted(public, own, by, E_OVER_Q).rows(named=True)
    assert row["adjusted"] == pytest.approx(37.5 / 70, rel=1e-14)
    assert row["own"] == pytest.approx(50 / 70, rel=1e-14)
    assert row["weight_matched"] == 0.8
    (spread,) = adjusted(public, own, by, PER_SHARE[0]).rows(named=True)
    assert spread["adjusted"] == pytest.approx(37.5 / 400, rel=1e-14)
    assert spread["own"] == pytest.approx(50 / 400, rel=1e-14)


def test_other_months_classes_and_sizes_are_no_match() -> None:
    """Equal symbol, but another month, order type or size: nothing is adjusted."""
    ours = added_up(terms(cell("ABC", 300, 45, 60)), CELL)
    for changed in ({"month": "202609"}, {"order_type": "LYNNN"}, {"order_size": "250"}):
        public = added_up(terms(cell("ABC", 100, 10, 20, reporter="R") | changed), ["reporter", *CELL])
        assert adjusted(public, ours, ("reporter",), E_OVER_Q).is_empty()


def test_a_dimension_splits_our_weight_too() -> None:
    """By order type each part is matched against our orders of that type alone."""
    ours = terms(cell("ABC", 300, 45, 60), cell("ABC", 700, 7, 70) | {"order_type": "LYNNN"})
    public = added_up(terms(cell("ABC", 100, 10, 20, reporter="R")), ["reporter", *CELL])
    (row,) = adjusted(public, added_up(ours, CELL), ("reporter", "order_type"), E_OVER_Q).rows(named=True)
    assert (row["order_type"], row["adjusted"], row["own"], row["weight_matched"]) == ("MXXNN", 0.5, 0.75, 1)
    (all_types,) = adjusted(public, added_up(ours, CELL), ("reporter",), E_OVER_Q).rows(named=True)
    assert all_types["weight_matched"] == 0.3


def test_amounts_that_are_not_stated_weigh_nothing() -> None:
    """100 shares improved by nobody knows how much are counted, and take no part in net improvement per share."""
    known = {"improved_shares": 50 * SHARE, "at_quote_shares": 50 * SHARE, "outside_shares": 0,
             "improved_e18": UNIT // 2, "outside_e18": 0}  # fmt: skip
    unknown = {"improved_shares": 100 * SHARE, "at_quote_shares": 0, "outside_shares": 0, "outside_e18": 0}
    (sums,) = added_up(terms(known, unknown), ()).rows(named=True)
    row = figures(sums, "detailed")
    assert (row["classified_shares"], row["improved_shares"], row["improved_usd"]) == (200, 150, 0.5)
    assert row["price_improvement_usd_per_share"] == 0.005
    assert row["e_over_q"] is None


ROWS = st.lists(
    st.builds(
        lambda symbol, reporter, shares, effective, quoted: cell(symbol, shares, effective, quoted, reporter=reporter),
        st.sampled_from(["ABC", "DEF", "GHI"]), st.sampled_from(["R", "S"]), st.integers(1, 10**6),
        st.integers(-(10**4), 10**5), st.integers(0, 10**5),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


@given(ROWS, st.randoms(use_true_random=False))
@examples(20)
def test_order_and_empty_rows_change_nothing(rows: list[dict[str, Any]], dice: Any) -> None:  # noqa: ANN401
    """Shuffled, and with rows of no shares among them: the same sums, the same figures in our mix, bit for bit."""
    own = added_up(terms(cell("ABC", 300, 45, 60), cell("DEF", 100, 5, 10)), CELL)
    shuffled = [*rows, cell("ABC", 0, 0, 0, reporter="R")]
    dice.shuffle(shuffled)
    by = ("reporter",)
    plain, other = added_up(terms(*rows), by), added_up(terms(*shuffled), by)
    for before in plain.iter_rows(named=True):
        (after,) = other.filter(pl.col("reporter") == before["reporter"]).rows(named=True)
        assert figures(before, "detailed") | {"rows": 0} == figures(after, "detailed") | {"rows": 0}
    mixes = [
        adjusted(added_up(terms(*item), [*by, *CELL]), own, by, E_OVER_Q).sort("reporter") for item in (rows, shuffled)
    ]
    assert mixes[0].equals(mixes[1])
