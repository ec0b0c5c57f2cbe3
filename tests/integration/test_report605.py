"""The 605 report in any order of rows, by the command, with the firm's readings; its figures are those of TCA."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import routeproof as rp
from report605_flow import FIRST, LAST, Done, call, file_of, frames_of, source_of, sums_of
from routeproof.app.disclosure.report605_sums import Month605, Sums605
from routeproof.app.disclosure.report_605 import asked_605, flow_of_folder, report_605
from routeproof.app.measuring.day_walk import day_tables, long_lived_of
from routeproof.app.shipped_rules import shipped_rules
from routeproof.metrics.rule605.figures import Figures
from routeproof.metrics.rule605.judged import Reporter, judged
from routeproof.policy.changes import Change, with_change
from routeproof.policy.report605 import report605_policy
from routeproof.reports.rule605.files import added_up
from routeproof.stores.shipped_policy import load_report605_policy, shipped_subjects
from routeproof.tables.measured.version_day import Readings, measure_version_day

FIRST_OF_AUGUST = date(2026, 8, 1)


def test_the_order_of_rows_changes_nothing() -> None:
    """Every table shuffled, the same bytes."""
    frames = frames_of(5)
    shuffled = {
        name: content.sample(fraction=1.0, shuffle=True, seed=7) if name in {"parent_orders", "executions"} else content
        for name, content in frames.items()
    }
    assert file_of(sums_of(source_of(shuffled))) == file_of(sums_of(source_of(frames)))


@pytest.mark.parametrize("seed", [3, 8])
def test_covered_and_left_out_are_all_versions(seed: int) -> None:
    """Each version has one reason or is covered; each fill is of a version, of another month, or names no order."""
    frames = frames_of(seed)
    sums = sums_of(source_of(frames))
    opened = frames["order_versions"].filter(pl.col("event").is_in(["new", "replace"]))
    assert sum(item["versions"] for item in sums.reasons.values()) == opened.height
    assert sum(item["orders"] for item in sums.reasons.values()) == frames["parent_orders"].height
    standing = frames["executions"].filter(pl.col("status") != "busted")
    assert sums.fills_seen == standing.height
    assert sum(item["fills"] for item in sums.reasons.values()) + sums.stray_fills + sums.other_fills == sums.fills_seen


FIGURES = (
    "quoted_spread_usd_per_share", "effective_spread_usd_per_share", "effective_spread_bps", "e_over_q",
    "improved_usd_per_share", "outside_usd_per_share", "time_to_execution_ms_avg",
    *(f"realized_spread_usd_per_share_{horizon}" for horizon in ("50ms", "1s", "15s", "60s", "300s")),
)  # fmt: skip
SHARES = ("improved_shares", "at_quote_shares", "outside_shares")
CODES = {
    "market": ("MXXNN",),
    "market_ioc": ("MXXNN",),
    "marketable_limit": ("LYNNN",),
    "marketable_limit_ioc": ("LYNYN",),
    "midpoint_or_better": ("LNYNN",),
    "midpoint_or_better_ioc": ("LNYYN",),
    "non_marketable": ("LNNNN", "LNNYN"),
    "stop": ("MXXNY", "LYNNY", "LNNNY"),
}
"""Class of TCA -> codes of 605; market orders have one code whatever their time in force."""


@pytest.mark.parametrize("seed", [pytest.param(3, marks=pytest.mark.night), 8])
def test_605_and_tca_agree(seed: int) -> None:
    """For each order type both describe, all spreads, shares and times of the covered orders are TCA's own.

    The population is the same: orders of one version that 605 covers. TCA leaves crossed references out, so none is in.
    """
    frames = plain_flow(frames_of(seed, orders=500))
    sums = sums_of(source_of(frames))
    assert set(sums.reasons) == {""}
    tca = rp.measure(
        frames["executions"], frames["quotes"], frames["parent_orders"], by=("order_class",),
        metrics=(*FIGURES, *SHARES), order_versions=frames["order_versions"], locked="include",
        after_close="final_quote",
    )  # fmt: skip
    assert {"market", "marketable_limit", "midpoint_or_better"} <= set(tca["order_class"])
    for row in tca.iter_rows(named=True):
        figures = of_codes(sums, CODES[row["order_class"]])
        for name in FIGURES:
            (text,) = figures.mean(name)
            assert (text == "") == (row[name] is None), (row["order_class"], name)
            assert text == "" or float(text) == pytest.approx(row[name], abs=5.1e-7), (row["order_class"], name)
        for name in SHARES:
            assert float(figures.total(name)[0]) == pytest.approx(row[name], abs=5.1e-7), (row["order_class"], name)


def of_codes(sums: Sums605, codes: tuple[str, ...]) -> Figures:
    """The figures of all rows of some order types."""
    chosen = sums.rows.filter(pl.col("order_type").is_in(codes))
    return Figures(added_up(chosen.with_columns(pl.lit(1).alias("all")), ("all",)), sums.metrics)


def plain_flow(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Undirected orders of one version and one day, of regular hours, covered by 605, without a crossed reference.

    Nor did any wait to become executable: there TCA looks at the quote before, 605 at the one that ended the wait.
    """
    orders = frames["parent_orders"].filter(~pl.col("directed"))
    several = frames["order_versions"].filter((pl.col("version") > 1) | (pl.col("time_in_force") == "gtc"))
    orders = orders.join(several, on="order_id", how="anti")
    some = of_orders(frames, orders["order_id"].to_list())
    source, reporting = source_of(some), load_report605_policy().on(FIRST)
    month = Month605(days=(FIRST, LAST), reporting=reporting, reporter=Reporter(code="F"), rules=shipped_rules())
    kept: list[str] = []
    for day in source.days():
        tables = day_tables(source, day, long_lived_of(source))
        readings = Readings(crossed=False, event_quote=True, off_exchange=())
        done, _ = measure_version_day(tables, source.book(day, None), month.rules, month.switches(), readings)
        found = judged(done, month.days, reporting, month.reporter)
        crossed = found.fills.filter(pl.col("mid2").is_null())
        waited = pl.col("clock_start_at") > pl.col("clock_at")
        inside = found.versions.filter(pl.col("session") == "regular", pl.col("order_class") != "market_ioc", ~waited)
        kept += inside.join(crossed, on="order_id", how="anti")["order_id"].to_list()
    return of_orders(frames, kept)


def of_orders(frames: dict[str, pl.DataFrame], order_ids: list[str]) -> dict[str, pl.DataFrame]:
    """The flow of some orders."""
    flow = ("parent_orders", "order_versions", "routes", "executions")
    chosen = pl.col("order_id").is_in(order_ids)
    return {name: content.filter(chosen) if name in flow else content for name, content in frames.items()}


# -- the command -------------------------------------------------------------------------------------------------------

ORDERS = """order_id,symbol,side,received_at,quantity,order_type
o1,A,buy,2026-08-03T10:00:00-04:00,100,market
o2,A,sell,2026-08-03T14:00:00Z,200,market
"""
QUOTES = """symbol,at,bid,ask,bid_size,ask_size
A,2026-08-03T09:35:00-04:00,10.00,10.04,200,80
"""
EXECUTIONS = """execution_id,order_id,symbol,side,executed_at,price,quantity,venue
e1,o1,A,buy,2026-08-03T14:00:00.05+00:00,10.03,100,XNAS
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three files."""
    (tmp_path / "in").mkdir()
    for name, text in (("parent_orders", ORDERS), ("quotes", QUOTES), ("executions", EXECUTIONS)):
        (tmp_path / "in" / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path / "in"


def report(kind: str, folder: Path, *more: str) -> Done:
    """The command on a folder."""
    given = ["--reporter", "FIRM", "--participant", "T", "--month", "2026-08", "--orders", str(folder)]
    return call("report", "605", kind, *given, "--out", str(folder.parent / "out"), "--json", *more)


def test_the_surface_is_what_was_agreed(folder: Path) -> None:
    """File names, keys and counts; the same twice; a zip that holds the file, the same twice."""
    first, again = (json.loads(report("detailed", folder, "--zip").stdout) for _ in range(2))
    assert first == again
    assert set(first) == {"files", "orders_in", "covered", "excluded"}
    assert (first["orders_in"], first["covered"], first["excluded"]) == (2, 2, {})
    assert [set(file) for file in first["files"]] == [{"path", "sha256", "rows"}] * 2
    plain, packed = (file["path"] for file in first["files"])
    assert plain.endswith("/out/FIRM202608.txt")
    with zipfile.ZipFile(packed) as held:
        assert held.read("FIRM202608.txt") == Path(plain).read_bytes()
    summary = json.loads(report("summary", folder).stdout)
    assert summary["files"][0]["path"].endswith("/out/FIRM202608.csv")


def test_a_zero_share_order_and_the_order_of_lines_change_nothing(folder: Path) -> None:
    """The same answer, hash included."""
    before = json.loads(report("detailed", folder).stdout)
    head, *lines = ORDERS.splitlines()
    more = [head, "o0,A,buy,2026-08-03T10:00:00-04:00,0,market", *reversed(lines)]
    (folder / "parent_orders.csv").write_text("\n".join(more) + "\n", "utf-8")
    assert json.loads(report("detailed", folder).stdout) == before


def test_the_report_for_people_is_the_same_twice(folder: Path, tmp_path: Path) -> None:
    """HTML and PDF are reproducible, name every unconfirmed reading and reconcile."""
    made = report_605(asked_605("detailed", "FIRM", "T", "2026-08", tmp_path / "out"), flow_of_folder(folder))
    paths = [tmp_path / name for name in ("1.html", "2.html", "1.pdf", "2.pdf")]
    for html, pdf in (paths[::2], paths[1::2]):
        assert report("detailed", folder, "--html", str(html), "--pdf", str(pdf)).returncode == 0
    contents = [path.read_bytes() for path in paths]
    assert contents[0] == contents[1]
    assert contents[2] == contents[3]
    text = contents[0].decode()
    for subject in made.reporting.unconfirmed:
        assert subject.replace("_", " ") in text
    assert "Reconciliation" in text
    assert "✗ NO" not in text


@pytest.mark.parametrize(
    ("more", "where"),
    [(["--month", "2026-13"], "--month"), (["--reporter", "firm"], "--reporter"), (["--participant", "TT"], "--part")],
)
def test_what_is_no_code_or_month_is_a_usage_error(folder: Path, more: list[str], where: str) -> None:
    """Exit 2, naming the option."""
    done = report("detailed", folder, *more)
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"]["where"].startswith(where)


def test_a_missing_file_and_a_bad_row_are_told(folder: Path) -> None:
    """A folder without quotes is a usage error; a row that cannot be read is named by file and row."""
    (folder / "executions.csv").write_text(EXECUTIONS.replace("10.03", "ten"), "utf-8")
    done = report("detailed", folder)
    assert done.returncode == 3
    assert "executions.csv" in done.stderr
    (folder / "quotes.csv").unlink()
    done = report("detailed", folder)
    assert done.returncode == 2
    assert "quotes.csv" in done.stderr


def test_a_line_written_twice_counts_once_and_a_name_used_twice_is_told(folder: Path) -> None:
    """Repeated lines change nothing; two orders, or two fills, of one name would count one another's shares."""
    before = json.loads(report("detailed", folder).stdout)
    for name, text in (("parent_orders", ORDERS), ("executions", EXECUTIONS)):
        (folder / f"{name}.csv").write_text(text + text.splitlines()[1] + "\n", "utf-8")
    assert json.loads(report("detailed", folder).stdout) == before
    (folder / "parent_orders.csv").write_text(ORDERS.replace("o2,A", "o1,A"), "utf-8")
    done = report("detailed", folder)
    assert done.returncode == 3
    assert json.loads(done.stderr)["error"]["where"] == "parent_orders.csv, row 3"


def test_more_shares_executed_than_ordered_are_told(folder: Path) -> None:
    """The fills stay in the report as they are; people read that they need a look."""
    (folder / "executions.csv").write_text(EXECUTIONS.replace("10.03,100", "10.03,150"), "utf-8")
    made = report_605(asked_605("detailed", "FIRM", "T", "2026-08", folder / "out"), flow_of_folder(folder))
    assert any("more shares executed" in note for note in made.notes)


def test_what_is_doubtful_about_a_report_is_noted(folder: Path) -> None:
    """A participant that is none in the month, an index nobody spoke of, and quotes of odd lots that are not there."""
    made = report_605(asked_605("detailed", "FIRM", "W", "2026-12", folder / "out"), flow_of_folder(folder))
    assert any(note.startswith("W is no designated participant") for note in made.notes)
    assert any("fields 45 to 49 are empty" in note for note in made.notes)
    made = report_605(asked_605("summary", "FIRM", "T", "2026-08", folder / "out"), flow_of_folder(folder))
    assert "Index membership is unknown for A: reported as N." in made.notes


def test_the_firms_readings_make_the_report_and_are_said(folder: Path) -> None:
    """The lot flag is the firm's word from August on; the report says since when, and by whose decision."""
    change = Change(
        key="rule605.lot_flags.round", value="RND", effective_from=date(2026, 8, 1), citation="Firm policy P1"
    )
    readings = report605_policy(with_change(shipped_subjects(), change)["rule605"])
    asked = asked_605("detailed", "FIRM", "T", "2026-08", folder.parent / "own")
    shipped, own = (report_605(asked, replace(flow_of_folder(folder), **more)) for more in ({}, {"readings": readings}))
    assert {row[4] for row in shipped.file.rows} == {"ROUND"}
    assert {row[4] for row in own.file.rows} == {"RND"}
    assert [line for line in own.notes if "lot_flags" in line and "since 2026-08-01: Firm policy P1." in line]
    assert not any("Firm policy" in line for line in shipped.notes)


def test_an_exemption_of_inactive_securities_that_the_firm_uses(folder: Path) -> None:
    """One print a day in July is one a day at most, two are not; of a new security July says nothing.

    July 2026 has 22 trading days. Without the tape of one of them nothing is known, and nothing left out.
    """
    rows = "".join(f"o-{name},{name},buy,2026-08-03T10:00:00-04:00,100,market\n" for name in "ABC")
    (folder / "parent_orders.csv").write_text(ORDERS.partition("\n")[0] + "\n" + rows, "utf-8")
    (folder / "executions.csv").unlink()
    (folder / "instruments.csv").write_text("symbol,valid_from\nA,2026-01-02\nB,2026-01-02\nC,2026-07-15\n", "utf-8")
    july = [
        day for day in (date(2026, 7, 1) + timedelta(days=n) for n in range(31)) if day.weekday() < 5 and day.day != 3
    ]
    assert len(july) == 22
    prints = [
        f"{symbol},{day}T15:00:0{n}Z,10,100,XNAS\n" for day in july for symbol, n in (("A", 0), ("B", 1), ("B", 2))
    ]
    rule = {"enabled": True, "trades_per_day": 1, "months": 1}
    change = Change(
        key="rule605.inactive_security", value=rule, effective_from=FIRST_OF_AUGUST, citation="Firm policy P2"
    )
    readings = report605_policy(with_change(shipped_subjects(), change)["rule605"])
    asked = asked_605("detailed", "FIRM", "T", "2026-08", folder.parent / "own")
    made = []
    for kept in (prints, prints[3:]):
        (folder / "trades.csv").write_text("symbol,at,price,quantity,venue\n" + "".join(kept), "utf-8")
        made.append(report_605(asked, replace(flow_of_folder(folder), readings=readings)))
    assert made[0].excluded == {"inactive_security": 1, "no_nbbo": 2}
    assert "1 of 2 securities are inactive: orders in them are left out." in made[0].notes
    assert made[1].excluded == {"no_nbbo": 2}
    assert "The tape of 2026-07-01 is not there: no security is taken as inactive." in made[1].notes
