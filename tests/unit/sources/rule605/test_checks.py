"""What a file's rows are believed of, worked by hand row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from routeproof.sources.rule605.read import Batch, read_file
from routeproof.sources.rule605.sniff import sniff
from routeproof.stores.shipped_disclosure import load_disclosure605
from rule605_files import LEGACY_RESTING, detailed, legacy, summary, written

if TYPE_CHECKING:
    from pathlib import Path


def batch(folder: Path, text: str) -> Batch:
    """What a small file gives."""
    path = written(folder, text)
    found = list(read_file(path, sniff(path), load_disclosure605()))
    remarks = [remark for item in found for remark in item.remarks]
    return Batch(pl.concat([item.rows for item in found]), remarks, sum(item.received for item in found))


def told(found: Batch) -> list[tuple[object, ...]]:
    """Row, what became of it, code and field of each remark."""
    return [(item["source_row"], item["kind"], item["code"], item["field"]) for item in found.remarks]


def test_right_rows_pass(tmp_path: Path) -> None:
    """Also those that real files have: resting orders that expired, executions after half an hour."""
    for text in (legacy() + "\n" + LEGACY_RESTING + "\n", detailed({}), summary({})):
        found = batch(tmp_path, text)
        assert told(found) == []
        assert found.rows.height == found.received


# -- E/Q in percent points ---------------------------------------------------------------------------------------------


def test_percent_points_become_a_fraction(tmp_path: Path) -> None:
    """0.012054 / 0.014628 is 0.824: 82.40641 is a hundred times that, and is read as 0.8240641 exactly."""
    row = {"AvgEffctvSprdPct": "0.012054", "AvgPctQuotSprd": "0.014628", "AvgEFQPct": "82.40641"}
    found = batch(tmp_path, summary(row))
    assert found.rows["e_over_q"].item() == 824_064_100
    (remark,) = found.remarks
    assert (remark["code"], remark["stated"], remark["became"]) == ("percent_points", "82.40641", "0.8240641")


@pytest.mark.parametrize(
    ("effective", "quoted", "stated", "became"),
    [
        ("-0.000729", "0.009472", "-7.699598", -76_995_980),  # the price was better than the midpoint
        ("0.00045", "0.000449", "1.002", 1_002_000_000),  # a fraction, near one
        ("0.004698", "0.001644", "285.82259", 2_858_225_900),
        ("0.000001", "0.000002", "0.4", 400_000_000),  # rounded spreads tell little, and enough
        ("", "0.001", "82.4", None),  # cannot be told, and too large to be believed
        ("0.001", "0", "0.9", 900_000_000),
    ],
)
def test_the_files_own_spreads_tell_the_unit(
    tmp_path: Path, effective: str, quoted: str, stated: str, became: int | None
) -> None:
    """The quotient of the spreads that stand beside it decides, row by row."""
    row = {"AvgEffctvSprdPct": effective, "AvgPctQuotSprd": quoted, "AvgEFQPct": stated}
    assert batch(tmp_path, summary(row)).rows["e_over_q"].item() == became


def test_detailed_files_have_the_same_trap(tmp_path: Path) -> None:
    """0.016 / 0.02 is 0.8; 80 is percent points."""
    found = batch(tmp_path, detailed({"AvgEFQPct": "80"}))
    assert found.rows["e_over_q"].item() == 800_000_000
    assert told(found) == [(1, "corrected", "percent_points", "e_over_q")]


def test_a_detailed_row_may_state_the_effective_spread_as_a_fraction(tmp_path: Path) -> None:
    """0.0012 of a midpoint of 15 is 0.018, over 0.02 is 0.9; 90 is percent points."""
    row = {"AvgEffctvSprd": "", "AvgEffctvSprdPct": "0.0012", "ExctdOrderMidPtAvg": "15", "AvgEFQPct": "90"}
    found = batch(tmp_path, detailed({**row, "CvrdOrderSize": "15000"}))
    assert found.rows["e_over_q"].item() == 900_000_000
    assert "0.0012 x 15 / 0.02" in str(found.remarks[0]["message"])


# -- figures that cannot be --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "dollars"),
    [("99", "98999999.01"), ("100", "0.01"), ("99.413499", "99039073.10615"), ("98.633637", "0.31095")],
)
def test_sentinel_notionals_are_set_aside_and_shares_kept(tmp_path: Path, shares: str, dollars: str) -> None:
    """999,999.99 and 0.0001 dollars a share stand for no price, alone or mixed with orders that have one."""
    found = batch(tmp_path, summary({"AvgOrderQty": shares, "AvgOrderSize": dollars, "OrderSize": "200000"}))
    assert told(found) == [(1, "quarantined", "sentinel_notional", "average_order_usd")]
    assert found.rows["average_order_usd"].item() is None
    assert found.rows["average_order_shares"].item() is not None


def test_a_sentinel_is_told_without_a_midpoint_and_in_detailed_files(tmp_path: Path) -> None:
    """An order of 1,000.5 shares at 999,999.99; a combination that was not executed states no midpoint."""
    found = batch(tmp_path, detailed({"CvrdOrderSize": "1000499989.995"}))
    assert told(found) == [(1, "quarantined", "sentinel_notional", "covered_usd")]
    assert found.rows["covered_shares"].item() == 1_000_500_000
    keys = ("DsgntParticipant", "RprtEntityCd", "RptDate", "Sp500", "OrderSize", "OrderType")
    bare = {"AvgOrderQty": "5", "AvgOrderSize": "4999999.95"}
    names = [*keys, *bare]
    assert told(batch(tmp_path, summary(bare, header=names)))[0][2] == "sentinel_notional"


def test_a_dear_share_is_a_price(tmp_path: Path) -> None:
    """A share of 750,000 dollars exists; its midpoint says so."""
    row = {"AvgOrderQty": "1", "AvgOrderSize": "750000", "ExctdOrderMidPtAvg": "749000"}
    assert told(batch(tmp_path, summary(row))) == []


@pytest.mark.parametrize(
    ("field", "text", "column"),
    [
        ("AvgEffctvSprdPct", "1.000001", "effective_spread_of_midpoint"),
        ("AvgPctQuotSprd", "4.38", "quoted_spread_of_midpoint"),
        ("AvgEFQPct", "-10.5", "e_over_q"),
    ],
)
def test_impossible_spreads_are_set_aside(tmp_path: Path, field: str, text: str, column: str) -> None:
    """Wider than the midpoint, or an E/Q beyond ten: that value is null, the row stays."""
    found = batch(tmp_path, summary({field: text}))
    assert (1, "quarantined", "impossible_spread", column) in told(found)
    assert found.rows[column].item() is None
    assert found.rows["midpoint_usd_per_share"].item() == 25_010_000_000


def test_spreads_in_dollars_are_held_to_the_midpoint(tmp_path: Path) -> None:
    """20.02 on a midpoint of 20.01; in legacy files, which state no midpoint, only what no share's spread can be."""
    found = batch(tmp_path, detailed({"AvgEffctvSprd": "20.02", "AvgEFQPct": ""}))
    assert told(found) == [(1, "quarantined", "impossible_spread", "effective_spread_usd_per_share")]
    assert told(batch(tmp_path, legacy(f18="999.9"))) == []
    assert told(batch(tmp_path, legacy(f18="-1000.1")))[0][2] == "impossible_spread"


# -- sums --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"f8": "1999"}, {"f9": "501"}, {"f12": "1201"}, {"f24": "101"}])
def test_parts_beyond_their_whole_reject_the_row(tmp_path: Path, change: dict[str, str]) -> None:
    """One share too many is a contradiction."""
    found = batch(tmp_path, legacy() + "\n" + legacy(**change) + "\n")
    assert [item[:3] for item in told(found)] == [(2, "rejected", "component_sum")]
    assert found.rows["source_row"].to_list() == [1]


def test_parts_short_of_their_whole_are_marked_where_nothing_rests(tmp_path: Path) -> None:
    """A market order has nothing left that is neither cancelled nor executed; the row stays as filed."""
    found = batch(tmp_path, legacy(f8="2001"))
    assert told(found) == [(1, "quarantined", "component_sum", "covered_shares")]
    assert found.rows["covered_shares"].item() == 2_001_000_000
    assert "field 9" in str(found.remarks[0]["message"])
    assert "= 2000 and field 8 (covered_shares) = 2001" in str(found.remarks[0]["message"])


def test_parts_that_are_not_stated_are_no_shortfall(tmp_path: Path) -> None:
    """Empty means no data: 500 improved shares of 800.5 say nothing about the others."""
    row = {"ExctdOrderAtQuotQty": "", "ExctdOrderOutQuotQty": "", "CvrdOrderQtyOthr": ""}
    assert told(batch(tmp_path, detailed(row))) == []


def test_fractions_are_added_to_the_last_decimal(tmp_path: Path) -> None:
    """Rounding of each part is allowed for, and no more."""
    assert told(batch(tmp_path, detailed({"CvrdOrderExctdQty": "700.500003"}))) == []
    assert told(batch(tmp_path, detailed({"CvrdOrderExctdQty": "700.51"})))[0][2] == "component_sum"


def test_large_months_are_added_without_loss(tmp_path: Path) -> None:
    """Nine trillion shares twice do not fit in 64 bits as a sum, and still exceed their whole."""
    large = "9000000000000"
    found = batch(tmp_path, legacy(f8=large, f9=large, f10=large))
    assert told(found)[0][2] == "component_sum"


# -- statistics that mean nothing --------------------------------------------------------------------------------------


def test_statistics_of_resting_orders_are_no_data(tmp_path: Path) -> None:
    """Zeros are what some write for nothing; what is not zero is told. Both are null: zero spreads would flatter."""
    zeros = LEGACY_RESTING.replace("|-0.0100|||||||||", "|-0.0100|0|0|0|0|0|0|0|0|0")
    found = batch(tmp_path, zeros + "\n" + legacy(zeros, f4="DEF", f18="0.04") + "\n" + legacy() + "\n")
    assert told(found) == [(2, "quarantined", "not_empty", "effective_spread_usd_per_share")]
    assert found.rows["effective_spread_usd_per_share"].to_list() == [None, None, 20_000_000]
    assert found.rows["improved_shares"].to_list() == [None, None, 900_000_000]


ROLLED_UP = (
    "MarketCenter,idate,Exchange,OrderCode,CoveredOrders,CoveredShares,CancelledShares,MktCtrExecShares,AwayExecShares,"
    "ExecShares_0_9,ExecShares_10_29,ExecShares_30_59,ExecShares_60_299,ExecShares_5_30,AvgRealSpread,AvgEffecSpread,"
    "PrImpShares,PrImp_AvgAmt,PrImp_AvgT,ATQShares,ATQ_AvgT,OTQShares,OTQ_AvgAmt,OTQ_AvgT,Notes\n"
    "ABCD,201501,NYSE,11,10,2000,400,1500,0,1400,0,0,0,0,0.0217699245439003,0.02,900.0,0.005,0.1,500,0.2,100.0,0.01,1.5,x\n"
    "ABCD,201501,NYSE,14,10,2000,600,1500,0,1400,0,0,0,0,0.01,0.0,0.0,,,0.0,,0.0,,,x\n"
)


def test_roll_ups_of_legacy_rows_are_read_by_their_own_names(tmp_path: Path) -> None:
    """Neither participant nor size; a group of stocks for the symbol; what contradicts itself is marked and kept."""
    found = batch(tmp_path, ROLLED_UP)
    assert told(found) == [(2, "quarantined", "component_sum", "covered_shares")]
    first, second = found.rows.iter_rows(named=True)
    assert (first["symbol"], first["participant"], first["order_size"]) == ("NYSE-listed", None, None)
    assert first["realized_spread_usd_per_share_300s"] == 21_769_925
    assert second["effective_spread_usd_per_share"] is None


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"f1": "?"}, "unknown_participant"),
        ({"f2": "../x"}, "unknown_participant"),
        ({"f3": "201613"}, "not_a_number"),
        ({"f4": ""}, "short_row"),
        ({"f5": "16"}, "unknown_code"),
        ({"f6": "25"}, "unknown_code"),
    ],
)
def test_rows_that_do_not_say_which_they_are_are_rejected(tmp_path: Path, change: dict[str, str], code: str) -> None:
    """Participant, reporter, month, symbol, type, size."""
    found = batch(tmp_path, legacy() + "\n" + legacy(**change) + "\n")
    assert [item[:3] for item in told(found)] == [(2, "rejected", code)]


def test_participants_are_those_of_the_month(tmp_path: Path) -> None:
    """CBOE's own exchange is a participant of 2016 and not of August 2026; its rows are marked and kept."""
    assert told(batch(tmp_path, legacy(f1="W"))) == []
    later = batch(tmp_path, legacy(f1="W", f3="202608"))
    assert told(later)[0][1:3] == ("quarantined", "unknown_participant")
    assert later.rows.height == 1


def test_a_short_record_without_names_is_no_record(tmp_path: Path) -> None:
    """A lost delimiter moves what follows; only what a resting order's record leaves empty may be absent."""
    cut = "|".join(legacy().split("|")[:20])
    resting = "|".join(LEGACY_RESTING.split("|")[:17])
    found = batch(tmp_path, "\n".join([legacy(), cut, resting, "|".join(resting.split("|")[:16])]))
    assert told(found) == [
        (2, "rejected", "short_row", ""),
        (3, "corrected", "short_row", "effective_spread_usd_per_share"),
        (4, "rejected", "short_row", ""),
    ]


def test_a_short_record_with_names_is_no_data(tmp_path: Path) -> None:
    """It is accepted, and what is absent is told."""
    lines = detailed({}).split("\r\n")
    found = batch(tmp_path, "\r\n".join([lines[0], "|".join(lines[1].split("|")[:44])]))
    assert told(found) == [(1, "corrected", "short_row", "best_improved_shares")]
    assert (found.remarks[0]["stated"], found.remarks[0]["became"]) == ("44", "55")


def test_a_rejected_row_has_one_reason(tmp_path: Path) -> None:
    """Whatever else is wrong with it: one row, one rejection, and no correction."""
    found = batch(tmp_path, summary({"DsgntParticipant": "S", "AvgOrderQty": "x", "AvgEFQPct": "80", "OrderSize": "7"}))
    assert [item["kind"] for item in found.remarks] == ["rejected"]
    assert found.rows.height == 0
