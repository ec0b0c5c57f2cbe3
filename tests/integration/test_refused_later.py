"""Quotes that turn out to be no evidence: in a wrong unit, told by later fills, or withdrawn by a person."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from live_streams import framed
from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.evidence.withdraw import withdraw
from routeproof.app.intake.ingest import IngestReport, ingest
from routeproof.app.intake.quality import quality
from routeproof.app.measuring.measure import Question, measure
from routeproof.cli.withdraw import withdraw as withdraw_command
from routeproof.vocab.errors import UsageError

MAP = """table = "quotes"
[columns]
symbol = "symbol"
at = "at"
bid = "bid"
ask = "ask"
[constants]
kind = "nbbo"
[time.at]
unit = "iso"
zone = "{zone}"
"""
DAY = "2026-07-01"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws")
    with open_context(tmp_path / "ws") as opened:
        yield opened


def quotes(context: Context, path: Path, times: int, day: str = DAY, zone: str = "America/New_York") -> IngestReport:
    """A file of two quotes of IBM at 10.00 and 10.02, times so much."""
    rows = [f"IBM,{day} 09:{minute}:00,{10.00 * times:.2f},{10.02 * times:.2f}\n" for minute in (29, 30)]
    path.write_text("symbol,at,bid,ask\n" + "".join(rows), encoding="utf-8")
    map_path = path.with_name(f"{zone.replace('/', '-')}.toml")
    map_path.write_text(MAP.format(zone=zone), encoding="utf-8")
    return ingest(context, "csv", [path], map_path=map_path)


def fills(context: Context, path: Path, number: int, price: str = "10.01") -> IngestReport:
    """A log of market orders of 100 shares of IBM, each filled at 10.01."""
    told = []
    for one in range(1, number + 1):
        sent, filled = f"20260701-14:00:{one:02d}.000", f"20260701-14:00:{one:02d}.250"
        terms = [f"11=C{one}", "55=IBM", "54=1", "38=100", "40=1"]
        told.append(framed(["35=D", "49=FIRM", "56=SOR", f"34={one}", f"52={sent}", *terms, f"60={sent}"]))
        done = ["150=F", "39=2", "32=100", f"31={price}", "151=0", "14=100", f"6={price}", f"60={filled}", "30=XNAS"]
        head = ["35=8", "49=SOR", "56=FIRM", f"34={one}", f"52={filled}", f"37=O{one}", f"17=E{one}"]
        told.append(framed([*head, *terms, *done]))
    path.write_bytes(b"\n".join(told))
    return ingest(context, "fix-log", [path])


def covered(context: Context) -> tuple[object, object]:
    """Executions with a spread, and the spread."""
    row = measure(context.lake, Question(by=())).rows.row(0, named=True)
    return row["covered_executions"], row["effective_spread_usd_per_share"]


@pytest.mark.parametrize("times", [100, 10_000])
def test_quotes_of_another_unit_are_withdrawn_when_the_fills_come(context: Context, tmp_path: Path, times: int) -> None:
    """The log is taken in; the file is said to be no evidence, row by row, and no spread rests on it."""
    assert quotes(context, tmp_path / "q.csv", times).is_taken
    report = fills(context, tmp_path / "a.log", 3)
    assert report.is_taken
    assert list(report.withdrawn) == ["q.csv"]
    assert f"prices are {times:,} times" in report.withdrawn["q.csv"]
    assert covered(context) == (0, None)
    told = quality(context)["days"]
    of_quotes = next(row for row in told if row["table"] == "quotes")
    assert (of_quotes["received"], of_quotes["accepted"]) == (2, 0)
    assert of_quotes["rejected"] == {"wrong_price_unit": 2}
    rejects = context.lake.read("rejects").sort("row")
    assert rejects.select("file", "row", "reason").rows() == [
        ("q.csv", 2, "wrong_price_unit"),
        ("q.csv", 3, "wrong_price_unit"),
    ]


def test_the_right_file_then_counts_and_the_wrong_one_stays_out(context: Context, tmp_path: Path) -> None:
    """2 (10.01 - 10.01) = 0 against the right quotes, whatever is taken in again."""
    quotes(context, tmp_path / "q.csv", 100)
    fills(context, tmp_path / "a.log", 3)
    assert quotes(context, tmp_path / "right.csv", 1).is_taken
    assert covered(context) == (3, 0.0)
    assert quotes(context, tmp_path / "q.csv", 100).rejected == {"wrong_price_unit": 2}
    assert covered(context) == (3, 0.0)


def test_other_days_and_right_files_are_left_alone(context: Context, tmp_path: Path) -> None:
    """Only the file that the fills contradict goes; one of a day without fills cannot be told."""
    quotes(context, tmp_path / "right.csv", 1)
    quotes(context, tmp_path / "other.csv", 100, day="2026-07-02")
    assert fills(context, tmp_path / "a.log", 3).withdrawn == {}
    assert covered(context) == (3, 0.0)


def test_one_absurd_fill_tells_nothing_of_quotes(context: Context, tmp_path: Path) -> None:
    """It is what the quotes are there to show."""
    quotes(context, tmp_path / "right.csv", 1)
    assert fills(context, tmp_path / "a.log", 1, price="999.00").withdrawn == {}
    assert covered(context)[0] == 1


def test_a_mended_map_may_leave_a_day_without_rows(context: Context, tmp_path: Path) -> None:
    """09:29 in Kiritimati is of the day before in New York: of the day that the wrong zone gave nothing is left."""
    quotes(context, tmp_path / "q.csv", 1)
    assert quotes(context, tmp_path / "q.csv", 1, zone="Pacific/Kiritimati").is_taken
    held = context.lake.read("quotes")
    assert [day.isoformat() for day in held["trading_day"].unique()] == ["2026-06-30"]
    assert fills(context, tmp_path / "a.log", 3).is_taken
    assert covered(context) == (0, None)


def test_a_withdrawn_file_counts_no_more_and_says_who_withdrew_it(context: Context, tmp_path: Path) -> None:
    """Its two rows are rejects with the reason; the vendor's other file of the day then stands alone."""
    fills(context, tmp_path / "a.log", 3)
    before = context.lake.manifest().id
    quotes(context, tmp_path / "early.csv", 2)
    done = withdraw(context, "early.csv", "the vendor replaced it")
    assert (done["table"], done["rows"], done["manifest"]) == ("quotes", 2, before)
    told = next(row for row in quality(context)["days"] if row["table"] == "quotes")
    assert (told["received"], told["accepted"], told["rejected"]) == (2, 0, {"withdrawn": 2})
    assert told["refused"] == {"early.csv": f"withdrawn: {context.actor.name}: the vendor replaced it"}
    quotes(context, tmp_path / "final.csv", 1)
    assert covered(context) == (3, 0.0)


def test_what_is_taken_in_again_is_evidence_again(context: Context, tmp_path: Path) -> None:
    """By its hash too; afterwards the lake is what it was."""
    fills(context, tmp_path / "a.log", 3)
    quotes(context, tmp_path / "q.csv", 1)
    with_it = context.lake.manifest().id
    sha256 = str(next(row["sha256"] for row in [withdraw(context, "q.csv", "in doubt")]))
    assert covered(context) == (0, None)
    assert quotes(context, tmp_path / "q.csv", 1).is_taken
    assert (context.lake.manifest().id, covered(context)) == (with_it, (3, 0.0))
    assert withdraw(context, sha256[:12], "in doubt again")["rows"] == 2


@pytest.mark.parametrize(
    ("named", "reason", "said"),
    [
        ("a.log", "bad fills", "never withdrawn"),
        ("missing.csv", "wrong", "by its name or the start of its SHA-256"),
        ("q.csv", " ", "why the file is no evidence"),
    ],
)
def test_withdrawals_that_are_refused(context: Context, tmp_path: Path, named: str, reason: str, said: str) -> None:
    """Own flow, a file that never came, no reason: nothing changes."""
    fills(context, tmp_path / "a.log", 3)
    quotes(context, tmp_path / "q.csv", 1)
    before = context.lake.manifest().id
    with pytest.raises(UsageError, match=said):
        withdraw(context, named, reason)
    assert context.lake.manifest().id == before


def test_a_file_is_withdrawn_once_and_two_of_a_name_are_told_apart(context: Context, tmp_path: Path) -> None:
    """The error names both hashes."""
    (tmp_path / "other").mkdir()
    quotes(context, tmp_path / "q.csv", 1)
    quotes(context, tmp_path / "other" / "q.csv", 2)
    with pytest.raises(UsageError, match="name it by its SHA-256"):
        withdraw(context, "q.csv", "wrong")
    quotes(context, tmp_path / "r.csv", 3)
    withdraw(context, "r.csv", "wrong")
    with pytest.raises(UsageError, match="found one that is refused: withdrawn"):
        withdraw(context, "r.csv", "wrong")


def test_the_command_says_what_it_did(context: Context, tmp_path: Path) -> None:
    """In one line."""
    quotes(context, tmp_path / "q.csv", 1)
    root = str(context.workspace.root)
    done = CliRunner().invoke(withdraw_command, ["q.csv", "--reason", "replaced", "-w", root])
    assert (done.exit_code, done.output.split(" · ")[0]) == (0, "q.csv: 2 rows of quotes withdrawn")
