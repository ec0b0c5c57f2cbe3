"""What was acknowledged is in the journal, whenever the acceptor is killed."""

from __future__ import annotations

import os
import random
import threading
from typing import TYPE_CHECKING

import pytest

from fix_session.counterparty import Counterparty
from fix_session.programs import TESTS, running, session
from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.journal_reading import read_journal

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")

RECEIVER = TESTS / "fix_session" / "receiver.py"
SEED = int(os.environ.get("ROUTEPROOF_FAULT_SEED", "20260701"))


@pytest.mark.parametrize("kills", [4, pytest.param(200, marks=pytest.mark.night)])
def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path, kills: int) -> None:
    """`kill -9` while fills stream in: each below the number that the acceptor was known to expect is kept.

    An acceptor is known to expect the number behind a TestRequest that it has answered, and the number that it asks to
    have again. After the last kill it is started once more, and then has everything.
    """
    config = tmp_path / "watch.toml"
    config.write_text(session("dropcopy"), "utf-8")
    chance = random.Random(SEED)  # noqa: S311 - a test's seed
    sor, known = Counterparty(), 0
    arguments = ["--config", str(config), "--folder", str(tmp_path)]
    for kill in range(kills):
        with running(RECEIVER, arguments, tmp_path / f"log{kill}") as receiver:
            killer = threading.Timer(chance.uniform(0.01, 0.6), receiver.process.kill)
            assert sor.connect(receiver.address("dropcopy"))
            killer.start()
            _stream_until_closed(sor)
            killer.join()
            receiver.process.wait(10)
        assert _kept(tmp_path) >= _acknowledged(sor), f"seed {SEED}, kill {kill}"
        known = len(_acknowledged(sor))
    assert known > kills
    with running(RECEIVER, arguments, tmp_path / "log") as receiver:
        assert sor.connect(receiver.address("dropcopy"))
        assert sor.settle(30)
    assert _kept(tmp_path) == sor.fills
    print(f"{kills} kills, {known} of {len(sor.fills)} fills acknowledged before the last, seed {SEED}")  # noqa: T201


def _stream_until_closed(sor: Counterparty) -> None:
    try:
        while True:
            sor.send_fills(50)
            sor.ask()
            sor.receive(0.005)
    except OSError:
        sor.close()


def _acknowledged(sor: Counterparty) -> set[int]:
    return {number for number in sor.fills if number < sor.expected}


def _kept(folder: Path) -> set[int]:
    """Sequence numbers of the fills in the journal; each message is as it was sent."""
    kept = set()
    for each in read_journal(folder / "journal"):
        if each.kind == Kind.MESSAGE_IN and text_of(each.raw, 35) == "8":
            number = number_of(each.raw, 34)
            assert number is not None
            assert text_of(each.raw, 17) == f"e{number}"
            kept.add(number)
    return kept
