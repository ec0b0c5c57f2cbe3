"""The 605 report from a workspace: the same as from memory, in pieces, in any order; its figures are those of TCA."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import routeproof as rp
from oracle.random_flow import DAYS, FIXED, Dice, frame, random_flow, random_market
from routeproof.app.context import open_context
from routeproof.app.disclosure.report605_sums import Month605, Sums605, month_sums
from routeproof.app.disclosure.report_605 import asked_605, flow_of_folder, flow_of_workspace, report_605
from routeproof.app.measuring.day_walk import day_tables, long_lived_of
from routeproof.app.measuring.frame_source import FrameSource
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.measure_frames import canonical_flow
from routeproof.app.shipped_rules import shipped_rules
from routeproof.cli.main import main
from routeproof.metrics.rule605.figures import Figures
from routeproof.metrics.rule605.judged import Reporter, judged
from routeproof.policy.changes import Change, with_change
from routeproof.policy.report605 import report605_policy
from routeproof.reports.rule605.files import Header605, added_up, detailed_file
from routeproof.stores.shipped_policy import load_report605_policy, shipped_subjects
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.measured.version_day import Readings, measure_version_day
from routeproof.tables.registry import TABLES
from routeproof.vocab.fixed import to_decimal

FIRST_OF_AUGUST = date(2026, 8, 1)
FIRST, LAST = DAYS[0].replace(day=1), DAYS[0].replace(day=30)
NAMES = {
    "quotes": "quotes",
    "trades": "trades",
    "parent_orders": "orders",
    "order_versions": "versions",
    "routes": "routes",
    "executions": "executions",
}


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def call(*arguments: str) -> Done:
    """The program, whatever comes of it; in this process, which has loaded everything."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def frames_of(seed: int, orders: int = 60) -> dict[str, pl.DataFrame]:
    """Random flow as frames, by canonical table."""
    dice = Dice(seed)
    market, flow = random_market(dice), random_flow(dice, orders)
    rows = flow | {"quotes": market.quotes, "trades": market.trades}
    return {table: frame(rows[name]) for table, name in NAMES.items()}


def source_of(frames: dict[str, pl.DataFrame]) -> FrameSource:
    """The frames as a source of days."""
    tables = canonical_flow(frames["executions"], frames["parent_orders"], frames["order_versions"])
    tables |= {name: coerce(frames[name], TABLES[name], where=name) for name in ("routes", "trades", "quotes")}
    return FrameSource(tables, tables["quotes"])


def sums_of(source: Any) -> Sums605:  # noqa: ANN401 - either source
    """The month's sums."""
    month = Month605(
        days=(FIRST, LAST),
        reporting=load_report605_policy().on(FIRST),
        reporter=Reporter(code="FIRM"),
        rules=shipped_rules(),
    )
    return month_sums(source, source.days(), month)


def file_of(sums: Sums605) -> bytes:
    """The detailed file of the sums."""
    header = Header605(participant="T", reporter="FIRM", month=f"{FIRST:%Y%m}")
    return detailed_file(header, sums.rows, sums.metrics, load_report605_policy().on(FIRST)).content


def write_csv(content: pl.DataFrame, path: Path) -> None:
    """The frame as a file would have it: decimals as text."""
    text = {
        name: [None if value is None else f"{to_decimal(value):f}" for value in content[name]]
        for name in content.columns
        if name in FIXED
    }
    content.with_columns(**{name: pl.Series(v, dtype=pl.String) for name, v in text.items()}).write_csv(path)


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, pl.DataFrame]]:
    """A workspace that took random flow in, each file in two halves, and the same frames."""
    frames = frames_of(17)
    return workspace_of(tmp_path_factory.mktemp("taken-in"), frames), frames


def workspace_of(folder: Path, frames: dict[str, pl.DataFrame]) -> Path:
    """A workspace that took the frames in, orders and fills in two halves."""
    assert call("init", str(folder / "ws")).returncode == 0
    for table, content in frames.items():
        instants = "".join(f'[time.{name}]\nunit = "ns"\n' for name in content.columns if name.endswith("at"))
        (folder / f"{table}.toml").write_text(f'table = "{table}"\n{instants}', "utf-8")
        half = content.height // 2 if table in {"parent_orders", "executions"} else 0
        for number, part in enumerate((content[half:], content[:half]) if half else (content,)):
            path = folder / f"{table}-{number}.csv"
            write_csv(part, path)
            done = call("ingest", "csv", str(path), "--map", str(folder / f"{table}.toml"), "-w", str(folder / "ws"))
            assert done.returncode == 0, done.stderr
    return folder / "ws"


def test_a_workspace_says_what_memory_says(taken_in: tuple[Path, dict[str, pl.DataFrame]]) -> None:
    """Files split in two and taken in, measured symbol by symbol or all at once, give the bytes of frames in memory."""
    workspace, frames = taken_in
    expected = sums_of(source_of(frames))
    assert expected.rows.height > 10
    assert set(expected.reasons) > {"", "not_held", "pegged"}
    with open_context(workspace) as context:
        manifest = context.lake.manifest().id
        for chunk_rows in (1, 1_000):
            found = sums_of(LakeSource(context.lake, manifest, chunk_rows=chunk_rows))
            assert_same(found, expected)


def assert_same(found: Sums605, expected: Sums605) -> None:
    """The same bytes, the same counts beside them."""
    assert file_of(found) == file_of(expected)
    assert (found.reasons, found.has_tape) == (expected.reasons, expected.has_tape)
    counts = [(sums.stray_fills, sums.other_fills, sums.fills_seen) for sums in (found, expected)]
    assert counts[0] == counts[1]


def test_what_links_two_symbols_is_not_cut(tmp_path: Path) -> None:
    """Fills that say another symbol than their order, as whole or cut days: the order has them all the same."""
    frames = frames_of(23, orders=12)
    orders = frames["parent_orders"]
    other = {symbol: next(name for name in orders["symbol"].unique().sort() if name != symbol)
             for symbol in orders["symbol"].unique()}  # fmt: skip
    fills = frames["executions"]
    moved = (pl.col("order_id").is_not_null()) & (pl.int_range(pl.len()) % 3 == 0)
    swapped = pl.when(moved).then(pl.col("symbol").replace(other)).otherwise("symbol")
    frames["executions"] = fills.with_columns(swapped.alias("symbol"))
    expected = sums_of(source_of(frames))
    with open_context(workspace_of(tmp_path, frames)) as context:
        assert_same(sums_of(LakeSource(context.lake, context.lake.manifest().id, chunk_rows=1)), expected)


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


@pytest.mark.parametrize("seed", [3, 8])
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


def test_the_page_ties_to_the_lake(taken_in: tuple[Path, dict[str, pl.DataFrame]], tmp_path: Path) -> None:
    """From a workspace, orders and the completeness statement are named and agree."""
    workspace, _ = taken_in
    given = ["--reporter", "FIRM", "--participant", "T", "--month", "2026-11", "--out", str(tmp_path)]
    done = call("report", "605", "detailed", *given, "--html", str(tmp_path / "r.html"), "-w", str(workspace))
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "r.html").read_text("utf-8")
    assert "Completeness of the lake" in text
    assert "✗ NO" not in text
    with open_context(workspace) as context:
        made = report_605(asked_605("summary", "FIRM", "T", "2026-11", tmp_path), flow_of_workspace(context))
    assert made.orders_in == made.covered + sum(made.excluded.values())


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
