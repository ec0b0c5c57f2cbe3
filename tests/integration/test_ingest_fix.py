"""FIX logs through the whole ingest: messages are kept, days are folded, maps can be mended."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import IngestReport, ingest
from routeproof.app.intake.quality import quality
from routeproof.app.measuring.measure import Question, measure
from routeproof.cli.quality import quality as quality_command
from routeproof.rules.catalog.sequence_gap import sequence_gaps

CASES = Path(__file__).resolve().parents[1] / "cases" / "fix"


def fix(*fields: str) -> str:
    """One FIX 4.4 message with its length and checksum."""
    body = "".join(f"{field}\x01" for field in fields)
    head = f"8=FIX.4.4\x019={len(body)}\x01"
    return f"{head}{body}10={sum((head + body).encode()) % 256:03d}\x01"


def order(day: str, number: int) -> list[str]:
    """A limit order of 100 shares and its fill at 10.01."""
    sent, filled = f"{day}-13:30:{number:02d}.000", f"{day}-13:30:{number:02d}.250"
    terms = [f"11=C{number}", "55=IBM", "54=1", "38=100"]
    return [
        fix("35=D", "49=FIRM", "56=SOR", f"34={number}", f"52={sent}", *terms, "40=2", "44=10.02", f"60={sent}"),
        fix("35=8", "49=SOR", "56=FIRM", f"34={number}", f"52={filled}", f"37=O{number}", f"17=E{number}", *terms,
            "150=F", "39=2", "32=100", "31=10.01", "151=0", "14=100", "6=10.01", f"60={filled}", "30=XNAS"),
    ]  # fmt: skip


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws")
    with open_context(tmp_path / "ws") as opened:
        yield opened


def take(context: Context, path: Path, messages: list[str], map_path: Path | None = None) -> IngestReport:
    """Write a log and take it in."""
    path.write_text("\n".join(messages) + "\n", encoding="utf-8", newline="")
    return ingest(context, "fix-log", [path], map_path=map_path)


def test_a_log_becomes_orders_and_executions(context: Context, tmp_path: Path) -> None:
    """Two orders, two fills."""
    report = take(context, tmp_path / "a.log", [*order("20260701", 1), *order("20260701", 2), "noise"])
    assert (report.received, report.accepted, report.noise) == (4, 4, 1)
    assert context.lake.read("parent_orders").height == 2
    assert (
        context.lake.read("executions").select("price", "quantity", "venue").rows()
        == [(10_010_000_000, 100_000_000_000, "XNAS")] * 2
    )


def test_overlapping_and_late_logs_end_in_the_same_lake(context: Context, tmp_path: Path) -> None:
    """Fills before their orders, in two deliveries that overlap, against one clean log."""
    messages = [*order("20260701", 1), *order("20260701", 2), *order("20260702", 1)]
    take(context, tmp_path / "late.log", [messages[3], messages[1], messages[5]])
    pieces = take(context, tmp_path / "rest.log", [messages[at] for at in (4, 0, 2, 1)])
    init_workspace(tmp_path / "clean")
    with open_context(tmp_path / "clean") as clean:
        assert take(clean, tmp_path / "clean.log", messages).manifest == pieces.manifest


def test_a_fill_told_a_day_later_for_an_order_nobody_knows_stays_whatever_comes_after(
    context: Context, tmp_path: Path
) -> None:
    """Its execution stands on the day before; that day's own log comes later, then a bust of the fill."""
    told = ["49=SOR", "56=FIRM", "37=O9", "11=C9", "55=IBM", "54=1", "38=50", "150=F", "39=2", "32=50", "31=10.03",
            "14=50", "151=0", "6=10.03", "60=20260701-19:00:00.000"]  # fmt: skip
    fill = fix("35=8", "34=1", "52=20260702-13:00:00.000", "17=E9", *told)
    bust = fix("35=8", "34=2", "52=20260702-13:05:00.000", "17=E10", "19=E9",
               *(field.replace("150=F", "150=H") for field in told))  # fmt: skip
    take(context, tmp_path / "late.log", [fill])
    both = take(context, tmp_path / "own.log", order("20260701", 1))
    assert context.lake.read("executions").get_column("price").sort().to_list() == [10_010_000_000, 10_030_000_000]
    busted = take(context, tmp_path / "bust.log", [bust])
    for name, messages, report in (("one", [], both), ("two", [bust], busted)):
        init_workspace(tmp_path / name)
        with open_context(tmp_path / name) as clean:
            assert (
                take(clean, tmp_path / f"{name}.log", [*order("20260701", 1), fill, *messages]).manifest
                == report.manifest
            )


def test_a_map_that_comes_later_speaks_for_what_is_there(context: Context, tmp_path: Path) -> None:
    """Parties declared after the first ingest: the days are folded again under the map."""
    first = take(context, tmp_path / "a.log", order("20260701", 1))
    parties = tmp_path / "map.toml"
    parties.write_text('[parties]\nfirm = ["SOR"]\nprovider = ["FIRM"]\n', encoding="utf-8")
    again = take(context, tmp_path / "a.log", order("20260701", 1), parties)
    assert again.accepted == 2
    assert again.manifest != first.manifest


def test_what_no_order_is_made_from_is_excluded_by_reason(context: Context, tmp_path: Path) -> None:
    """Accepted messages are analysed or excluded: a package and its fill, a list, a cross, a heartbeat."""
    package = ["35=AB", "49=F", "56=S", "34=1", "52=20260105-15:00:00", "11=M1", "54=1", "38=10", "40=1"]
    fill = [
        "35=8",
        "49=S",
        "56=F",
        "34=1",
        "52=20260105-15:00:01",
        "11=M1",
        "37=O",
        "17=M",
        "150=F",
        "39=2",
        "32=1",
        "31=2",
    ]
    listed = ["35=E", "49=F", "56=S", "34=2", "52=20260105-15:00:02", "66=L1", "11=L1", "55=IBM"]
    cross = ["35=D", "49=F", "56=S", "34=3", "52=20260105-15:00:03", "11=X1", "55=IBM", "54=8", "38=10", "40=1"]
    beat = ["35=0", "49=F", "56=S", "34=4", "52=20260105-15:00:04"]
    take(
        context,
        tmp_path / "odd.log",
        [*order("20260105", 1), *(fix(*one) for one in (package, fill, listed, cross, beat))],
    )
    (row,) = quality(context)["days"]
    assert row["excluded"] == {"multi_leg": 2, "order_list": 1, "unknown_side": 1, "not_order_flow": 1}
    assert (row["accepted"], row["analysed"]) == (len(order("20260105", 1)) + 5, len(order("20260105", 1)))


def test_what_the_fold_cannot_place_is_counted_by_day_and_source(context: Context, tmp_path: Path) -> None:
    """A bust of a fill nobody saw, and a last CumQty of 100 where two fills make 150; the next day is clean."""
    first, fill = order("20260105", 1)
    head = ["35=8", "49=SOR", "56=FIRM", "37=O1", "11=C1", "55=IBM", "54=1", "38=100", "14=100"]
    second = fix(*head, "34=8", "52=20260105-14:00:00", "17=E8", "150=F", "39=1", "32=50", "31=10")
    bust = fix(*head, "34=9", "52=20260105-14:00:01", "17=B9", "19=UNSEEN", "150=H", "39=1", "32=5", "31=10")
    take(context, tmp_path / "odd.log", [first, fill, second, bust, *order("20260106", 2)])
    found = quality(context)
    misfits = {"busts_of_unseen_fills": 1, "quantity_mismatches": 1}
    assert [(row["day"], row["misfits"]) for row in found["days"]] == [("2026-01-05", misfits), ("2026-01-06", {})]
    assert found["total"]["misfits"] == misfits
    kept = context.lake.read("fix_misfits", [date(2026, 1, 5)]).filter(pl.col("reason") == "quantity_mismatches")
    ((parent,),) = context.lake.read("parent_orders", [date(2026, 1, 5)], ["order_id"]).rows()
    told = kept.select("symbol", "order_id", "stated_quantity", "filled_quantity").rows()
    assert told == [("IBM", parent, 100 * 10**9, 150 * 10**9)]
    shown = CliRunner().invoke(quality_command, ["--workspace", str(tmp_path / "ws")]).output
    assert re.search(r"2026-01-05 .*fix-log .*busts_of_unseen_fills .*1", shown)


def test_a_misfit_goes_when_a_later_log_explains_it(context: Context, tmp_path: Path) -> None:
    """A report without its order, until the order comes."""
    asked, filled = order("20260105", 1)
    take(context, tmp_path / "reports.log", [filled])
    assert quality(context)["days"][0]["misfits"] == {"reports_unlinked": 1}
    take(context, tmp_path / "orders.log", [asked])
    assert quality(context)["days"][0]["misfits"] == {}


def test_progress_is_told_within_one_file(context: Context, tmp_path: Path) -> None:
    """More messages than one piece holds: what is told adds up to them, in more than one step."""
    path = tmp_path / "long.log"
    beat = "35=0|49=F|56=S|52=20260105-15:00:00|34="
    path.write_text("\n".join(fix(*f"{beat}{seq}".split("|")) for seq in range(70_000)) + "\n", encoding="utf-8")
    told: list[int] = []
    ingest(context, "fix-log", [path], on_rows=lambda _, rows: told.append(rows))
    assert sum(told) == 70_000
    assert len(told) > 1


def test_sequence_numbers_are_kept_and_change_no_manifest(context: Context, tmp_path: Path) -> None:
    """A log that lacks number 2, and later a resend of it: the gap is gone; the numbers do not name the lake anew."""
    first, second, third = (order("20260701", number) for number in (1, 2, 3))
    take(context, tmp_path / "a.log", [*first, *third])
    ranges = context.lake.read("fix_sequences")
    assert sorted(ranges.select("sender", "from_seq", "to_seq").rows()) == [
        ("FIRM", 1, 1), ("FIRM", 3, 3), ("SOR", 1, 1), ("SOR", 3, 3),
    ]  # fmt: skip
    assert sequence_gaps(ranges.with_columns(provider=pl.lit("SOR"))).select("sender", "from_seq").rows() == [
        ("FIRM", 2),
        ("SOR", 2),
    ]
    late = take(context, tmp_path / "b.log", [*second, *first])
    everything = context.lake.read("fix_sequences").with_columns(provider=pl.lit("SOR"))
    assert sequence_gaps(everything).is_empty()
    init_workspace(tmp_path / "clean")
    with open_context(tmp_path / "clean") as clean:
        assert take(clean, tmp_path / "clean.log", [*first, *second, *third]).manifest == late.manifest


def test_each_provider_of_an_order_has_its_own_fills(context: Context, tmp_path: Path) -> None:
    """40 shares at the first, 60 at the second; the order counts for the first."""
    case = tomllib.loads((CASES / "to_two_providers.toml").read_text("utf-8"))
    lines = [line.strip("|").split("|") for line in case["log"].split()]
    file_map = tmp_path / "parties.toml"
    file_map.write_text('[parties]\nfirm = ["FIRM"]\nprovider = ["SORA", "SORB"]\n', "utf-8")
    take(context, tmp_path / "a.log", [fix(*fields[1:]) for fields in lines], file_map)
    metrics = ("orders", "executed_shares", "routes")
    every = measure(context.lake, Question(by=("provider",), metrics=metrics)).rows
    assert every.sort("provider").rows() == [("SORA", 1, 40.0, 1), ("SORB", 0, 60.0, 1)]
    theirs = measure(context.lake, Question(provider="SORB", metrics=metrics)).rows
    assert theirs.rows() == [(0, 60.0, 1)]
