"""From files to lake and back: kept, counted, idempotent, refused with a reason."""

import gzip
import json
import random
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake import series_merge
from routeproof.app.intake.ingest import IngestReport, ingest
from routeproof.app.intake.quality import quality
from routeproof.app.workspace import SETTINGS, WorkspaceError, open_workspace
from routeproof.sources.sandbox import Job, Limits, read_in_child
from routeproof.sources.source import ReadContext

QUOTES_MAP = """
table = "quotes"
[columns]
symbol = "sym"
at = "time"
[time.at]
unit = "iso"
zone = "America/New_York"
"""
EXECUTIONS_MAP = 'table = "executions"\n[time.executed_at]\nunit = "iso"\n'
TRADES_MAP = 'table = "trades"\n[time.at]\nunit = "iso"\nzone = "America/New_York"\n'
HEADER = "sym,time,bid,ask\n"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws", firm_id="ACME")
    with open_context(tmp_path / "ws", clock=lambda: 1_783_000_000_000_000_000) as opened:
        yield opened


def quote_lines(count: int, seed: int = 1) -> list[str]:
    """Lines of a calm book, in time order, some instants shared."""
    chance = random.Random(seed)  # noqa: S311  # test data
    return [
        f"IBM,2026-07-01 09:30:{at // 10:02d},10.{chance.randrange(20):02d},10.{30 + chance.randrange(20)}\n"
        for at in range(count)
    ]


def take(context: Context, tmp_path: Path, source: str, content: dict[str, bytes], map_text: str) -> IngestReport:
    """Write files and a map, and take the files in."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    map_path = folder / "map.toml"
    map_path.write_text(map_text, encoding="utf-8")
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return ingest(context, source, [folder / name for name in content], map_path=map_path)


def csv(lines: list[str]) -> bytes:
    """A quotes file."""
    return (HEADER + "".join(lines)).encode()


def test_the_same_data_in_any_packing_changes_nothing(context: Context, tmp_path: Path) -> None:
    """Same bytes, renamed, re-zipped, re-sorted, overlapping: the manifest stays."""
    lines = quote_lines(200)
    lines += lines[-1:]  # two identical prints in one file are two
    first = take(context, tmp_path, "csv", {"q.csv": csv(lines)}, QUOTES_MAP)
    assert (first.accepted, first.already_known) == (201, 0)
    shuffled = random.Random(3).sample(lines, len(lines))  # noqa: S311
    for name, data in {
        "q.csv": csv(lines),
        "renamed.csv": csv(lines),
        "packed.csv.gz": gzip.compress(csv(lines)),
        "sorted.csv": csv(shuffled),
        "half.csv": csv(lines[50:150]),
    }.items():
        again = take(context, tmp_path, "csv", {name: data}, QUOTES_MAP)
        assert again.manifest == first.manifest, name
        assert again.is_taken, name
    assert context.lake.read("quotes").height == 201


def test_days_larger_than_memory_end_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven rows at a time: late, overlapping and re-read files, against the same in one go."""
    lines = [line.replace("IBM", name) for line in quote_lines(90) for name in ("IBM", "XOM")]
    wrong = QUOTES_MAP.replace("America/New_York", "America/Chicago")
    manifests = set()
    for at, limit in enumerate((7, 500_000)):
        monkeypatch.setattr(series_merge, "RANGE_ROWS", limit)
        init_workspace(tmp_path / f"ws{at}")
        with open_context(tmp_path / f"ws{at}") as context:
            take(context, tmp_path, "csv", {"late.csv": csv(lines[60:140])}, wrong)
            take(context, tmp_path, "csv", {"late.csv": csv(lines[60:140])}, QUOTES_MAP)
            again = take(
                context, tmp_path, "csv", {"early.csv": csv(lines[:100]), "end.csv": csv(lines[120:])}, QUOTES_MAP
            )
            assert (again.received, again.already_known) == (160, 60)
            quotes = context.lake.read("quotes")
            assert quotes.height == 180
            assert quotes.select("symbol", "at").equals(quotes.select("symbol", "at").sort("symbol", "at"))
            manifests.add(again.manifest)
    assert len(manifests) == 1


def test_how_files_are_split_or_ordered_does_not_matter(tmp_path: Path) -> None:
    """Instants do not straddle the cut, because only within one file has the order of equal instants a meaning."""
    lines = quote_lines(120)
    deliveries = [
        {"all.csv": csv(lines)},
        {"b.csv": csv(lines[60:]), "a.csv": csv(lines[:60])},
        {"late.csv": csv(lines[30:90]), "early.csv": csv(lines[:60]), "rest.csv": csv(lines[60:])},
    ]
    manifests = set()
    for at, delivery in enumerate(deliveries):
        init_workspace(tmp_path / f"ws{at}")
        with open_context(tmp_path / f"ws{at}") as context:
            manifests.add(take(context, tmp_path, "csv", delivery, QUOTES_MAP).manifest)
    assert len(manifests) == 1


def test_a_sequence_that_equals_the_rows_of_a_file_is_still_its_own(tmp_path: Path) -> None:
    """The feed counts from 2, as the rows of a file with a heading do; files that overlap say the same rows."""
    mapped = QUOTES_MAP.replace('at = "time"', 'at = "time"\nsequence = "seq"')
    rows = [line.strip() + f",{number}\n" for number, line in enumerate(quote_lines(90), start=2)]

    def numbered(lines: list[str]) -> bytes:
        return ("sym,time,bid,ask,seq\n" + "".join(lines)).encode()

    early, late = {"early.csv": numbered(rows[:60])}, {"late.csv": numbered(rows[30:])}
    manifests = set()
    for at, steps in enumerate(([{"all.csv": numbered(rows)}], [early, late], [late, early], [{**late, **early}])):
        init_workspace(tmp_path / f"ws{at}")
        with open_context(tmp_path / f"ws{at}") as context:
            taken = [take(context, tmp_path, "csv", step, mapped) for step in steps]
            assert context.lake.read("quotes").height == 90
            manifests.add(taken[-1].manifest)
    assert len(manifests) == 1


def test_an_identity_with_other_content_is_refused_and_counted(context: Context, tmp_path: Path) -> None:
    """The first one stands; an equal one is already known; a bust of it is another row."""
    header = "execution_id,symbol,side,executed_at,price,quantity,status\n"
    row = "e1,IBM,buy,2026-07-01T14:00:00Z,10.01,100,new\n"
    take(context, tmp_path, "csv", {"a.csv": (header + row).encode()}, EXECUTIONS_MAP)
    other = row + row.replace("10.01", "10.02") + row.replace("new", "busted")
    report = take(context, tmp_path, "csv", {"b.csv": (header + other).encode()}, EXECUTIONS_MAP)
    assert report.rejected == {"conflicting_duplicate": 1}
    assert (report.received, report.accepted, report.already_known) == (3, 2, 1)
    assert context.lake.read("executions").select("price", "status").sort("status").rows() == [
        (10_010_000_000, "busted"),
        (10_010_000_000, "new"),
    ]


def test_parquet_and_workbook_say_the_same_as_csv(tmp_path: Path) -> None:
    """One content, three formats, one manifest."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    lines = quote_lines(40)
    rows = [line.strip().split(",") for line in lines]
    frame = pl.DataFrame(rows, schema=["sym", "time", "bid", "ask"], orient="row")
    (tmp_path / "in").mkdir()
    frame.with_columns(pl.col("bid", "ask").cast(pl.Float64)).write_parquet(tmp_path / "in" / "q.parquet")
    with xlsxwriter.Workbook(tmp_path / "in" / "q.xlsx") as book:
        sheet = book.add_worksheet("Quotes")
        for at, row in enumerate([["sym", "time", "bid", "ask"], *rows]):
            sheet.write_row(at, 0, row if at == 0 else [row[0], row[1], float(row[2]), float(row[3])])
    manifests = set()
    for source, data in {
        "csv": {"q.csv": csv(lines)},
        "parquet": {"q.parquet": (tmp_path / "in" / "q.parquet").read_bytes()},
        "xlsx": {"q.xlsx": (tmp_path / "in" / "q.xlsx").read_bytes()},
    }.items():
        init_workspace(tmp_path / source)
        with open_context(tmp_path / source) as context:
            manifests.add(take(context, tmp_path, source, data, QUOTES_MAP).manifest)
    assert len(manifests) == 1


@pytest.mark.parametrize(
    ("source", "data", "reason"),
    [
        ("csv", b"", "empty_file"),
        ("csv", HEADER.encode(), "empty_file"),
        ("csv", gzip.compress(csv(quote_lines(600)))[:-200], "truncated_file"),
        ("csv", csv([line.replace("2026", "1970") for line in quote_lines(9)]), "wrong_time_unit"),
        ("csv", csv([f"IBM,2026-07-01 09:30:{at:02d},10.5,10.4\n" for at in range(9)]), "crossed_book"),
        ("csv", csv([f"IBM,2026-07-01 09:30:{at:02d},10000000,10000001\n" for at in range(9)]), "wrong_price_unit"),
        ("parquet", b"PAR1 but not really", "not_parquet"),
        ("parquet", b"PAR1" + b"\x00" * 100 + b"PAR1", "unreadable_file"),
        ("xlsx", b"PK\x03\x04 no", "not_xlsx"),
    ],
)
def test_files_that_are_no_evidence_are_refused_whole(
    context: Context, tmp_path: Path, source: str, data: bytes, reason: str
) -> None:
    """With the reason; the bytes stay in the raw store."""
    report = take(context, tmp_path, source, {"file": data}, QUOTES_MAP)
    assert not report.is_taken
    assert reason in report.rejected or report.refused["file"].startswith(reason)
    assert report.received == report.accepted + sum(report.rejected.values())
    kept = [path.read_bytes() for path in context.workspace.raw_folder.rglob("*") if path.is_file()]
    assert kept == [data]


def test_bytes_that_are_no_row_are_said_to_be_so(context: Context, tmp_path: Path) -> None:
    """A file of bytes is not called empty; one without any has no rows."""
    (tmp_path / "noise.log").write_bytes(bytes(range(128, 256)) * 100)
    noise = ingest(context, "fix-log", [tmp_path / "noise.log"])
    assert noise.refused["noise.log"].endswith("none of its 12,800 bytes are rows of fix-log")
    assert take(context, tmp_path, "csv", {"none": b""}, QUOTES_MAP).refused["none"].endswith("no rows")


def test_prices_in_another_unit_than_the_orders_are_refused(context: Context, tmp_path: Path) -> None:
    """Quotes in hundredths of a cent against executions in dollars."""
    header = "execution_id,symbol,side,executed_at,price,quantity\n"
    take(
        context,
        tmp_path,
        "csv",
        {"e.csv": (header + "e,IBM,buy,2026-07-01T13:30:01Z,10.1,5\n").encode()},
        EXECUTIONS_MAP,
    )
    scaled = [f"IBM,2026-07-01 09:30:{at:02d},101000,101100\n" for at in range(9)]
    report = take(context, tmp_path, "csv", {"q.csv": csv(scaled)}, QUOTES_MAP)
    assert report.rejected == {"wrong_price_unit": 9}
    assert "10,0" in report.refused["q.csv"]


def test_a_split_between_the_days_of_a_file_is_no_other_unit(context: Context, tmp_path: Path) -> None:
    """One for twenty-five after the first day: each day's prints are compared with that day's quotes alone."""
    quotes = ["RS,2026-07-01 10:00:00,0.40,0.41\n", "RS,2026-07-02 10:00:00,10.00,10.10\n"]
    assert take(context, tmp_path, "csv", {"q.csv": csv(quotes)}, QUOTES_MAP).is_taken
    trades = "RS,2026-07-01 10:00:01,0.41,9\n" + "".join(f"RS,2026-07-0{day} 10:00:01,10.1,9\n" for day in (2, 6, 7))
    told = {"t.csv": ("symbol,at,price,quantity\n" + trades).encode()}
    assert take(context, tmp_path, "csv", told, TRADES_MAP).is_taken


@pytest.mark.parametrize("day", [1, 2])
def test_a_unit_is_told_on_the_first_day_that_both_know(context: Context, tmp_path: Path, day: int) -> None:
    """Prints of two days in cents, quotes of one of them in dollars."""
    quotes = [f"IBM,2026-07-0{day} 10:00:00,10.00,10.10\n"]
    assert take(context, tmp_path, "csv", {"q.csv": csv(quotes)}, QUOTES_MAP).is_taken
    trades = "symbol,at,price,quantity\nIBM,2026-07-01 10:00:01,1010,9\nIBM,2026-07-02 10:00:01,1010,9\n"
    report = take(context, tmp_path, "csv", {"t.csv": trades.encode()}, TRADES_MAP)
    assert report.rejected == {"wrong_price_unit": 2}


def test_a_reader_that_uses_too_much_is_stopped_and_the_rest_is_read(tmp_path: Path) -> None:
    """One file per child at worst; the parent lives on."""
    quotes = tmp_path / "q.parquet"
    pl.DataFrame({"symbol": ["A"], "at": [1_782_912_600_000_000_000], "bid": ["1"]}).write_parquet(quotes)
    from routeproof.sources.map_file import parse_map  # noqa: PLC0415

    tight = Limits(memory_bytes=300 << 20, cpu_seconds=30)
    jobs = [Job(quotes, ReadContext("q.parquet", "ab"))]
    (pieces,) = read_in_child("parquet", jobs, parse_map({"table": "quotes"}), tmp_path / "out", limits=tight)
    assert pieces[-1].rejects["reason"][0] in {"reader_crashed", "reader_limit", "unreadable_file"}


def test_the_lean_week(context: Context, shared_data: Path) -> None:
    """575,589 quote records and 126,395 prints by the data's own description; 24,042 eligible on the first day."""
    report = ingest(context, "lean", sorted((shared_data / "market" / "lean_ibm_201310").glob("*.zip")))
    assert (report.received, report.accepted, report.rejected) == (575_589 + 126_395, 701_984, {})
    trades = context.lake.read("trades", [date(2013, 10, 7)], ["eligible"])
    assert trades["eligible"].sum() == 24_042


def test_a_zip_of_one_csv_is_that_csv(context: Context, tmp_path: Path) -> None:
    """Vendors zip."""
    packed = tmp_path / "q.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("q.csv", csv(quote_lines(30)))
    assert take(context, tmp_path, "csv", {"q.zip": packed.read_bytes()}, QUOTES_MAP).accepted == 30


def test_quality_accounts_for_every_row(context: Context, tmp_path: Path) -> None:
    """Worked by hand: three quotes of which one is locked and one one-sided, one bad line."""
    lines = ["IBM,2026-07-01 09:30:00,10.00,10.02\n", "IBM,2026-07-01 09:32:00,10.01,10.01\n",
             "IBM,2026-07-01 09:32:01,10.01,\n", "IBM,noon,1,2\n"]  # fmt: skip
    take(context, tmp_path, "csv", {"q.csv": csv(lines)}, QUOTES_MAP)
    report = quality(context)
    assert report["quotes"] == [
        {"day": "2026-07-01", "quotes": 3, "crossed": 0, "locked": 1, "one_sided": 1, "empty": 0, "stale": 1, "gaps": 0,
         "out_of_order": 0,
         "crossed_share": 0.0, "locked_share": 1 / 3, "one_sided_share": 1 / 3, "stale_share": 1 / 3},
    ]  # fmt: skip
    assert report["total"]["received"] == 4
    for row in report["days"]:
        assert row["received"] == row["accepted"] + sum(row["rejected"].values())
        assert row["accepted"] == row["analysed"] + sum(row["excluded"].values())
    json.dumps(report)


def test_interrupted_steps_leave_the_workspace_as_it_was(context: Context, tmp_path: Path) -> None:
    """Raw kept, then a file written, then nothing: the next ingest starts from the last commit."""
    before = take(context, tmp_path, "csv", {"a.csv": csv(quote_lines(50))}, QUOTES_MAP).manifest
    context.raw.keep(tmp_path / "in" / "map.toml")
    context.lake.write("quotes", "2026-07-01", context.lake.read("quotes").head(1))
    assert context.lake.manifest().id == before
    assert context.lake.verify() == []
    assert take(context, tmp_path, "csv", {"a.csv": csv(quote_lines(50))}, QUOTES_MAP).manifest == before


def test_a_mended_map_replaces_what_the_wrong_one_gave(context: Context, tmp_path: Path) -> None:
    """The same file under another zone: its rows move, they do not double."""
    lines = quote_lines(20)
    take(context, tmp_path, "csv", {"q.csv": csv(lines)}, QUOTES_MAP.replace("America/New_York", "America/Chicago"))
    take(context, tmp_path, "csv", {"q.csv": csv(lines)}, QUOTES_MAP)
    assert context.lake.read("quotes").height == 20
    assert quality(context)["total"]["received"] == 20
    init_workspace(tmp_path / "clean")
    with open_context(tmp_path / "clean") as clean:
        once = take(clean, tmp_path, "csv", {"q.csv": csv(lines)}, QUOTES_MAP)
        assert once.manifest == context.lake.manifest().id


def test_the_last_map_is_the_one_in_force(context: Context, tmp_path: Path) -> None:
    """Back to the first map: its rows are back."""
    lines, other = quote_lines(20), QUOTES_MAP.replace("America/New_York", "America/Chicago")
    first = take(context, tmp_path, "csv", {"q.csv": csv(lines)}, QUOTES_MAP).manifest
    assert take(context, tmp_path, "csv", {"q.csv": csv(lines)}, other).manifest != first
    assert take(context, tmp_path, "csv", {"q.csv": csv(lines)}, QUOTES_MAP).manifest == first
    assert context.lake.read("quotes").height == 20


def test_one_file_may_give_two_tables(context: Context, tmp_path: Path) -> None:
    """Orders and their terms in one file, under a map for each; a mended map replaces what its own table had."""
    lines = b"id,sym,qty,at\no1,IBM,100,2026-07-01T14:00:00Z\no2,IBM,200,2026-07-01T14:01:00Z\n"
    time = '[time.{0}]\nunit = "iso"\n'
    parents = 'table = "parent_orders"\n[columns]\norder_id = "id"\nsymbol = "sym"\nreceived_at = "at"\n' + time.format(
        "received_at"
    )
    parents += '[constants]\nside = "buy"\n'
    versions = (
        'table = "order_versions"\n[columns]\norder_id = "id"\nquantity = "qty"\neffective_at = "at"\n'
        + time.format("effective_at")
    )
    take(context, tmp_path, "csv", {"o.csv": lines}, parents)
    take(context, tmp_path, "csv", {"o.csv": lines}, versions)
    assert context.lake.read("parent_orders")["side"].to_list() == ["buy", "buy"]
    assert context.lake.read("order_versions").height == 2
    assert quality(context)["total"]["received"] == 4
    take(context, tmp_path, "csv", {"o.csv": lines}, parents.replace("buy", "sell"))
    assert context.lake.read("parent_orders")["side"].to_list() == ["sell", "sell"]
    assert context.lake.read("order_versions").height == 2


def test_leftovers_of_a_killed_run_are_cleared(context: Context, tmp_path: Path) -> None:
    """Process 0 of the past is nobody."""
    left = context.workspace.scratch_folder / "999999999-abc-def"
    left.mkdir(parents=True)
    take(context, tmp_path, "csv", {"q.csv": csv(quote_lines(5))}, QUOTES_MAP)
    assert list(context.workspace.scratch_folder.iterdir()) == []


def test_executions_without_quotes_are_counted_as_excluded(context: Context, tmp_path: Path) -> None:
    """Per day and table, and per source."""
    header = "execution_id,symbol,side,executed_at,price,quantity,status\n"
    rows = "e1,IBM,buy,2026-07-01T14:00:00Z,10.1,5,new\ne2,XOM,buy,2026-07-01T14:00:00Z,10.1,5,new\n"
    take(context, tmp_path, "csv", {"q.csv": csv(quote_lines(9))}, QUOTES_MAP)
    take(context, tmp_path, "csv", {"e.csv": (header + rows).encode()}, EXECUTIONS_MAP)
    reason = {"no_quotes_for_symbol_and_day": 1}
    report = quality(context)
    assert report["tables"] == [
        {"day": "2026-07-01", "table": "executions", "rows": 2, "analysed": 1, "excluded": reason}
    ]
    assert [row["excluded"] for row in report["days"] if row["table"] == "executions"] == [reason]


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    """An older program must not touch it."""
    init_workspace(tmp_path / "ws")
    (tmp_path / "ws" / SETTINGS).write_text("workspace_version = 99\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="newer"):
        open_workspace(tmp_path / "ws")
