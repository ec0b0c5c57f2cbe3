"""What the gate promises whatever engine stands behind it; here one that only listens and says what it is told to."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from routeproof.sources.live.administrative import DataFields
from routeproof.sources.live.gate import Gate
from routeproof.sources.live.journal import Journal, JournalStoppedError
from routeproof.sources.live.journal_format import Kind, Position
from routeproof.sources.live.journal_reading import read_journal
from routeproof.sources.live.session_config import FixSession
from routeproof.sources.live.wire_watch import WireWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from routeproof.sources.live.session import SessionEvent

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


LOGON = message("A", 1, "52=20260105-14:30:00|98=0|108=30|")
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
        self.most: list[int] = []

    def go_on(self, session: str, most: int) -> int:
        """It is done with the last connection at once, and goes back to the number that it is told."""
        assert session == "dropcopy"
        self.most.append(most)
        return most

    def connect(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.settimeout(5)
        self.ends.append(theirs)
        return ours


class Doorway:
    """A gate that runs, with its address."""

    def __init__(self, folder: Path, journal: Journal, *, logon_within_s: float = 60) -> None:
        self.engine, self.folder = Behind(), folder
        listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = listener.getsockname()
        watches = {"dropcopy": WireWatch("dropcopy", resets_on_logon=False, next_expected=1)}
        self.gate = Gate(
            journal,
            watches,
            self.engine.connect,
            itertools.count(1).__next__,
            data={"dropcopy": DataFields({96})},
            go_on=self.engine.go_on,
            expects=lambda _: 1,
            logon_within_s=logon_within_s,
        )
        self.gate.listen(listener, [SESSION])
        self.gate.start()

    def asked(self, more: bytes = b"") -> tuple[socket.socket, socket.socket]:
        """A counterparty's connection, and the engine's end of it, after a Logon and what is sent with it."""
        sor, before = socket.create_connection(self.address, 5), len(self.engine.ends)
        sor.sendall(LOGON + more)
        _until(lambda: len(self.engine.ends) > before)
        engine = self.engine.ends[-1]
        assert engine.recv(1000) == LOGON
        return sor, engine

    def logged_on(self, more: bytes = b"") -> tuple[socket.socket, socket.socket]:
        """The same after the answer."""
        sor, engine = self.asked(more)
        engine.sendall(ANSWER)
        assert sor.recv(1000) == ANSWER
        return sor, engine

    def handed_out(self, until: Callable[[list[bytes], list[SessionEvent]], bool]) -> list[SessionEvent]:
        """Events up to when messages and events are as wanted."""
        messages: list[bytes] = []
        events: list[SessionEvent] = []
        while not until(messages, events):
            batch = self.gate.batches.get(timeout=5)
            messages += [each.raw for each in batch.messages]
            events += batch.events
        return events

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
    sor, engine = doorway.asked()
    assert doorway.kept() == [(Kind.SEEN_IN, LOGON)]
    engine.sendall(ANSWER)
    assert sor.recv(1000) == ANSWER
    assert doorway.kept()[1:] == [(Kind.MESSAGE_IN, LOGON), (Kind.MESSAGE_OUT, ANSWER)]
    many = [message("8", number) for number in range(2, 200)]
    sor.sendall(b"".join(many))
    received = b""
    while len(received) < sum(map(len, many)):
        received += engine.recv(1 << 16)
        assert len(received) <= sum(len(raw) for kind, raw in doorway.kept()[3:] if kind == Kind.MESSAGE_IN)
    assert [raw for _, raw in doorway.kept()[3:]] == many


def test_a_batch_is_what_became_durable_together(doorway: Doorway) -> None:
    """Messages in order with their session; reading the journal behind the batch repeats nothing of it."""
    sor, engine = doorway.logged_on()
    sor.sendall(message("8", 2) + message("8", 5))
    assert engine.recv(1000)
    messages: list[tuple[str, bytes]] = []
    events: list[tuple[str, int | None, int | None]] = []
    while len(messages) < 3:
        batch = doorway.gate.batches.get(timeout=5)
        messages += [(each.session, each.raw) for each in batch.messages]
        events += [(event.kind, event.begin, event.end) for event in batch.events]
    assert messages == [("dropcopy", raw) for raw in (LOGON, message("8", 2), message("8", 5))]
    assert events == [("logon", None, None), ("gap_open", 3, 4)]
    assert list(read_journal(doorway.folder, batch.after)) == []


def test_what_is_no_message_is_kept_and_told(doorway: Doorway) -> None:
    """The engine never sees it, so that it asks again; the journal has the bytes under their own kind."""
    sor, engine = doorway.logged_on()
    spoilt = message("8", 2).replace(b"34=2", b"34=3")
    sor.sendall(spoilt + message("8", 3))
    assert engine.recv(1000) == message("8", 3)
    assert (Kind.NOISE_IN, spoilt) in doorway.kept()
    events = doorway.handed_out(lambda messages, _: message("8", 3) in messages)
    assert [(event.kind, event.begin) for event in events] == [("logon", None), ("garbled", None), ("gap_open", 2)]


def test_what_comes_before_the_answer_waits_for_it(doorway: Doorway) -> None:
    """A fill that was sent with the Logon reaches the engine, and counts, once the Logon is answered."""
    sor, engine = doorway.asked(message("8", 2))
    engine.setblocking(False)
    with pytest.raises(BlockingIOError):
        engine.recv(1000)
    assert doorway.kept() == [(Kind.SEEN_IN, LOGON)]
    assert doorway.gate.batches.empty()
    engine.settimeout(5)
    engine.sendall(ANSWER)
    assert sor.recv(1000) == ANSWER
    assert engine.recv(1000) == message("8", 2)
    doorway.handed_out(lambda messages, _: messages == [LOGON, message("8", 2)])


def test_a_logon_that_is_refused_counts_for_nothing(doorway: Doorway) -> None:
    """Neither it nor what was sent with it is handed out; the journal has both as they came."""
    sor, engine = doorway.asked(message("8", 2))
    engine.close()
    assert sor.recv(1000) == b""
    doorway.logged_on()
    doorway.handed_out(lambda messages, _: messages == [LOGON])
    assert (Kind.SEEN_IN, message("8", 2)) in doorway.kept()
    assert [raw for kind, raw in doorway.kept() if kind == Kind.MESSAGE_IN] == [LOGON]


def test_a_message_that_the_engine_would_die_of_ends_the_connection(doorway: Doorway) -> None:
    """What stands before it is still taken, nothing behind it; it is told, and the next connection is let in."""
    sor, engine = doorway.logged_on()
    deadly = message("A", 3, "52=20260105-14:30:00|98=0|108=abc|141=Y|")
    sor.sendall(message("8", 2) + deadly + message("8", 4))
    assert engine.recv(1000) == message("8", 2)
    assert engine.recv(1000) == b""
    engine.close()
    assert sor.recv(1000) == b""
    events = doorway.handed_out(lambda _, events: any(event.kind == "logout" for event in events))
    assert [event.text for event in events if event.kind == "refused"] == [
        "ended a connection: message 3: expected a whole number from 0 to 2147483647 as HeartBtInt (108), found 'abc'"
    ]
    assert doorway.kept()[-2:] == [(Kind.SEEN_IN, deadly), (Kind.SEEN_IN, message("8", 4))]
    doorway.logged_on()


def test_such_a_logon_never_reaches_the_engine(doorway: Doorway) -> None:
    """The connection is closed, and the next is let in."""
    sor = socket.create_connection(doorway.address, 5)
    sor.sendall(message("A", 1, "52=20260105-14:30:00|98=0|108=1.5|"))
    assert sor.recv(1000) == b""
    assert doorway.engine.ends == []
    doorway.logged_on()


def test_a_logon_without_an_answer_does_not_keep_the_session(tmp_path: Path) -> None:
    """The engine is told that the counterparty has gone; when it has closed, another is let in."""
    journal = Journal(tmp_path, ["dropcopy"])
    door = Doorway(tmp_path, journal, logon_within_s=0)
    sor, engine = door.asked()
    assert engine.recv(1000) == b""
    engine.close()
    assert sor.recv(1000) == b""
    events = door.handed_out(lambda _, events: bool(events))
    assert [(event.kind, event.text) for event in events] == [
        ("refused", "ended a connection: it has not logged on, or out, in time")
    ]
    door.asked()
    door.gate.stop()
    journal.close()


def test_the_engine_goes_back_to_the_lowest_number_that_is_missing(doorway: Doorway) -> None:
    """At the end of a connection, and before the next: a Logout with a number too high hides a gap from it."""
    sor, engine = doorway.logged_on()
    sor.sendall(message("8", 2) + message("5", 7))
    assert engine.recv(1000)
    engine.close()
    assert sor.recv(1000) == b""
    doorway.asked()
    assert doorway.engine.most == [1, 3, 3]


def test_a_counterparty_that_has_said_all_is_still_answered(doorway: Doorway) -> None:
    """It closes its half; the engine sees the end, answers, and closes."""
    sor, engine = doorway.logged_on()
    sor.sendall(message("1", 2))
    sor.shutdown(socket.SHUT_WR)
    assert engine.recv(1000) == message("1", 2)
    assert engine.recv(1000) == b""
    engine.sendall(message("0", 2, sender="FIRM", target="SOR"))
    engine.close()
    assert sor.recv(1000) == message("0", 2, sender="FIRM", target="SOR")
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
    assert door.kept()[1:] == [(Kind.MESSAGE_IN, LOGON), (Kind.MESSAGE_OUT, ANSWER)]


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
    assert len(doorway.kept()) == 401


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
