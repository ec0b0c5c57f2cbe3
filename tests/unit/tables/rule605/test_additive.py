"""Terms that add up, worked by hand; and that order, pieces and empty rows do not matter to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.rule605.records import read_records
from routeproof.sources.rule605.sniff import sniff
from routeproof.tables.rule605.legacy import LEGACY
from routeproof.tables.rule605.sums import KEYS, PRODUCTS, SHARES, WEIGHTS, additive
from rule605_files import LEGACY_RESTING, detailed, legacy, summary, written

if TYPE_CHECKING:
    from pathlib import Path

TERMS = ("covered_orders", *SHARES, *PRODUCTS, *WEIGHTS)
SHARE, UNIT = 10**9, 10**18


def terms(folder: Path, text: str) -> pl.DataFrame:
    """Additive rows of a small file."""
    path = written(folder, text)
    sniffed = sniff(path)
    (found,) = read_records(path, sniffed)
    return additive(sniffed.layout, found.rows.lazy()).collect()


def test_a_legacy_row(tmp_path: Path) -> None:
    """1,500 shares executed at an effective spread of 0.02; 900 of them improved by 0.005, 100 outside by 0.01."""
    row = terms(tmp_path, legacy() + "\n").row(0, named=True)
    assert [row[name] for name in KEYS] == ["legacy", "T", "TXXXX", "201601", "ABC", None, "11", "21", None]
    assert row["covered_orders"] == 10
    assert [row[name] // SHARE for name in SHARES] == [2000, 500, 1400, 100, 900, 500, 100]
    assert row["effective_e18"] == 30 * UNIT
    assert row["effective_shares"] == 1500 * SHARE
    assert row["improved_e18"] == 45 * UNIT // 10
    assert row["outside_e18"] == UNIT
    assert row["realized_300s_e18"] == 1845 * UNIT // 100
    assert row["quoted_e18"] is None
    assert (row["quoted_shares"], row["both_shares"], row["realized_1s_shares"]) == (0, 0, 0)
    assert row["time_ms_e18"] == (900 * 100 + 500 * 200 + 100 * 1500) * UNIT
    assert row["time_shares"] == 1500 * SHARE


def test_a_resting_row_states_few_averages(tmp_path: Path) -> None:
    """No effective spread and no classes; a realized spread all the same. No row is invented for what is absent."""
    row = terms(tmp_path, LEGACY_RESTING + "\n").row(0, named=True)
    assert row["effective_e18"] is None
    assert row["effective_shares"] == 0
    assert row["improved_shares"] is None
    assert row["improved_e18"] is None
    assert row["realized_300s_e18"] == -10 * UNIT


def test_a_detailed_row(tmp_path: Path) -> None:
    """800.5 shares: effective 0.016, quoted 0.02, and the quotient of the two sums is the row's own E/Q."""
    row = terms(tmp_path, detailed({})).row(0, named=True)
    assert row["effective_e18"] == 12_808 * UNIT // 1000
    assert row["quoted_e18"] == 16_010 * UNIT // 1000
    assert row["both_effective_e18"] * 10 == row["both_quoted_e18"] * 8
    assert row["realized_50ms_e18"] == 88_055 * UNIT // 10_000
    assert row["time_ms_e18"] == (6_250 + 4_010 + 3_000) * UNIT
    assert row["lot_size"] == "ROUND"


def test_orders_that_rested_state_their_own_time(tmp_path: Path) -> None:
    """Without classes, the time from executability to fill is what there is."""
    classes = ("ExctdPIOrdersQty", "ExctdOrderAtQuotQty", "ExctdOrderOutQuotQty")
    row = dict.fromkeys(classes, "") | {"OrderType": "LNNNN", "FilledOrderWghtdAvgTime": "250.5"}
    found = terms(tmp_path, detailed(row)).row(0, named=True)
    assert found["time_ms_e18"] == 250_5 * 800_5 * UNIT // 100
    assert found["time_shares"] == 800_5 * SHARE // 10


def test_a_summary_row_adds_up_to_nothing(tmp_path: Path) -> None:
    """It says neither how many orders nor how many shares: everything is null, and its own E/Q is for showing."""
    row = terms(tmp_path, summary({})).row(0, named=True)
    assert {row[name] for name in ("covered_orders", *SHARES, *PRODUCTS)} == {None}
    assert row["stated_e_over_q"] == 800_000_000


rows_of_reports = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-(10**7), 10**9)),
    min_size=1,
    max_size=12,
)


@given(rows_of_reports, st.data())
@examples(20)
def test_order_pieces_and_empty_rows_change_no_sum(rows: list[tuple[int, ...]], data: st.DataObject) -> None:
    """Rows permuted, cut in two, and joined by a row of no shares: the same sums to the last bit."""
    frame = _frame(rows)
    cut = data.draw(st.integers(0, len(rows)))
    order = data.draw(st.permutations(range(len(rows))))
    nothing = _frame([(0, 0, 0, 123_456_789)])
    whole = _total(frame)
    assert _total(frame[list(order)]) == whole
    assert _total(pl.concat([frame[cut:], nothing, frame[:cut]])) == whole


def _frame(rows: list[tuple[int, ...]]) -> pl.DataFrame:
    """Rows of improved, at-quote and outside shares and one average, in a table of the layout."""
    return LEGACY.table.conform(
        pl.DataFrame(
            {
                "executed_shares": [(a + b + c) * 10**6 for a, b, c, _ in rows],
                "improved_shares": [a * 10**6 for a, *_ in rows],
                "at_quote_shares": [b * 10**6 for _, b, *_ in rows],
                "outside_shares": [c * 10**6 for _, _, c, _ in rows],
                **{
                    name: [average for *_, average in rows]
                    for name in ("effective_spread_usd_per_share", "improved_usd_per_share", "outside_usd_per_share")
                },
            }
        )
    )


def _total(rows: pl.DataFrame) -> tuple[object, ...]:
    return additive(LEGACY, rows.lazy()).select(pl.col(TERMS).sum()).collect().row(0)
