"""A newcomer follows the README's "Your own files" with a log and a quote file written by hand.

The figures are worked here. One market buy of 300 shares: received 13:30:01.200 UTC, filled 13:30:01.320 at 10.015.
The quote in force at receipt is 10.00 / 10.02 (midpoint 10.01, quoted spread 0.02), so effective spread =
2 x (10.015 - 10.01) = 0.01, E/Q = 0.5, improvement = 10.02 - 10.015 = 0.005 a share = 1.50 USD. At 13:30:03 the quote
moves to 10.01 / 10.03 (midpoint 10.02): realized spread after 1 s is 2 x (10.015 - 10.01) = 0.01, after 15 s
2 x (10.015 - 10.02) = -0.01, reversion after 60 s 10.02 - 10.01 = 0.01.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from program import call

QUOTES = """Symbol,Time,Bid,BidSize,Ask,AskSize
ABC,2026-07-01 09:30:00.000125,10.00,300,10.02,200
ABC,2026-07-01 09:30:03.000125,10.01,300,10.03,200
ABC,2026-07-01 09:36:00,,,,
"""
NEW_ORDER = (
    "35=D|34=2|49=BDXX|52=20260701-13:30:01.234|56=ACME|11=A1|55=ABC|54=1|38=300|40=1|59=0|60=20260701-13:30:01.200|"
)
ACCEPTED = (
    "35=8|34=2|49=ACME|52=20260701-13:30:01.240|56=BDXX|11=A1|37=O1|17=E0|150=0|39=0|55=ABC|54=1|38=300|151=300|14=0|6=0|"
    "60=20260701-13:30:01.238|"
)
FILLED = (
    "35=8|34=3|49=ACME|52=20260701-13:30:01.330|56=BDXX|11=A1|37=O1|17=E1|150=F|39=2|55=ABC|54=1|38=300|31=10.015|32=300|"
    "30=XNAS|151=0|14=300|6=10.015|60=20260701-13:30:01.320|"
)
EXPECTED = {
    "executions": 1,
    "executed_shares": 300,
    "covered_shares": 300,
    "quoted_spread_usd_per_share": 0.02,
    "effective_spread_usd_per_share": 0.01,
    "e_over_q": 0.5,
    "price_improvement_usd_per_share": 0.005,
    "price_improvement_usd": 1.5,
    "realized_spread_usd_per_share_1s": 0.01,
    "realized_spread_usd_per_share_15s": -0.01,
    "reversion_usd_per_share_60s": 0.01,
    "time_to_execution_ms_avg": 120.0,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A folder with the two files, the README's two maps, and a workspace that has taken them in."""
    folder = tmp_path_factory.mktemp("desk")
    log = "".join(
        (
            f"2026-07-01 13:30:01,234 INFO out: {_fix(NEW_ORDER)}\n",
            f"in: {_fix(ACCEPTED)}\n",
            f"in: {_fix(FILLED)}\n",
            "session thread idle\n",
        )
    )
    (folder / "sor-2026-07-01.log").write_text(log, encoding="utf-8")
    (folder / "nbbo-2026-07.csv").write_text(QUOTES, encoding="utf-8")
    readme = (repository / "README.md").read_text("utf-8")
    parties, quotes = re.findall(r"^```toml\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    (folder / "parties.toml").write_text(parties, encoding="utf-8")
    (folder / "quotes.toml").write_text(quotes, encoding="utf-8")
    _run(folder, "init", "workspace")
    return folder


@pytest.fixture(scope="module")
def received(desk: Path) -> dict[str, dict[str, int]]:
    """What each of the two ingests said it took in."""
    log = _run(desk, "ingest", "fix-log", "sor-2026-07-01.log", "--map", "parties.toml", "--provider", "ACME", "--json")
    quotes = _run(desk, "ingest", "csv", "nbbo-2026-07.csv", "--map", "quotes.toml", "--json")
    return {"log": json.loads(log), "quotes": json.loads(quotes)}


def test_every_line_is_accounted_for(received: dict[str, dict[str, int]]) -> None:
    """Three messages and one line that is none; three quotes, the last of which ends the book."""
    assert (received["log"]["received"], received["log"]["accepted"], received["log"]["noise"]) == (3, 3, 1)
    assert (received["quotes"]["received"], received["quotes"]["accepted"], received["quotes"]["rejected"]) == (
        3,
        3,
        {},
    )


@pytest.mark.usefixtures("received")
def test_the_figures_are_the_ones_worked_by_hand(desk: Path) -> None:
    """`measure --by symbol,order_class` gives one row with the figures above."""
    answer = json.loads(_run(desk, "measure", "--by", "symbol,order_class", "--json"))
    (row,) = answer["rows"]
    assert (row["symbol"], row["order_class"]) == ("ABC", "market")
    assert {name: row[name] for name in EXPECTED} == pytest.approx(EXPECTED, rel=1e-12)


@pytest.mark.usefixtures("received")
def test_taking_the_same_file_again_changes_nothing(desk: Path) -> None:
    """The answer before and after a second ingest of the log is the same."""
    before = json.loads(_called(desk, "measure", "--json"))["rows"]
    _called(desk, "ingest", "fix-log", "sor-2026-07-01.log", "--map", "parties.toml", "--provider", "ACME")
    assert json.loads(_called(desk, "measure", "--json"))["rows"] == before


@pytest.mark.usefixtures("received")
def test_quality_reads_as_text(desk: Path) -> None:
    """`quality` prints both sources."""
    shown = _called(desk, "quality")
    assert "fix-log" in shown
    assert "csv" in shown


@pytest.mark.usefixtures("received")
def test_one_order_makes_a_pack_that_does_not_overreach(desk: Path) -> None:
    """A quarter with one order builds, and no figure in its scorecard carries a verdict better or worse."""
    _called(desk, "review", "build", "2026Q3", "--provider", "ACME", "--out", "pack")
    names = {path.name for path in (desk / "pack").iterdir()}
    assert {"pack.html", "pack.pdf", "pack.xlsx", "pack.json"} <= names
    pack = json.loads((desk / "pack/pack.json").read_text("utf-8"))
    rows = pack["scorecard"]["rows"]
    assert [row["id"] for row in rows] == [
        "price_improvement",
        "spread_capture",
        "fill_time",
        "limit_fill_rate",
        "reversion",
    ]
    verdicts = {cell.get("verdict") for row in rows for cell in row["cells"].values() if cell}
    assert not verdicts & {"better", "worse"}


def _fix(body: str) -> str:
    """Put body length and checksum around a body written with | for SOH, and keep the |, as many logs do."""
    raw = body.replace("|", "\x01")
    head = f"8=FIX.4.4\x019={len(raw)}\x01"
    checksum = sum((head + raw).encode()) % 256
    return f"{head}{raw}10={checksum:03d}\x01".replace("\x01", "|")


def _run(folder: Path, *words: str) -> str:
    """Start the installed program as a person would; its stdout."""
    program = Path(sys.executable).with_name("routeproof")
    environment = {**os.environ, "ROUTEPROOF_WORKSPACE": str(folder / "workspace"), "COLUMNS": "200"}
    run = subprocess.run([program, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"routeproof {' '.join(words)}: {run.returncode}\n{run.stderr[-3000:]}"
    return run.stdout


def _called(folder: Path, *words: str) -> str:
    """The same without starting it; its stdout."""
    done = call(*words, "--workspace", "workspace", folder=folder)
    assert done.returncode == 0, f"routeproof {' '.join(words)}: {done.returncode}\n{done.stderr[-3000:]}"
    return done.stdout
