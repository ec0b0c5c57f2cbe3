"""The process beside a watch: what it is given is in the lake once it says so, and its end is noticed."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from live_streams import framed
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.watch.beside.lake_writer import FIX_LOG, Portion
from routeproof.app.watch.beside.process import Beside
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from pathlib import Path

ORDER = framed(
    ["35=D", "49=FIRM", "56=SOR", "34=1", "52=20260701-14:00:00.000", "11=A", "55=KESTR", "54=1", "38=100", "40=1"]
)
PATIENCE_S = 60


def test_what_it_says_is_done_is_in_the_lake(tmp_path: Path) -> None:
    """One order of a log; a map that is not there is told, and neither stops it."""
    root, said, done = tmp_path / "ws", [], threading.Event()
    init_workspace(root)
    beside = Beside(root, said.append)
    beside.start()
    beside.offer(Portion("bad", "csv", tmp_path / "absent.toml", "P", parts=[b"a\n1\n"]))
    beside.offer(Portion("log", FIX_LOG, None, "P", parts=[ORDER + b"\n"], done=[done.set]))
    assert done.wait(PATIENCE_S)
    with open_context(root) as context:
        assert context.lake.read("parent_orders")["symbol"].to_list() == ["KESTR"]
    beside.stop()
    assert [text.split(":")[0] for text in said] == ["bad"]


def test_its_end_is_told(tmp_path: Path) -> None:
    """A kill -9 of it: the watch hears at its next turn, and what to do."""
    init_workspace(tmp_path / "ws")
    beside = Beside(tmp_path / "ws", pytest.fail)
    beside.start()
    beside.tell(frozenset(), set())
    os.kill(beside.pid, signal.SIGKILL)
    with pytest.raises(RouteproofError, match="start the watch again"):
        _tell_for_a_while(beside)
    beside.stop()


def _tell_for_a_while(beside: Beside) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        beside.tell(frozenset(), set())
        time.sleep(0.05)
