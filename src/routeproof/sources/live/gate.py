"""The door before the session engine: who may come in, and that nothing is acknowledged before it is durable.

Counterparties connect here and not to the engine. What they send is journaled and synced, then handed to the engine:
the engine cannot move its expected sequence number past bytes that it has not seen. One round reads every socket that
has something, and one fsync stands behind all of it, so the rate does not hang on the disk.
"""

from __future__ import annotations

import queue
import selectors
import socket
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from routeproof.sources.live.crossing import Crossing
from routeproof.sources.live.framing import text_of
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.reception import Reception
from routeproof.sources.live.relay import End, Relay
from routeproof.sources.live.session import Batch, Received, SessionEvent
from routeproof.sources.live.visitors import LOGON_WITHIN_S, SUCCESSION_S, Visitor, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from routeproof.sources.live.administrative import DataFields
    from routeproof.sources.live.dialing import Dialler
    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.journal import Journal
    from routeproof.sources.live.reception import Verdict
    from routeproof.sources.live.session_config import FixSession
    from routeproof.sources.live.wire_watch import WireWatch

ROUND_S = 0.2
BATCHES_WAITING = 256
"""While so many wait to be recorded, nothing more is read from counterparties."""
REFUSED_BYTES = 4096
"""Of a connection that is refused, this much is kept."""


class Gate:
    """One thread that owns every socket but the engine's own.

    Args:
        journal: where everything is kept; the gate is its only user.
        watches: by session name, what its messages say about it.
        to_engine: opens a connection to the engine, for a counterparty that has named its session; null if it cannot.
        clock: UTC ns.
        data: by the name of a session whose bodies somebody reads, the data fields of its dictionary; of the other
            sessions the engine is given headers only.
        go_on: what the engine expects next of a session, once it is done with that session's last connection and never
            above the number given; null before.
        expects: what the engine expects next of a session, at any time.
        logon_within_s: a connection that has come to its session and is not answered by then is ended.
    """

    def __init__(
        self,
        journal: Journal,
        watches: Mapping[str, WireWatch],
        to_engine: Callable[[], socket.socket | None],
        clock: Callable[[], int],
        *,
        data: Mapping[str, DataFields],
        go_on: Callable[[str, int], int | None],
        expects: Callable[[str], int],
        logon_within_s: float = LOGON_WITHIN_S,
    ) -> None:
        self._data, self._go_on, self._expects = data, go_on, expects
        self._logon_within_s = logon_within_s
        self._journal, self._watches = journal, watches
        self._to_engine, self._clock = to_engine, clock
        self._selector = selectors.DefaultSelector()
        self._visitors: dict[socket.socket, Visitor] = {}
        self._relays: dict[str, Relay] = {}
        self._diallers: dict[str, Dialler] = {}
        self._crossing: list[Crossing] = []
        self._giving: list[tuple[End, bytes]] = []
        self._received: list[Received] = []
        self._events: list[SessionEvent] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fix-gate", daemon=True)
        self.batches: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self.failure: Exception | None = None

    def listen(self, listener: socket.socket, sessions: Sequence[FixSession]) -> None:
        """Take connections for these acceptor sessions."""
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, lambda: self._accept(listener, sessions))

    def dial(self, dialler: Dialler) -> None:
        """Keep one initiator session connected."""
        self._diallers[dialler.session.name] = dialler

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let what has arrived become durable, hand it out, close every socket."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._round(ROUND_S)
            self._round(0)
        except Exception as error:  # noqa: BLE001 - a thread has no caller: who asks for the next batch is told
            self.failure = error
        finally:
            for relay in self._relays.values():
                relay.close()
            for dialler in self._diallers.values():
                dialler.close()
            for key in list(self._selector.get_map().values()):
                with suppress(OSError):
                    key.fileobj.close()  # type: ignore[union-attr]
            self._selector.close()

    def _round(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            key.data()
        for dialler in self._diallers.values():
            self._connect(dialler)
        self._see_to_visitors()
        self._settle()
        self._end_relays()
        self._hand_out()
        self._renew_interest()

    def _accept(self, listener: socket.socket, sessions: Sequence[FixSession]) -> None:
        try:
            connection, address = listener.accept()
        except OSError:
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        visitor = Visitor(End(connection), address[0].split("%")[0], sessions, time.monotonic())
        if not any(session.admits(visitor.address) for session in sessions):
            self._refuse(visitor, "its address is on no session's allow_ip")
            return
        self._visitors[connection] = visitor
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._hear(visitor))
        if oldest := Visitor.one_too_many(self._visitors.values()):
            self._refuse(oldest, "too many connections wait to log on")

    def _hear(self, visitor: Visitor) -> None:
        """The first message of a connection names its session, or ends it."""
        if visitor.end.socket not in self._visitors:
            return
        visitor.heard_at, visitor.heard_s = self._clock(), time.monotonic()
        visitor.heard = visitor.end.read()
        if visitor.heard:
            self._selector.unregister(visitor.end.socket)
            self._let_in(visitor)
        elif visitor.end.said_all or visitor.says_too_much:
            self._refuse(visitor, "it did not log on")

    def _let_in(self, visitor: Visitor) -> None:
        session, reason = session_of(visitor)
        verdict: Verdict | None = None
        if session is not None:
            if not self._is_free(session.name):
                if time.monotonic() - visitor.heard_s < SUCCESSION_S:
                    return
                reason = "the session is connected already"
            else:
                verdict = self._reception(session).of_logon(visitor.heard[0].raw)
                reason = verdict.fault
        inner = self._to_engine() if session is not None and not reason else None
        if session is None or verdict is None or inner is None:
            kept = b"".join(piece.raw for piece in visitor.heard)[:REFUSED_BYTES]
            self._journal.append(Kind.NOISE_IN, "", kept, visitor.heard_at)
            self._refuse(visitor, reason or "the engine does not answer")
            return
        del self._visitors[visitor.end.socket]
        relay = self._join(session, visitor.end, End(inner))
        logon, *relay.early = visitor.heard
        relay.logon = logon.raw, visitor.heard_at
        self._journal.append(verdict.kind, session.name, logon.raw, visitor.heard_at)
        self._giving.append((relay.inner, verdict.given))

    def _is_free(self, name: str) -> bool:
        """The session has no connection, and the engine is done with its last; both sides know what comes next."""
        if name in self._relays:
            return False
        expected = self._go_on(name, self._watches[name].expected)
        if expected is not None:
            self._events += self._watches[name].begin_at(expected, self._clock())
        return expected is not None

    def _reception(self, session: FixSession) -> Reception:
        name = session.name
        return Reception(session, self._watches[name], self._data.get(name), partial(self._expects, name))

    def _refuse(self, visitor: Visitor, reason: str) -> None:
        connection = visitor.end.socket
        self._visitors.pop(connection, None)
        if connection in self._selector.get_map():
            self._selector.unregister(connection)
        visitor.end.close()
        text = f"refused a connection from {visitor.address}: {reason}"
        self._events.append(SessionEvent("refused", visitor.named, self._clock(), text))

    def _see_to_visitors(self) -> None:
        for visitor in [visitor for visitor in self._visitors.values() if visitor.heard]:
            self._let_in(visitor)
        for visitor in Visitor.silent_too_long(self._visitors.values(), time.monotonic()):
            self._refuse(visitor, "it did not log on in time")

    def _connect(self, dialler: Dialler) -> None:
        """An initiator's counterparty was reached and the engine has come for it: join them."""
        if pair := dialler.advance(time.monotonic(), busy=dialler.session.name in self._relays):
            outer, inner = pair
            self._is_free(dialler.session.name)
            self._join(dialler.session, End(outer), End(inner))
        for reason in dialler.refusals():
            self._events.append(SessionEvent("refused", dialler.session.name, self._clock(), reason))

    def _join(self, session: FixSession, outer: End, inner: End) -> Relay:
        relay = Relay(session, outer, inner, self._reception(session), time.monotonic() + self._logon_within_s)
        self._relays[session.name] = relay
        return relay

    def _read(self, relay: Relay, end: End) -> None:
        other = relay.other(end)
        other.flush()
        end.flush()
        if relay.interest(end, taking=True) & selectors.EVENT_READ:
            at = self._clock()
            self._cross(relay, end, end.read(), at)

    def _cross(self, relay: Relay, source: End, pieces: Sequence[Piece], at: int) -> None:
        self._crossing += [Crossing(relay, piece, at, source is relay.outer) for piece in pieces]

    def _settle(self) -> None:
        """Make what was read durable, then let it go on."""
        while self._crossing:  # an answer to a Logon adds what came behind that
            crossing, self._crossing = self._crossing, []
            for each in crossing:
                take = self._take_in if each.is_incoming else self._take_out
                take(each.relay, each.piece, each.at)
        self._journal.commit()
        for end, content in self._giving:
            end.add(content)
        for end in dict.fromkeys(end for end, _ in self._giving):
            end.flush()
        self._giving = []

    def _take_in(self, relay: Relay, piece: Piece, at: int) -> None:
        """Judge what a counterparty sent; behind what ends the connection nothing counts."""
        name = relay.session.name
        if relay.is_cut:
            self._journal.append(Kind.SEEN_IN if piece.is_message else Kind.NOISE_IN, name, piece.raw, at)
            return
        verdict = relay.reception.of_message(piece, at)
        self._journal.append(verdict.kind, name, piece.raw, at)
        self._events += verdict.events
        if verdict.kind == Kind.MESSAGE_IN:
            self._received.append(Received(at, name, piece.raw))
        if verdict.fault:
            self._cut(relay, verdict.fault)
        elif verdict.given:
            self._giving.append((relay.inner, verdict.given))

    def _take_out(self, relay: Relay, piece: Piece, at: int) -> None:
        """Note what our side sends; its Logon makes the other one count, and what came behind that is taken next."""
        name, kind = relay.session.name, text_of(piece.raw, 35)
        if kind == "A" and relay.logon is not None:
            logon, heard_at = relay.logon
            relay.logon = None
            self._journal.append(Kind.MESSAGE_IN, name, logon, heard_at)
            self._received.append(Received(heard_at, name, logon))
            self._events += relay.reception.answered(logon, heard_at)
            early, relay.early = relay.early, []
            self._cross(relay, relay.outer, early, heard_at)
        relay.spoke(kind, time.monotonic())
        self._journal.append(Kind.MESSAGE_OUT, name, piece.raw, at)
        self._events += self._watches[name].outgoing(kind, piece.raw, at)
        self._giving.append((relay.outer, piece.raw))

    def _cut(self, relay: Relay, reason: str) -> None:
        relay.cut()
        self._events.append(SessionEvent("refused", relay.session.name, self._clock(), f"ended a connection: {reason}"))

    def _end_relays(self) -> None:
        now_s = time.monotonic()
        for relay in self._relays.values():
            if relay.took_too_long(now_s):
                self._cut(relay, "it has not logged on, or out, in time")
            relay.pass_on_the_end()
        for name, relay in [(name, relay) for name, relay in self._relays.items() if relay.is_over]:
            del self._relays[name]
            for end in (relay.outer, relay.inner):
                if end.socket in self._selector.get_map():
                    self._selector.unregister(end.socket)
            relay.close()
            for piece in relay.early:
                self._journal.append(
                    Kind.SEEN_IN if piece.is_message else Kind.NOISE_IN, name, piece.raw, self._clock()
                )
            if name in self._diallers:
                self._diallers[name].ended()
            self._events += self._watches[name].disconnected(self._clock())
            self._go_on(name, self._watches[name].expected)

    def _hand_out(self) -> None:
        if self._received or self._events:
            self.batches.put(Batch(tuple(self._received), tuple(self._events), self._journal.position))
        self._received, self._events = [], []

    def _renew_interest(self) -> None:
        taking = self.batches.qsize() < BATCHES_WAITING
        for relay in self._relays.values():
            for end in (relay.outer, relay.inner):
                self._register(relay, end, relay.interest(end, taking=taking))

    def _register(self, relay: Relay, end: End, events: int) -> None:
        known = self._selector.get_map().get(end.socket)
        if known is None and events:
            self._selector.register(end.socket, events, lambda: self._read(relay, end))
        elif known is not None and not events:
            self._selector.unregister(end.socket)
        elif known is not None and known.events != events:
            self._selector.modify(end.socket, events, known.data)
