"""What of a connection's incoming bytes counts as received, and what of them the engine is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from routeproof.sources.live.administrative import (
    ADMINISTRATIVE,
    MOST_SEQUENCE_NUMBER,
    MOST_WAITING,
    WAITING,
    fault_of,
)
from routeproof.sources.live.framing import header_only, logon_only, number_of, text_of
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.session import SessionEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.sources.live.administrative import DataFields
    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.session_config import FixSession
    from routeproof.sources.live.wire_watch import WireWatch


class Verdict(NamedTuple):
    """What becomes of a piece.

    Attributes:
        kind: what the journal calls it; it counts as received if this is MESSAGE_IN.
        given: what the engine is given; empty for nothing.
        fault: why the connection must end; empty if it need not.
    """

    kind: Kind
    given: bytes
    events: Sequence[SessionEvent] = ()
    fault: str = ""


class Reception:
    """How one connection of a session is listened to.

    Args:
        session: the session.
        watch: what its messages say about it.
        data: the data fields of its dictionary; null if it has none, and nobody reads its bodies: the engine is then
            given headers only.
        expects: the number that the engine expects now.
    """

    def __init__(
        self, session: FixSession, watch: WireWatch, data: DataFields | None, expects: Callable[[], int]
    ) -> None:
        begin, ours, theirs = session.identity
        self._name, self._watch, self._data, self._expects = session.name, watch, data, expects
        self._begin, self._from, self._to = (
            f"{start}{value}\x01".encode("utf-8", "surrogateescape")
            for start, value in (("8=", begin), ("\x0149=", theirs), ("\x0156=", ours))
        )
        self._waiting, self._first_waiting = 0, 0

    def of_logon(self, raw: bytes) -> Verdict:
        """A Logon that begins a connection: see `answered`."""
        fault = self._fault("A", number_of(raw, 34), raw)
        return Verdict(Kind.SEEN_IN, logon_only(raw) if self._data is None else raw, fault=fault)

    def answered(self, raw: bytes, at: int) -> Sequence[SessionEvent]:
        """That Logon counts now, since our side is about to send its own."""
        return self._watch.incoming("A", number_of(raw, 34), raw, at)

    def of_message(self, piece: Piece, at: int) -> Verdict:
        """Anything that comes once our side has sent its Logon.

        Args:
            piece: what came.
            at: UTC ns at which it was read.
        """
        raw = piece.raw
        if not piece.is_message:
            return Verdict(Kind.NOISE_IN, b"", [self._garbled(at, f"{len(raw)} bytes that are no message")])
        kind, number = text_of(raw, 35), number_of(raw, 34)
        expected = self._watch.expected
        if fault := self._fault(kind, number, raw):
            return Verdict(Kind.SEEN_IN, b"", fault=f"message {number}: {fault}")
        given, events = self._given(kind, number, raw, at)
        if not self._is_ours(raw):
            self._watch.used(number)
            return Verdict(Kind.SEEN_IN, given, events)
        events += self._watch.incoming(kind, number, raw, at)
        is_new = number is None or number >= expected or kind in ADMINISTRATIVE or b"\x0143=Y\x01" in raw
        return Verdict(Kind.MESSAGE_IN if is_new and self._watch.connected else Kind.SEEN_IN, given, events)

    def _fault(self, kind: str, number: int | None, raw: bytes) -> str:
        if number is not None and number > MOST_SEQUENCE_NUMBER:
            return f"its number is above {MOST_SEQUENCE_NUMBER}"
        if kind not in ADMINISTRATIVE:
            return ""
        if kind in WAITING and self._too_many_wait(number or 0):
            return f"{MOST_WAITING} administrative messages wait for those before them"
        return fault_of(kind, raw) or (self._data.fault_in(raw) if self._data is not None else "")

    def _too_many_wait(self, number: int) -> bool:
        """Count one more that may wait; from time to time, ask the engine whether they do."""
        if not (self._watch.has_asked or self._watch.open_gaps):
            return False
        if self._waiting == 0:
            self._first_waiting = number
        self._waiting += 1
        if self._waiting <= MOST_WAITING:
            return False
        self._waiting = 0
        return self._expects() <= self._first_waiting

    def _given(self, kind: str, number: int | None, raw: bytes, at: int) -> tuple[bytes, list[SessionEvent]]:
        if number is not None and number == self._watch.untaken and (kind in WAITING or kind not in ADMINISTRATIVE):
            self._watch.untaken = None
            return header_only(raw), []
        if kind in ADMINISTRATIVE:
            if kind == "3" and number is not None and number > self._watch.expected:
                # The engine would count it for the number that it expects, and never ask for that one.
                return b"", []
            return (logon_only(raw) if kind == "A" and self._data is None else raw), []
        if self._data is None:
            return header_only(raw), []
        if fault := self._data.fault_in(raw):
            return header_only(raw), [
                self._garbled(at, f"message {number}: {fault}; the engine is given its header only")
            ]
        return raw, []

    def _is_ours(self, raw: bytes) -> bool:
        return (
            raw.startswith(self._begin)
            and raw.startswith(self._from, raw.find(b"\x0149="))
            and raw.startswith(self._to, raw.find(b"\x0156="))
        )

    def _garbled(self, at: int, text: str) -> SessionEvent:
        return SessionEvent("garbled", self._name, at, text)
