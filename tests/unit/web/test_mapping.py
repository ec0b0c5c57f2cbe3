"""The mapping assistant: a file is sent, guessed, tried, its map kept, and taken in by it."""

from __future__ import annotations

import html
import re
import tomllib
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from web_client import Browser, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

FILLS = (
    "ExecID;ClOrdID;Symbol;BuySell;LastPx;LastQty;TransactTime;LastMkt\n"
    "1;A;AAPL;B;10.01;100;1783690200123;XNAS\n"
    "2;B;AAPL;SS;10.02;200;1783690201123;XNAS\n"
    "3;C;AAPL;B;ten;300;1783690202123;XNAS\n"
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person per role."""
    return staffed_workspace(tmp_path_factory.mktemp("mapping") / "w")


def sent(browser: Browser, content: bytes, table: str = "executions") -> str:
    """Where the assistant looks at a file."""
    files = {"file": ("fills <b>.csv", content, "text/csv")}
    answer = browser.send("/data/map", {"table": table}, files=files)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_a_file_becomes_rows_by_the_map_that_was_shown(workspace: Path) -> None:
    """Guessed, two of three rows read, one refused and shown; the file as taken in counts the same."""
    browser = Browser(workspace, "ann")
    page = browser.get(sent(browser, FILLS.encode())).text
    assert "not a number" in page
    assert "10:30" not in page  # 13:30 UTC in July is 9:30 in New York
    assert "09:30:00.123000000" in page
    shown = re.search(r'name="map" value="([^"]*)"', page)
    assert shown is not None
    text = html.unescape(shown.group(1))
    assert tomllib.loads(text)["values"] == {"side": {"B": "buy", "SS": "sell_short"}}
    upload = re.search(r'name="upload" value="([0-9a-f]{32})"', page)
    assert upload is not None
    done = browser.send("/data/take", {"upload": upload.group(1), "map": text})
    assert done.headers["location"] == "/data"
    row = browser.get("/api/v1/deliveries").json()["items"][0]
    assert (row["received"], row["accepted"], row["rejected"]) == (3, 2, {"not_a_number": 1})


def test_the_form_says_the_map(workspace: Path) -> None:
    """What is chosen in the form is in the file that is downloaded."""
    browser = Browser(workspace, "ann")
    chosen = [
        ("table", "executions"),
        *(("of", name) for name in ("symbol", "executed_at", "side", "venue")),
        *(("column", name) for name in ("Symbol", "When", "", "")),
        *(("unit", unit) for unit in ("", "iso", "", "")),
        *(("zone", zone) for zone in ("", "UTC", "", "")),
        *(("constant", value) for value in ("", "", "buy", "")),
        ("recode_of", "symbol"), ("recode_from", 'A "x"'), ("recode_to", "AX"),
    ]  # fmt: skip
    answer = browser.get(f"/data/map.toml?{urlencode(chosen)}")
    assert tomllib.loads(answer.text) == {
        "table": "executions",
        "columns": {"symbol": "Symbol", "executed_at": "When"},
        "constants": {"side": "buy"},
        "time": {"executed_at": {"unit": "iso", "zone": "UTC"}},
        "values": {"symbol": {'A "x"': "AX"}},
    }


def test_what_is_no_delimited_text_is_said_to_be_none(workspace: Path) -> None:
    """Bytes, an unknown table, and another person's upload."""
    browser = Browser(workspace, "ann")
    answer = browser.get(sent(browser, b"\x00\xff\x01" * 50))
    assert answer.status_code == 400
    assert "line of column names" in answer.text
    there = sent(browser, FILLS.encode())
    assert "nearest: executions" in browser.get(there.replace("executions", "execution")).text
    assert Browser(workspace, "sam").get(there).status_code == 400


def test_a_map_that_does_not_fit_is_explained(workspace: Path) -> None:
    """The page stays, with the reason."""
    browser = Browser(workspace, "ann")
    page = browser.get(f"{sent(browser, FILLS.encode())}&of=symbol&column=Ticker").text
    assert "does not fit yet" in page
    assert "Ticker" in page


def test_a_program_asks_the_same(workspace: Path) -> None:
    """Upload, then the guess; then the rows under a map of one's own."""
    browser = Browser(workspace, "ann")
    answer = browser.client.post(
        "/api/v1/uploads", files={"file": ("f.csv", FILLS)}, headers={"X-CSRF-Token": browser.form_token}
    )
    asked = {"upload": answer.json()["upload"], "table": "executions"}
    guess = browser.call("POST", "/api/v1/maps", asked).json()
    assert (guess["received"], guess["accepted"]) == (3, 2)
    tried = browser.call("POST", "/api/v1/maps", {**asked, "map": guess["map"]}).json()
    assert tried["rows"] == guess["rows"]
    assert [row["quantity"] for row in tried["rows"]] == ["100", "200"]
