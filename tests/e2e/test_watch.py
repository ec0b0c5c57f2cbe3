"""`watch` as a user runs it: files that grow and files that are dropped, findings that others see, an orderly end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from live_streams import framed
from routeproof.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE_S = 90.0
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


def report(number: int, price: str, time_of_day: str) -> bytes:
    """A fill of 100 shares bought, of an order that nobody saw."""
    at = f"20260701-{time_of_day}"
    return framed(["35=8", "49=SOR", "56=FIRM", f"34={number}", f"52={at}", f"37=O{number}", f"11=C{number}",
                   f"17=E{number}", "150=F", "39=2", "55=KESTR", "54=1", "38=100", "40=1", "59=0", "32=100",
                   f"31={price}", "30=XNAS", "14=100", "151=0", f"6={price}", f"60={at}"])  # fmt: skip


def ask(*arguments: str) -> Any:  # noqa: ANN401  # JSON
    """What a command prints as JSON."""
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    return json.loads(result.stdout)


def until(look: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:  # noqa: ANN401
    """Look again until it is as wanted, for as long as patience lasts."""
    end = time.monotonic() + PATIENCE_S
    found = look()
    while not wanted(found) and time.monotonic() < end:
        time.sleep(0.2)
        found = look()
    return found


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A workspace and a watch over a growing quote file, a growing log and a drop folder."""
    CliRunner().invoke(cli, ["init", str(tmp_path / "ws")])
    (tmp_path / "quotes.toml").write_text(MAP)
    (tmp_path / "in").mkdir()
    (tmp_path / "watch.toml").write_text(
        '[[tail]]\npath = "quotes.csv"\nsource = "csv"\nmap = "quotes.toml"\n'
        '[[tail]]\npath = "sor.log"\nsource = "fix-log"\nprovider = "P"\n'
        '[[drop]]\npath = "in/"\nsource = "fix-log"\nprovider = "Q"\n'
    )
    command = [sys.executable, "-m", "routeproof", "watch", "--config", str(tmp_path / "watch.toml"), "-w",
               str(tmp_path / "ws")]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"event": "ready", "fix": []}
        yield tmp_path, process
    finally:
        process.kill()
        process.wait()


@pytest.mark.night
def test_what_grows_and_what_is_dropped_is_judged(watch: tuple[Path, subprocess.Popen[str]]) -> None:
    """A bad fill is found, waits for its quote, is in the lake, and is found again by a run over the day."""
    folder, process = watch
    workspace = str(folder / "ws")
    (folder / "quotes.csv").write_text("symbol,at,bid,ask\nKESTR,2026-07-01T13:59:00Z,51.50,51.54\n")
    (folder / "sor.log").write_bytes(report(1, "51.60", "14:00:00.100") + b"\n" + report(2, "51.52", "14:00:01.000"))
    with (folder / "sor.log").open("ab") as more:
        more.write(b"\n")
    staged = folder / "late.part"
    staged.write_bytes(report(7, "51.70", "14:10:00.000") + b"\n")
    staged.rename(folder / "in" / "late.log")
    arguments = ("exceptions", "list", "--rule", "outside_nbbo", "-w", workspace)
    found = until(lambda: ask(*arguments), lambda told: told["total"] == 2)
    assert [(item["provider"], item["observed"], item["order_id"]) for item in found["findings"]] == [
        ("P", pytest.approx(0.06), None),
        ("Q", pytest.approx(0.16), None),
    ]
    measured = until(
        lambda: CliRunner().invoke(cli, ["measure", "-w", workspace, "--metrics", "executions", "--json"]).stdout,
        lambda told: '"executions": 3' in told,
    )
    assert '"executions": 3' in measured
    assert ask("watch", "status", "-w", workspace)["running"] is True
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    again = ask("exceptions", "run", "--day", "2026-07-01", "-w", workspace)
    ids = {item["id"] for item in again["findings"] if item["rule"] == "outside_nbbo"}
    assert ids == {item["id"] for item in found["findings"]}
    assert ask("watch", "status", "-w", workspace)["running"] is False


def test_a_configuration_that_listens_to_nothing_is_refused(tmp_path: Path) -> None:
    """It says what is expected, what was found, and where."""
    CliRunner().invoke(cli, ["init", str(tmp_path / "ws")])
    config = tmp_path / "watch.toml"
    config.write_text('[[tial]]\npath = "x"\n')
    result = CliRunner().invoke(cli, ["watch", "--config", str(config), "-w", str(tmp_path / "ws")])
    assert result.exit_code != 0
    assert "[[tail]]" in str(result.exception)
    assert "tial" in str(result.exception)
