"""Sessions in another process: what they hand out, say and are told crosses two pipes.

The engine here is a fake, and the other process a thread; the real ones are tried by a watch in `tests/e2e`.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from routeproof.app.watch.beside import sessions_process
from routeproof.sources.live.apart import SessionsApart, SessionsEndedError, keep_sessions
from routeproof.sources.live.journal import JournalStoppedError
from routeproof.sources.live.journal_format import Position
from routeproof.sources.live.session import Batch, Listening, Received, SessionEvent, SessionStatus
from routeproof.sources.live.session_config import FixSession
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

SESSION = FixSession(
    name="d", role="acceptor", host="127.0.0.1", port=0, begin_string="FIX.4.4", sender_comp_id="FIRM",
    target_comp_id="SOR", provider="P", dictionary="absent.xml",
)  # fmt: skip
BATCHES = [
    Batch((Received(5, "d", b"8=FIX one"), Received(6, "d", b"8=FIX\xfftwo")), (), Position(1, 40)),
    Batch((), (SessionEvent("gap_open", "d", 7, "2 to 3", 2, 3),), Position(1, 60)),
    Batch((Received(9, "e", b""),), (SessionEvent("logout", "d", 8, "ended"),), Position(2, 0)),
]


class Engine:
    """Hands out batches, then what a stop leaves behind; fails instead where it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self._failure = failure
        self._batches: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._is_stopped = False

    def start(self) -> tuple[Listening, ...]:
        """Two batches wait."""
        for batch in BATCHES[:2]:
            self._batches.put(batch)
        return (Listening("d", "127.0.0.1", 9878),)

    def stop(self) -> None:
        """One more came meanwhile."""
        self._batches.put(BATCHES[2])
        self._is_stopped = True

    def status(self) -> tuple[SessionStatus, ...]:
        """One session."""
        return (SessionStatus("d", not self._is_stopped, 12, 34),)

    def send(self, session: str, message: bytes) -> bool:
        """Keeps it."""
        self.sent.append((session, message))
        return True

    def next_batch(self, timeout_s: float) -> Batch | None:
        """The next, if there is one in time."""
        if self._failure is not None:
            raise self._failure
        with suppress(queue.Empty):
            return self._batches.get(timeout=timeout_s)
        return None


def _joined(tmp_path: Path, engine: Engine) -> SessionsApart:
    def launch(ends: Sequence[Connection]) -> Callable[[], object]:
        def begin(sessions: tuple[FixSession, ...], journal: Path, state: Path) -> tuple[Engine, tuple[Listening, ...]]:
            assert (sessions, journal, state) == ((SESSION,), tmp_path / "journal", tmp_path / "state")
            return engine, engine.start()

        thread = threading.Thread(target=keep_sessions, args=(*ends, begin), daemon=True)
        thread.start()
        return thread.join

    return SessionsApart([SESSION], tmp_path / "journal", tmp_path / "state", launch)


def test_what_the_engine_hands_out_arrives_as_it_is(tmp_path: Path) -> None:
    """Batches in their order, those of a stop too, then none; status and messages out go the other way meanwhile."""
    engine = Engine()
    apart = _joined(tmp_path, engine)
    assert apart.start() == (Listening("d", "127.0.0.1", 9878),)
    assert [apart.next_batch(5), apart.next_batch(5)] == BATCHES[:2]
    assert apart.next_batch(0) is None
    assert apart.status() == (SessionStatus("d", True, 12, 34),)
    assert apart.send("d", b"8=FIX out")
    assert engine.sent == [("d", b"8=FIX out")]
    apart.stop()
    assert apart.next_batch(0) == BATCHES[2]
    assert [apart.next_batch(0), apart.next_batch(0)] == [None, None]
    assert apart.status() == (SessionStatus("d", False, 12, 34),)
    apart.stop()


def test_a_full_disk_there_is_told_here(tmp_path: Path) -> None:
    """The error arrives with its words, and the sessions can still be stopped."""
    apart = _joined(tmp_path, Engine(JournalStoppedError("no space", where="journal")))
    apart.start()
    with pytest.raises(JournalStoppedError, match="no space") as told:
        apart.next_batch(5)
    assert told.value.where == "journal"
    apart.stop()


def test_a_process_that_is_gone_is_noticed(tmp_path: Path) -> None:
    """Whoever asks for the next batch hears what to do; the status says that nobody is connected."""

    def launch(ends: Sequence[Connection]) -> Callable[[], object]:
        def answer_once() -> None:
            ends[1].recv()
            ends[1].send(())
            for end in ends:
                end.close()

        thread = threading.Thread(target=answer_once, daemon=True)
        thread.start()
        return thread.join

    apart = SessionsApart([SESSION], tmp_path / "journal", tmp_path / "state", launch)
    apart.start()
    with pytest.raises(SessionsEndedError, match="start again"):
        apart.next_batch(5)
    assert apart.status() == ()
    apart.stop()


def test_what_cannot_begin_says_so_through_a_real_process(tmp_path: Path) -> None:
    """Without QuickFIX the extra is named, with it the dictionary that is not there."""
    apart = SessionsApart([SESSION], tmp_path / "journal", tmp_path / "state", sessions_process.launch)
    with pytest.raises(UsageError, match=r"extra fix|absent\.xml"):
        apart.start()
