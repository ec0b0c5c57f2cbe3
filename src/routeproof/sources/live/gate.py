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
from typing import TYPE_CHECKING

from routeproof.sources.live.crossing import Crossing
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.relay import End, Relay
from routeproof.sources.live.session import Batch, Received, SessionEvent
from routeproof.sources.live.visitors import SUCCESSION_S, Visitor, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from routeproof.sources.live.dialing import Dialler
    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.journal import Journal
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
        header_only: names of the sessions whose application messages the engine is given without their body.
    """

    def __init__(
        self,
        journal: Journal,
        watches: Mapping[str, WireWatch],
        to_engine: Callable[[], socket.socket | None],
        clock: Callable[[], int],
        header_only: Collection[str] = (),
    ) -> None:
        self._header_only = header_only
        self._journal, self._watches = journal, watches
        self._to_engine, self._clock = to_engine, clock
        self._selector = selectors.DefaultSelector()
        self._visitors: dict[socket.socket, Visitor] = {}
        self._relays: dict[str, Relay] = {}
        self._diallers: dict[str, Dialler] = {}
        self._crossing: list[Crossing] = []
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
        if session is not None and session.name in self._relays:
            if time.monotonic() - visitor.heard_s < SUCCESSION_S:
                return
            session, reason = None, "the session is connected already"
        inner = self._to_engine() if session is not None else None
        if session is None or inner is None:
            kept = b"".join(piece.raw for piece in visitor.heard)[:REFUSED_BYTES]
            self._journal.append(Kind.NOISE_IN, "", kept, visitor.heard_at)
            self._refuse(visitor, reason or "the engine does not answer")
            return
        del self._visitors[visitor.end.socket]
        relay = self._join(session, visitor.end, End(inner))
        self._cross(relay, visitor.end, visitor.heard, visitor.heard_at)

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
            self._join(dialler.session, End(outer), End(inner))
        for reason in dialler.refusals():
            self._events.append(SessionEvent("refused", dialler.session.name, self._clock(), reason))

    def _join(self, session: FixSession, outer: End, inner: End) -> Relay:
        relay = Relay(session, outer, inner)
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
        to, incoming = relay.other(source), source is relay.outer
        self._crossing += [Crossing(relay.session.name, piece, at, incoming, to) for piece in pieces]

    def _settle(self) -> None:
        """Make what was read durable, then let it go on."""
        for crossing in self._crossing:
            self._journal.append(crossing.kind, crossing.session, crossing.piece.raw, crossing.at)
        self._journal.commit()
        for crossing in self._crossing:
            crossing.to.add(crossing.as_passed_on(header_only=crossing.session in self._header_only))
        for end in dict.fromkeys(crossing.to for crossing in self._crossing):
            end.flush()

    def _end_relays(self) -> None:
        for relay in self._relays.values():
            relay.pass_on_the_end()
        for name, relay in [(name, relay) for name, relay in self._relays.items() if relay.is_over]:
            del self._relays[name]
            for end in (relay.outer, relay.inner):
                if end.socket in self._selector.get_map():
                    self._selector.unregister(end.socket)
            relay.close()
            if name in self._diallers:
                self._diallers[name].ended()
            self._events += self._watches[name].disconnected(self._clock())

    def _hand_out(self) -> None:
        messages = []
        for crossing in self._crossing:
            self._events += self._seen(crossing)
            if crossing.is_incoming and crossing.piece.is_message:
                messages.append(Received(crossing.at, crossing.session, crossing.piece.raw))
        if messages or self._events:
            self.batches.put(Batch(tuple(messages), tuple(self._events), self._journal.position))
        self._crossing, self._events = [], []

    def _seen(self, crossing: Crossing) -> list[SessionEvent]:
        watch = self._watches[crossing.session]
        if not crossing.piece.is_message:
            text = f"{len(crossing.piece.raw)} bytes that are no message"
            return [SessionEvent("garbled", crossing.session, crossing.at, text)] if crossing.is_incoming else []
        look = watch.incoming if crossing.is_incoming else watch.outgoing
        return look(crossing.piece.raw, crossing.at)

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
