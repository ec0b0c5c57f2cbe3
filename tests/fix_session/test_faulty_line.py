"""No message is missed silently: behind a line that loses, repeats, swaps and spoils, all arrives or a gap names it."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

import pytest

from fix_session.counterparty import Counterparty
from fix_session.faulty_proxy import FaultyProxy
from fix_session.programs import TESTS, Running, running, session
from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.journal_format import Kind, Position
from routeproof.sources.live.journal_reading import read_journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")

RECEIVER = TESTS / "fix_session" / "receiver.py"
SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))


class Told:
    """What the receiver has printed."""

    def __init__(self, receiver: Running) -> None:
        self.lines: list[dict[str, Any]] = []
        assert receiver.process.stdout is not None
        threading.Thread(target=self._read, args=(receiver.process.stdout,), daemon=True).start()

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            self.lines.append(json.loads(line))

    def open_gaps(self, since: int) -> set[int]:
        """Sequence numbers of the gaps that have not closed."""
        gaps: set[tuple[int, int]] = set()
        for line in self.lines[since:]:
            if line["event"] == "gap_open":
                gaps.add((line["begin"], line["end"]))
            elif line["event"] in {"gap_closed", "gap_abandoned"}:
                gaps.discard((line["begin"], line["end"]))
        return {number for begin, end in gaps for number in range(begin, end + 1)}


@pytest.mark.parametrize("sessions", [30, pytest.param(1000, marks=pytest.mark.night)])
def test_every_session_is_complete_or_names_its_gap(tmp_path: Path, sessions: int) -> None:
    """After the bad line, the counterparty logs on over a good one; every third then refuses to send again."""
    config = tmp_path / "watch.toml"
    config.write_text(session("dropcopy"), "utf-8")
    chance = random.Random(SEED)  # noqa: S311 - a test's seed
    complete = 0
    with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log") as receiver:
        told, position = Told(receiver), None
        proxy = FaultyProxy(receiver.address("dropcopy"), chance)
        for place in range(sessions):
            since, sor = len(told.lines), Counterparty()
            _trade(sor, proxy, chance)
            helps = place % 3 > 0
            assert _log_on_again(sor, receiver.address("dropcopy"), helps=helps), f"seed {SEED}, session {place}"
            kept, position = _kept_since(tmp_path, position)
            missing = sor.fills - kept
            assert not (helps and missing), f"seed {SEED}, session {place}: {missing} are missing"
            wanted = f"seed {SEED}, session {place}: {missing} are missing, {told.open_gaps(since)} are named"
            _soon(partial(_is_told, told, since, missing, helps=helps), wanted)
            complete += not missing
        proxy.close()
    assert complete >= sessions * 2 // 3
    print(f"{sessions} sessions, {complete} complete, seed {SEED}")  # noqa: T201 - for the proof page


def _trade(sor: Counterparty, proxy: FaultyProxy, chance: random.Random) -> None:
    """Log on over a good line that becomes a bad one, and send until all is said or the line is dead."""
    proxy.rate = 0
    assert sor.connect(proxy.address, reset=True)
    proxy.rate = chance.uniform(0.01, 0.3)
    try:
        for _ in range(chance.randrange(1, 8)):
            sor.send_fills(chance.randrange(1, 12))
            sor.receive(0.01)
    except OSError:
        pass
    sor.close()


def _log_on_again(sor: Counterparty, address: tuple[str, int], *, helps: bool) -> bool:
    """Whether the Logon was answered; who helps resends until the other side expects the next number."""
    sor.resends = helps
    until = time.monotonic() + 10
    logged_on = False
    while not logged_on and time.monotonic() < until:
        try:
            logged_on = sor.connect(address)
        except ConnectionError:
            time.sleep(0.05)
    try:
        if helps:
            logged_on = logged_on and sor.settle(10)
        else:
            sor.ask()
            sor.receive(0.2)
    except ConnectionError:
        return False
    sor.close()
    return logged_on


def _is_told(told: Told, since: int, missing: set[int], *, helps: bool) -> bool:
    gaps = told.open_gaps(since)
    return not gaps if helps else missing <= gaps


def _soon(holds: Callable[[], bool], wanted: str) -> None:
    """What the receiver prints arrives a moment later."""
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, wanted
        time.sleep(0.01)


def _kept_since(folder: Path, position: Position | None) -> tuple[set[int], Position | None]:
    kept = set()
    for each in read_journal(folder / "journal", position):
        position = each.after
        number = number_of(each.raw, 34)
        if each.kind == Kind.MESSAGE_IN and text_of(each.raw, 35) == "8" and number is not None:
            kept.add(number)
    return kept, position
