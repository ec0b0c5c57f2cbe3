"""Windows in a process of their own: they find there what they find here, and their end is noticed."""

from __future__ import annotations

import os
import signal
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from live_streams import framed
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.watch.engine import Engine
from routeproof.app.watch.quotes import LiveQuotes
from routeproof.app.watch.windows.process import WindowsApart
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.app.watch.windows.judge import WindowJudge

DAY = date(2026, 7, 1)
REJECTED = 40


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[WindowsApart]:
    """The other process, over a workspace of its own, without channels."""
    init_workspace(tmp_path / "apart")
    windows = WindowsApart(tmp_path / "apart")
    windows.start()
    yield windows
    windows.stop()


def _told(sender: str, target: str, number: int, second: int, *fields: str) -> bytes:
    at = f"20260701-14:{second // 60:02d}:{second % 60:02d}.000"
    return framed([fields[0], f"49={sender}", f"56={target}", f"34={number}", f"52={at}", *fields[1:], f"60={at}"])


def _messages() -> list[bytes]:
    """Forty orders within forty seconds, each rejected; the provider's number 20 never came."""
    sent = []
    for number in range(1, REJECTED + 1):
        terms = ["55=KESTR", "54=1", "38=100", "40=1"]
        sent.append(_told("FIRM", "SOR", number, number, "35=D", f"11=A{number}", *terms))
        said = [f"37=O{number}", f"11=A{number}", f"17=R{number}", "150=8", "39=8", *terms, "14=0", "151=0", "6=0"]
        if number != 20:
            sent.append(_told("SOR", "FIRM", number, number, "35=8", *said))
    return sent


def _found(root: Path, windows: WindowJudge | None) -> list[dict[str, Any]]:
    """What stands once the messages came in four portions."""
    sent = _messages()
    with open_context(root, role="watch") as context:
        engine = Engine(context, LiveQuotes(context.lake), {}, windows)
        for begin in range(0, len(sent), 20):
            engine.take("P", sent[begin : begin + 20])
            engine.go_on()
        engine.judge_windows()
        found = list_findings(context.records, FindingFilter(day=DAY))["findings"]
        assert engine.recorded >= len(found) > 0
    return [{name: value for name, value in item.items() if name != "recorded_at"} for item in found]


def test_the_same_is_found_here_and_there(tmp_path: Path, apart: WindowsApart) -> None:
    """A burst of rejects and a gap of the sequence, with the same identity and the same words."""
    init_workspace(tmp_path / "here")
    here, there = _found(tmp_path / "here", None), _found(tmp_path / "apart", apart)
    assert {"reject_burst", "sequence_gap"} <= {item["rule"] for item in here}
    assert there == here


def test_its_end_is_told(tmp_path: Path, apart: WindowsApart) -> None:
    """A kill -9 of it: whoever waits for an outcome hears what to do."""
    os.kill(apart.pid, signal.SIGKILL)
    with pytest.raises(RouteproofError, match="start the watch again"):
        _found(tmp_path / "apart", apart)
