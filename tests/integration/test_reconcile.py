"""A provider's report against the record, on a day small enough to work by hand.

The quote is 10.00 to 10.04 all day. Each of two providers buys six hundred shares: order 1 at 10.03, 2 at 10.04, 3 at
10.05, 4 at 10.02 (100 each) and 5 at 10.06 (200). Effective spreads are 2, 4, 6, 0 and 8 cents, the quoted spread 4.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from governance_desk import new_desk
from program import call
from routeproof.app.context import open_context
from routeproof.app.facts.day_facts import Tellers, day_facts
from routeproof.app.facts.vendor_facts import vendor_of_lake
from routeproof.app.facts.vendor_word import vendor_word
from routeproof.app.intake.ingest import ingest
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.reconcile.one_day import differences_of_day
from routeproof.app.reconcile.reconcile import compared_with, reconcile
from routeproof.app.review.quarter import measure_quarter
from routeproof.app.shipped_rules import rules_of
from routeproof.rules.catalog import vendor_record_differs, vendor_statistic_differs, vendor_times_backfilled
from routeproof.rules.facts import Facts
from routeproof.rules.judge import judge
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.policy.reconcile import ReconcilePolicy

NOBODY = Tellers({}, {})
ISO = '[time.{0}]\nunit = "iso"\n'
MAPS = {
    "quotes": 'table = "quotes"\n[constants]\nkind = "nbbo"\n' + ISO.format("at"),
    "parent_orders": 'table = "parent_orders"\n' + ISO.format("received_at"),
    "executions": 'table = "executions"\n' + ISO.format("executed_at") + ISO.format("reported_at"),
    "vendor_orders": 'table = "vendor_orders"\n' + ISO.format("received_at"),
    "vendor_executions": 'table = "vendor_executions"\n' + ISO.format("executed_at"),
    "vendor_statistics": 'table = "vendor_statistics"\n',
}
PRICES = {1: "10.03", 2: "10.04", 3: "10.05", 4: "10.02", 5: "10.06"}
SHARES = {1: 100, 2: 100, 3: 100, 4: 100, 5: 200}


def at(second: float) -> str:
    """An instant after ten in New York on 1 July."""
    return f"2026-07-01T14:00:{second:06.3f}Z"


OURS = {
    "quotes": "symbol,at,bid,ask,bid_size,ask_size\nAB,2026-07-01T13:30:00Z,10.00,10.04,500,500\n",
    "parent_orders": "provider_id,order_id,symbol,side,received_at,quantity,order_type\n"
    + "".join(f"{p},{p}{n},AB,buy,{at(n)},{SHARES[n]},market\n" for p in "PH" for n in PRICES),
    "executions": "execution_id,order_id,symbol,side,executed_at,reported_at,price,quantity,venue\n"
    + "".join(
        f"{p}e{n},{p}{n},AB,buy,{at(n + 0.5)},{at(n + 0.6)},{PRICES[n]},{SHARES[n]},XNAS\n"
        for p in "PH"
        for n in PRICES
    ),
}
# P: order 1 without a name, 200 ms off; 2 dearer; 3 and 5 left out; P9 invented; fill 1 without a name; 2 dearer; 4 is
# 80 ms late and on another venue. H tells the record as it is.
REPORTS = {
    "vendor_orders": "provider_id,order_id,symbol,side,received_at,quantity,filled_quantity,average_price\n"
    f"P,,AB,buy,{at(1.2)},100,100,10.03\nP,P2,AB,buy,{at(2)},100,100,10.05\nP,P4,AB,buy,{at(4)},100,100,10.02\n"
    f"P,P9,AB,buy,{at(9)},300,300,10.00\n"
    + "".join(f"H,H{n},AB,B,{at(n)},{SHARES[n]},{SHARES[n]},{PRICES[n]}\n" for n in PRICES),
    "vendor_executions": "provider_id,execution_id,symbol,side,executed_at,price,quantity,venue\n"
    f"P,,AB,buy,{at(1.5)},10.03,100,XNAS\nP,Pe2,AB,buy,{at(2.5)},10.05,100,XNAS\n"
    f"P,Pe4,AB,buy,{at(4.58)},10.02,100,XNYS\n"
    + "".join(f"H,He{n},AB,B,{at(n + 0.5)},{PRICES[n]},{SHARES[n]},XNAS\n" for n in PRICES),
}
FIGURES = [
    ("P", "2026Q3", "spread_capture", "50", "percent", "benchmark=receipt", ""),
    ("P", "2026-07", "price_improvement_usd_per_share", "-0.33", "cents", "execution", "order_class=market"),
    ("P", "2026Q3", "alpha", "7", "", "", ""),
    ("P", "2026Q3", "e_over_q", "0.5", "", "benchmark=vwap", ""),
    ("P", "2026Q2", "e_over_q", "0.1", "", "", ""),
    ("H", "", "e_over_q", "1.166667", "", "benchmark=receipt", ""),
]


def taken_in(context: Context, folder: Path, tables: dict[str, str]) -> None:
    """Take tables in as CSV."""
    for table, text in tables.items():
        (folder / f"{table}.toml").write_text(MAPS[table], "utf-8")
        (folder / f"{table}.csv").write_text(text, "utf-8")
        report = ingest(context, "csv", [folder / f"{table}.csv"], map_path=folder / f"{table}.toml")
        assert report.is_taken, report


@pytest.fixture(scope="module")
def lied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the record and two reports; figures come as a workbook."""
    folder = tmp_path_factory.mktemp("lied")
    names = ("provider_id", "period", "metric", "stated", "unit", "definition", "population")
    pl.DataFrame(FIGURES, schema=dict.fromkeys(names, pl.String), orient="row").write_excel(folder / "figures.xlsx")
    (folder / "figures.toml").write_text(MAPS["vendor_statistics"], "utf-8")
    with new_desk(folder / "workspace").context() as context:
        taken_in(context, folder, OURS)
        before = context.lake.manifest().id
        taken_in(context, folder, REPORTS)
        figures = folder / "figures.toml"
        report = ingest(context, "xlsx", [folder / "figures.xlsx"], map_path=figures)
        assert (report.accepted, report.rejected) == (6, {})
        assert context.lake.manifest().id == before  # what others claim changes no figure
    return folder


@pytest.fixture(scope="module")
def told(lied: Path) -> dict[str, Any]:
    """What the command says of it: exit 1 and one JSON document; every difference in a file."""
    done = call(
        *("reconcile", "--provider", "P", "--period", "2026Q3", "--json"),
        *("--out", str(lied / "differences.csv"), "--workspace", str(lied / "workspace")),
    )
    assert done.returncode == 1, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_orders_and_fills_are_counted_on_both_sides(told: dict[str, Any]) -> None:
    """1 by its terms, 2 and 4 by name; 3 and 5 are left out, 9 is unknown; so with the fills."""
    assert (told["matched"], told["missing_at_provider"], told["missing_here"]) == (3, 2, 1)
    assert told["orders"]["methods"] == {"order_id": 2, "terms": 1}
    assert told["executions"] == {
        "matched": 3,
        "missing_at_provider": 2,
        "missing_here": 0,
        "set_aside": 0,
        "methods": {"execution_id": 2, "terms": 1},
    }


def test_differences_are_counted_by_field_with_their_tolerance(told: dict[str, Any]) -> None:
    """1 received 200 ms apart, 2 a cent dearer, its fill too; fill 4 80 ms apart where 50 agree, and not on XNAS."""
    assert [(row["of"], row["field"], row["n"], row["tolerance"]) for row in told["differing"]] == [
        ("order", "received_at", 1, 50.0),
        ("order", "average_price", 1, 0.0001),
        ("execution", "price", 1, 0.0001),
        ("execution", "executed_at", 1, 50.0),
        ("execution", "venue", 1, 0.0),
    ]


def test_stated_figures_are_recomputed_by_their_definition(told: dict[str, Any]) -> None:
    """E/Q is 28 / 24 dollars over all six hundred shares, improvement -2 / 600; a figure of June is not asked for."""
    by_name = {(row["metric"], row["definition"]): row for row in told["statistics"]}
    assert len(by_name) == 4
    capture = by_name["spread_capture", "benchmark=receipt"]
    assert (capture["stated"], capture["recomputed"], capture["n"]) == (0.5, pytest.approx(1 - 28 / 24), 5)
    assert capture["differs"] is True
    assert (capture["lower"], capture["upper"]) == (None, None)
    assert "effective days" in capture["reason"]
    improvement = by_name["price_improvement_usd_per_share", "execution"]
    assert (improvement["stated"], improvement["recomputed"]) == (-0.0033, pytest.approx(-2 / 600))
    assert improvement["differs"] is False
    for unknown in (("alpha", ""), ("e_over_q", "benchmark=vwap")):
        assert by_name[unknown]["recomputed"] is None
        assert by_name[unknown]["reason"]


def test_what_is_left_out_lies_outside_the_quote_which_chance_brings_once_in_ten(told: dict[str, Any]) -> None:
    """Two of five orders are outside, and both are left out: one of ten pairs. 3 costs 3 cents of 10.02, 5 costs 4."""
    missing = told["missing"]
    assert missing["missing"] == {"inside": 0, "at": 0, "outside": 2, "no_quote": 0}
    assert missing["reported"] == {"inside": 2, "at": 1, "outside": 0, "no_quote": 0}
    assert missing["outside_p"] == pytest.approx(0.1)
    assert missing["cost_p"] == pytest.approx(0.1, abs=0.04)
    assert missing["missing_cost_bps"] == pytest.approx((3 + 4) / 2 / 1002 * 10_000)
    assert missing["reported_cost_bps"] == pytest.approx((1 + 2 + 0) / 3 / 1002 * 10_000)


def test_clocks_of_the_files_are_held_against_the_record(told: dict[str, Any]) -> None:
    """Receipts are 200, 0, 0 ms apart, fills 0, 0, 80.

    P got no order before the firm did: at most 0 ahead. Fill 4 is stated 20 ms before the firm was told: at least -20.
    """
    clocks = told["clock_offset_ms"]
    assert [clocks["vendor_orders"][name] for name in ("lower", "estimate", "upper")] == [0, 0, 200]
    assert [clocks["vendor_executions"][name] for name in ("lower", "estimate", "upper")] == [0, 0, 80]
    assert [clocks["P"][name] for name in ("lower", "estimate", "upper", "against")] == [-20, -10, 0, "the firm"]


def test_the_headline_says_it_in_one_sentence(told: dict[str, Any]) -> None:
    """The figure first, then what is left out."""
    assert told["headline"] == (
        "Provider P states spread capture 50.0% (E/Q 50.0%); recomputed -16.7%; 2 orders, mostly outside the quote "
        "(p = 0.2, no sign of selection), absent from its file in whole or part; 1 order of its file unknown to us; "
        "differing: received_at of 1 order, average_price of 1 order, price of 1 execution and 2 more fields."
    )


def test_every_difference_is_in_the_file(told: dict[str, Any], lied: Path) -> None:
    """Two orders and two fills missing there, one order missing here, five values that differ, with both values."""
    rows = pl.read_csv(lied / "differences.csv")
    counts = dict(rows["what"].value_counts().iter_rows())
    assert counts == {"missing_at_provider": 4, "missing_here": 1, "differs": 5}
    dearer = rows.filter(field="price").select("our_id", "ours", "theirs").row(0)
    assert dearer == ("Pe2", "10.04", "10.05")
    assert told["days_without_report"] == []


def test_a_report_that_agrees_reconciles_to_nothing(lied: Path) -> None:
    """H told the same record as it was."""
    with open_context(lied / "workspace") as context:
        found = reconcile(context.lake, context.records, "H", "2026Q3")
    assert found.agrees
    assert (found.plain["matched"], found.plain["differing"], found.differences.height) == (5, [], 0)
    assert [row["differs"] for row in found.plain["statistics"]] == [False]
    assert found.plain["headline"] == (
        "Provider H states E/Q 116.7%; recomputed 116.7%; 5 orders and 5 fills match, nothing is missing on either "
        "side, nothing differs beyond tolerance."
    )


@pytest.mark.parametrize("provider", ["P", "H"])
def test_days_that_a_pack_measures_give_the_comparison_that_the_command_gives(lied: Path, provider: str) -> None:
    """Both providers' days, under a pack's own switches too, with fills of the other left out."""
    with open_context(lied / "workspace") as context:
        beside = compared_with(context.lake, context.records, provider, "2026Q3")
        own = Switches(benchmark="venue")
        measure_quarter(beside.source, beside.days, beside.rules, own, shifts_ns=(50_000_000,), beside=beside)
        alone = reconcile(context.lake, context.records, provider, "2026Q3")
        assert beside.finished().plain == alone.plain
        assert beside.finished().differences.equals(alone.differences)


def test_who_reported_nothing_is_an_error_that_says_what_to_do(lied: Path) -> None:
    """An unknown provider, and a quarter without rows."""
    with open_context(lied / "workspace") as context:
        for provider, period in (("X", "2026Q3"), ("P", "2025Q3")):
            with pytest.raises(UsageError, match="reports there are of 2026-07-01 to 2026-07-01") as raised:
                reconcile(context.lake, context.records, provider, period)
            assert "routeproof ingest csv" in raised.value.message


def test_the_rules_read_the_same_orders(lied: Path) -> None:
    """Shares that P reports of each order: 3 and 5 are left out; H reports all."""
    with open_context(lied / "workspace") as context:
        parents = context.lake.read("parent_orders").with_columns(pl.col("provider_id").alias("provider"))
        (day,) = context.lake.days("parent_orders")
        facts = vendor_of_lake(context.lake, {"parents": parents}, day, context.lake.manifest().id)
    assert facts is not None
    told = facts.filter("known").sort("order_id").select("order_id", "vendor_filled").rows()
    assert told[:5] == [(f"H{n}", SHARES[n] * 10**9) for n in PRICES]
    assert told[5:] == [("P1", None), ("P2", 100 * 10**9), ("P3", None), ("P4", 100 * 10**9), ("P5", None)]


def test_what_reconciling_shows_reaches_the_findings_of_the_day(lied: Path) -> None:
    """Those of P alone; what other rules judge is left to them: 3 and 5 left out, 2 dearer.

    With a later day without a report nothing more is said: the day of the report is judged by its own names.
    """
    day = date(2026, 7, 1)
    with open_context(lied / "workspace") as context:
        held = context.lake.manifest().id
        policy = policy_in_force(context.records)
        fills = day_facts(LakeSource(context.lake, held), day, rules_of(context.lake, held, policy.whole), NOBODY)
        members, absent = vendor_word(context, policy, day, held, fills)
        at_end, _ = vendor_word(context, policy, day, held, {**fills, "next_days": (date(2026, 10, 1),)})
    assert absent.keys() == {"vendor_claims", "vendor_times"}
    facts = Facts(day=day, close_at=fills["close_at"], **{**members, **at_end})
    rules = [vendor_record_differs.RULE, vendor_statistic_differs.RULE, vendor_times_backfilled.RULE]
    found = judge(rules, facts, policy.whole.monitoring.limits_on(day)).findings
    assert found["provider"].unique().to_list() == ["P"]
    records = found.filter(rule="vendor_record_differs").sort("key").select("key", "order_id", "execution_ids").rows()
    assert records == [
        ("differs execution executed_at", "P4", ["Pe4"]),
        ("differs execution price", "P2", ["Pe2"]),
        ("differs execution venue", "P4", ["Pe4"]),
        ("differs order received_at", "P1", []),
        ("missing_at_provider execution", "P3", ["Pe3"]),
        ("missing_at_provider execution", "P5", ["Pe5"]),
        ("missing_here order P9", None, []),
    ]
    (figure,) = found.filter(rule="vendor_statistic_differs").iter_rows(named=True)
    assert figure["key"] == "2026Q3|spread_capture|benchmark=receipt|"
    assert figure["observed"] == pytest.approx(0.5 - (1 - 28 / 24))
    assert figure["source_row"].endswith(":2")
    assert found.filter(rule="vendor_times_backfilled").is_empty()


def test_what_another_day_knows_is_left_to_the_quarter(lied: Path, tmp_path: Path) -> None:
    """P9 of another symbol on a later day excuses nothing; of AB it does, and so do P3's fill and order told there."""
    folder = tmp_path / "copy"
    shutil.copytree(lied / "workspace", folder)
    later = "2026-07-02T14:00:00.000Z"
    head = "provider_id,order_id,symbol,side,received_at,quantity,order_type\n"
    told = "provider_id,execution_id,symbol,side,executed_at,price,quantity,venue\n"
    day = date(2026, 7, 1)
    with open_context(folder) as context:
        policy = policy_in_force(context.records).whole.reconcile.on_or_first(day).value
        taken_in(context, tmp_path, {"parent_orders": f"{head}P,P9,XY,buy,{later},300,market\n"})
        assert keys(context, day, policy) == {"P9", "Pe3", "Pe5", "P3", "P5"}
        more = f"{head}P,P9,AB,buy,{later},300,market\n"
        taken_in(context, tmp_path, {"parent_orders": more.replace(later, "2026-07-03T14:00:00Z")})
        taken_in(context, tmp_path, {"vendor_executions": f"{told}P,Pe3,AB,buy,{later},10.05,100,XNAS\n"})
        assert keys(context, day, policy) == {"Pe5", "P3", "P5"}


def keys(context: Context, day: date, policy: ReconcilePolicy) -> set[str]:
    """Identities of what only one side has, by the lake alone."""
    rows = differences_of_day(
        context.lake, context.records, day, context.lake.manifest().id, measured(context, day), policy
    )
    assert rows is not None
    lone = rows.filter(pl.col("what").str.starts_with("missing"))
    return {row["our_id"] or row["their_id"] for row in lone.iter_rows(named=True)}


def measured(context: Context, day: date) -> pl.DataFrame:
    """The day's fills."""
    held = context.lake.manifest().id
    whole = policy_in_force(context.records).whole
    fills: pl.DataFrame = day_facts(LakeSource(context.lake, held), day, rules_of(context.lake, held, whole), NOBODY)[
        "fills"
    ]
    return fills
