"""`kill -9` of a watch at any moment: started again, it finds what a watch finds that nobody killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from live_streams import framed
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.monitoring.listing import FindingFilter, list_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))
SRC = Path(__file__).resolve().parents[2] / "src"
FILLS_BETWEEN = 6
PATIENCE_S = 120.0
LONGEST_S = 2.0
MAP = """\
table = "quotes"
[columns]
symbol = "symbol"
at = "at"
bid = "bid"
ask = "ask"
[constants]
kind = "nbbo"
[time.at]
unit = "iso"
"""
CONFIG = """\
[[tail]]
path = "quotes.csv"
source = "csv"
map = "quotes.toml"
[[tail]]
path = "sor.log"
source = "fix-log"
provider = "P"
"""


def fill(number: int, cents: int, second: int) -> bytes:
    """A fill of 100 shares bought on an order of its own, in the log a line of its own."""
    at = f"20260701-{14 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000"
    price = f"{cents / 100:.2f}"
    return framed(["35=8", "49=SOR", "56=FIRM", f"34={number}", f"52={at}", f"37=O{number}", f"11=C{number}",
                   f"17=E{number}", "150=F", "39=2", "55=KESTR", "54=1", "38=100", "40=1", "59=0", "32=100",
                   f"31={price}", "30=XNAS", "14=100", "151=0", f"6={price}", f"60={at}"]) + b"\n"  # fmt: skip


def bust(number: int, of: int, second: int) -> bytes:
    """The fill of a number is cancelled."""
    at = f"20260701-14:{second // 60:02d}:{second % 60:02d}.000"
    return framed(["35=8", "49=SOR", "56=FIRM", f"34={number}", f"52={at}", f"37=O{of}", f"11=C{of}", f"17=B{number}",
                   f"19=E{of}", "150=H", "39=0", "55=KESTR", "54=1", "38=100", "40=1", "59=0", "32=0", "31=0",
                   "14=0", "151=100", "6=0", f"60={at}"]) + b"\n"  # fmt: skip


def heartbeat(number: int) -> bytes:
    """Hours after the last fill: by then everything has settled."""
    return framed(["35=0", "49=SOR", "56=FIRM", f"34={number}", "52=20260701-19:30:00.000"]) + b"\n"


def story(kills: int, chance: random.Random) -> tuple[list[bytes], bytes, int]:
    """What is written before each kill, what ends the day, and how many fills stand beyond the quote then."""
    pieces, number, beyond = [], 0, 0
    for _ in range(kills):
        lines = []
        for _ in range(FILLS_BETWEEN):
            number += 1
            bad = chance.random() < 0.5
            lines.append(fill(number, 1007 if bad else 1004, number % 3000))
            beyond += bad
        if bad:
            number += 1
            lines.append(bust(number, number - 1, number % 3000))
            beyond -= 1
        pieces.append(b"".join(lines))
    return pieces, heartbeat(number + 1), beyond


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A watch that serves, until the block ends."""
    command = [
        sys.executable,
        "-m",
        "routeproof",
        "watch",
        "--config",
        str(folder / "watch.toml"),
        "-w",
        str(folder / "ws"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    with (
        (folder / "talk").open("a") as talk,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, text=True, env=environment) as process,
    ):
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline() or "{}").get("event") == "ready", (folder / "talk").read_text()
            yield process
        finally:
            process.kill()


def prepared(folder: Path) -> Path:
    """A workspace, a growing quote file and an empty log."""
    folder.mkdir()
    init_workspace(folder / "ws")
    (folder / "quotes.toml").write_text(MAP)
    (folder / "quotes.csv").write_text("symbol,at,bid,ask\nKESTR,2026-07-01T13:59:00Z,10.00,10.04\n")
    (folder / "watch.toml").write_text(CONFIG)
    (folder / "sor.log").write_bytes(b"")
    return folder


def written(folder: Path, content: bytes) -> None:
    """Put content behind what is in the log."""
    with (folder / "sor.log").open("ab") as log:
        log.write(content)


def found(folder: Path) -> dict[str, Any]:
    """Findings by id, without when and from which copy they were recorded and what became of them."""
    with open_context(folder / "ws") as context:
        items = list_findings(context.records, FindingFilter(), limit=100_000)["findings"]
    return {
        item["id"]: {key: value for key, value in item.items() if key not in {"recorded_at", "source_row", "case"}}
        for item in items
    }


def settled(folder: Path, beyond: int) -> dict[str, Any]:
    """Serve until all is found and final, then end in order."""
    with watching(folder) as process:
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s and not _is_settled(folder, beyond):
            time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0, (folder / "talk").read_text()
    return found(folder)


def _is_settled(folder: Path, beyond: int) -> bool:
    bad = [item["status"] for item in found(folder).values() if item["rule"] == "outside_nbbo"]
    return bad == ["final"] * beyond


@pytest.mark.night
@pytest.mark.parametrize("kills", [1, 200])
def test_a_watch_that_was_killed_finds_the_same(tmp_path: Path, kills: int) -> None:
    """Lines are cut where they will, quotes and fills are there once, what was recorded stands or is taken back."""
    chance = random.Random(SEED)  # noqa: S311  # reproducible, not secret
    pieces, end, beyond = story(kills, chance)
    killed, twin = prepared(tmp_path / "killed"), prepared(tmp_path / "twin")
    for piece in pieces:
        with watching(killed) as process:
            killer = threading.Timer(chance.uniform(0.0, LONGEST_S), process.kill)
            killer.start()
            cut = chance.randrange(len(piece))
            written(killed, piece[:cut])
            time.sleep(chance.uniform(0.0, LONGEST_S / 2))
            written(killed, piece[cut:])
            killer.join()
            process.wait(PATIENCE_S)
    written(killed, end)
    written(twin, b"".join(pieces) + end)
    assert settled(killed, beyond) == settled(twin, beyond), f"seed {SEED}"
    print(f"{kills} kills, {beyond} fills beyond the quote, seed {SEED}")  # noqa: T201
