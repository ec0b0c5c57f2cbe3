"""What the gate promises whatever engine stands behind it; here one that only listens and says what it is told to."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from routeproof.sources.live.gate import Gate
from routeproof.sources.live.journal import Journal, JournalStoppedError
from routeproof.sources.live.journal_format import Kind, Position
from routeproof.sources.live.journal_reading import read_journal
from routeproof.sources.live.session_config import FixSession
from routeproof.sources.live.wire_watch import WireWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SESSION = FixSession(
    name="dropcopy",
    role="acceptor",
    host="127.0.0.1",
    port=0,
    begin_string="FIX.4.4",
    sender_comp_id="FIRM",
    target_comp_id="SOR",
    provider="P",
)


def message(kind: str, number: int, body: str = "", *, sender: str = "SOR", target: str = "FIRM") -> bytes:
    """A message with the right length and sum; fields of `body` have `|` behind each."""
    fields = f"35={kind}|34={number}|49={sender}|56={target}|{body}".replace("|", "\x01").encode()
    start = b"8=FIX.4.4\x019=%d\x01" % len(fields) + fields
    return start + b"10=%03d\x01" % (sum(start) % 256)


LOGON = message("A", 1)
ANSWER = message("A", 1, sender="FIRM", target="SOR")


class FullDisk(Journal):
    """A journal whose disk refuses from the second batch on."""

    def commit(self) -> Position:
        if self.messages:
            raise JournalStoppedError(message="the disk is full")
        return super().commit()


class Behind:
    """The engine's side: the connections that the gate has made to it."""

    def __init__(self) -> None:
        self.ends: list[socket.socket] = []

    def connect(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.settimeout(5)
        self.ends.append(theirs)
        return ours


class Doorway:
    """A gate that runs, with its address."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.engine, self.folder = Behind(), folder
        listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = listener.getsockname()
        watches = {"dropcopy": WireWatch("dropcopy", resets_on_logon=False, next_expected=1)}
        self.gate = Gate(journal, watches, self.engine.connect, itertools.count(1).__next__)
        self.gate.listen(listener, [SESSION])
        self.gate.start()

    def logged_on(self) -> tuple[socket.socket, socket.socket]:
        """A counterparty's connection, and the engine's end of it, after a Logon."""
        sor = socket.create_connection(self.address, 5)
        sor.sendall(LOGON)
        _until(lambda: bool(self.engine.ends))
        engine = self.engine.ends[-1]
        assert engine.recv(1000) == LOGON
        return sor, engine

    def kept(self) -> list[tuple[Kind, bytes]]:
        """What is in the journal now."""
        return [(each.kind, each.raw) for each in read_journal(self.folder)]


@pytest.fixture
def doorway(tmp_path: Path) -> Iterator[Doorway]:
    """A gate with a journal."""
    journal = Journal(tmp_path, ["dropcopy"])
    door = Doorway(tmp_path, journal)
    yield door
    door.gate.stop()
    journal.close()


def test_the_engine_sees_nothing_that_is_not_in_the_journal(doorway: Doorway) -> None:
    """At the moment at which it has a message, the journal has it; likewise the counterparty and the answer."""
    sor, engine = doorway.logged_on()
    assert doorway.kept() == [(Kind.MESSAGE_IN, LOGON)]
    engine.sendall(ANSWER)
    assert sor.recv(1000) == ANSWER
    assert doorway.kept()[-1] == (Kind.MESSAGE_OUT, ANSWER)
    many = [message("8", number) for number in range(2, 200)]
    sor.sendall(b"".join(many))
    received = b""
    while len(received) < sum(map(len, many)):
        received += engine.recv(1 << 16)
        assert len(received) <= sum(len(raw) for kind, raw in doorway.kept()[2:] if kind == Kind.MESSAGE_IN)
    assert [raw for _, raw in doorway.kept()[2:]] == many


def test_a_batch_is_what_became_durable_together(doorway: Doorway) -> None:
    """Messages in order with their session; reading the journal behind the batch repeats nothing of it."""
    sor, engine = doorway.logged_on()
    engine.sendall(ANSWER)
    assert sor.recv(1000) == ANSWER
    sor.sendall(message("8", 2) + message("8", 5))
    assert engine.recv(1000)
    messages, events = [], []
    while len(messages) < 3:
        batch = doorway.gate.batches.get(timeout=5)
        messages += [(each.session, each.raw) for each in batch.messages]
        events += [(event.kind, event.begin, event.end) for event in batch.events]
    assert messages == [("dropcopy", raw) for raw in (LOGON, message("8", 2), message("8", 5))]
    assert events == [("logon", None, None), ("gap_open", 3, 4)]
    assert list(read_journal(doorway.folder, batch.after)) == []


def test_what_is_no_message_goes_on_and_is_told(doorway: Doorway) -> None:
    """The engine judges; the journal has the bytes under their own kind."""
    sor, engine = doorway.logged_on()
    spoilt = message("8", 2).replace(b"34=2", b"34=3")
    sor.sendall(spoilt)
    assert engine.recv(1000) == spoilt
    assert doorway.kept()[-1] == (Kind.NOISE_IN, spoilt)
    assert doorway.gate.batches.get(timeout=5).messages
    assert [event.kind for event in doorway.gate.batches.get(timeout=5).events] == ["garbled"]


def test_a_counterparty_that_has_said_all_is_still_answered(doorway: Doorway) -> None:
    """It closes its half; the engine sees the end, answers, and closes."""
    sor, engine = doorway.logged_on()
    sor.sendall(message("1", 2))
    sor.shutdown(socket.SHUT_WR)
    assert engine.recv(1000) == message("1", 2)
    assert engine.recv(1000) == b""
    engine.sendall(ANSWER)
    engine.close()
    assert sor.recv(1000) == ANSWER
    assert sor.recv(1000) == b""


def test_who_comes_again_is_let_in_when_the_first_connection_has_ended(doorway: Doorway) -> None:
    """Not refused, even if it is quicker than the engine."""
    sor, engine = doorway.logged_on()
    sor.close()
    again = socket.create_connection(doorway.address, 5)
    again.sendall(LOGON)
    assert engine.recv(1000) == b""
    engine.close()
    _until(lambda: len(doorway.engine.ends) == 2)
    assert doorway.engine.ends[1].recv(1000) == LOGON


def test_a_disk_that_refuses_ends_the_sessions(tmp_path: Path) -> None:
    """What it did not take never reaches the engine, the counterparty is closed, and who waits for a batch is told."""
    journal = FullDisk(tmp_path, ["dropcopy"])
    door = Doorway(tmp_path, journal)
    sor, engine = door.logged_on()
    sor.sendall(message("8", 2))
    assert engine.recv(1000) == b""
    assert sor.recv(1000) == b""
    door.gate.stop()
    assert isinstance(door.gate.failure, JournalStoppedError)
    journal.close()
    assert door.kept() == [(Kind.MESSAGE_IN, LOGON)]


def test_a_full_queue_slows_the_counterparty_down(doorway: Doorway) -> None:
    """While 256 batches wait, nothing more is read; when they are taken, all arrives."""
    sor, engine = doorway.logged_on()
    sender = threading.Thread(target=_send_one_by_one, args=(sor, engine, 300))
    sender.start()
    sender.join()
    assert doorway.gate.batches.qsize() <= 257
    rest = [message("8", number) for number in range(302, 400)]
    sor.sendall(b"".join(rest))
    while doorway.gate.batches.qsize():
        doorway.gate.batches.get()
    _until(lambda: doorway.kept()[-1][1] == rest[-1])
    assert len(doorway.kept()) == 399


def _send_one_by_one(sor: socket.socket, engine: socket.socket, count: int) -> None:
    """Each message is a batch of its own, as long as the gate reads."""
    engine.settimeout(0.3)
    for number in range(2, count + 2):
        sor.sendall(message("8", number))
        try:
            engine.recv(1000)
        except TimeoutError:
            engine.settimeout(0.001)


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)
