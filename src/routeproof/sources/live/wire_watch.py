"""What the messages of one session say about it, read from the wire on both sides of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.gaps import SequenceWatch
from routeproof.sources.live.session import SessionEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.sources.live.gaps import Gap
    from routeproof.sources.live.session import EventKind

GAP_TEXT = {
    "open": "messages {} to {} have not arrived",
    "closed": "messages {} to {} have arrived or were filled",
    "abandoned": "messages {} to {} never arrived: the sequence was reset",
}
UNTAKEN_TEXT = (
    "message {} had arrived when it was asked for again: the engine had not taken it, as if a field in it were none; "
    "it is kept as it came, and without its body it is taken when it comes again"
)
RESETTING = frozenset("4A")
GAP_KIND: dict[str, EventKind] = {"open": "gap_open", "closed": "gap_closed", "abandoned": "gap_abandoned"}


class WireWatch:
    """One session as its bytes show it.

    Attributes:
        connected: both sides have sent their Logon and neither has gone.
        has_asked: our side has sent a ResendRequest on this connection.
        untaken: number of a message that arrived and was asked for again all the same; null if there is none.
    """

    def __init__(self, session: str, *, resets_on_logon: bool, next_expected: int) -> None:
        self._session = session
        self._sequence = SequenceWatch(next_expected, resets_on_logon)
        self._logons: set[str] = set()
        self.connected = self.has_asked = False
        self.untaken: int | None = None

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """Ranges that have not arrived."""
        return self._sequence.open_gaps

    @property
    def expected(self) -> int:
        """Lowest number that has not arrived."""
        return self._sequence.expected

    def incoming(self, kind: str, number: int | None, raw: bytes, at: int) -> list[SessionEvent]:
        """What a well-formed message of the session's counterparty changes; see `SequenceWatch.arrived`."""
        expected = self._sequence.next_expected
        events = self._told(self._sequence.arrived(kind, number, raw), at)
        if self._sequence.next_expected < expected or (kind in RESETTING and _resets(kind, raw)):
            events.append(self._reset(at))
        return events + (self._logon("in", at) if kind == "A" else [])

    def used(self, number: int | None) -> None:
        """A message of somebody else was refused: its number is used up if it was the next."""
        if number == self._sequence.next_expected:
            self._sequence.arrived("", number, b"")

    def outgoing(self, kind: str, raw: bytes, at: int) -> list[SessionEvent]:
        """What a message of our side says."""
        if kind == "A":
            return self._logon("out", at)
        if kind == "2":
            return self._asked(number_of(raw, 7), at)
        if kind in {"3", "5", "j"} and (text := text_of(raw, 58)):
            return [self._event("told", at, text, number_of(raw, 45))]
        return []

    def begin_at(self, number: int, at: int) -> list[SessionEvent]:
        """The engine expects this number as a connection begins; a Logon that it refused may have reset it."""
        if number != 1 or self.expected == 1:
            return []
        return [*self._told(self._sequence.begin_again(number), at), self._reset(at)]

    def disconnected(self, at: int) -> list[SessionEvent]:
        """What the end of the connection changes."""
        was, self._logons, self.untaken = self.connected, set(), None
        self.connected = self.has_asked = False
        return [self._event("logout", at, "the connection has ended")] if was else []

    def _asked(self, begin: int | None, at: int) -> list[SessionEvent]:
        self.has_asked = True
        if begin is None:
            return []
        events = [self._event("asked", at, f"messages from {begin} on were asked for again", begin)]
        if begin < self.expected:
            self.untaken = begin
            events.append(self._event("garbled", at, UNTAKEN_TEXT.format(begin), begin, begin))
        return events

    def _told(self, gaps: Sequence[Gap], at: int) -> list[SessionEvent]:
        return [
            self._event(GAP_KIND[gap.state], at, GAP_TEXT[gap.state].format(gap.begin, gap.end), gap.begin, gap.end)
            for gap in gaps
        ]

    def _reset(self, at: int) -> SessionEvent:
        begin = self._sequence.next_expected
        return self._event("reset", at, f"the incoming sequence goes on at {begin}", begin)

    def _logon(self, direction: str, at: int) -> list[SessionEvent]:
        self._logons.add(direction)
        if self.connected or len(self._logons) < 2:  # noqa: PLR2004 - both directions
            return []
        self.connected = True
        return [self._event("logon", at, "both sides have logged on")]

    def _event(
        self, kind: EventKind, at: int, text: str, begin: int | None = None, end: int | None = None
    ) -> SessionEvent:
        return SessionEvent(kind, self._session, at, text, begin, end)


def _resets(kind: str, raw: bytes) -> bool:
    return (kind == "A" and text_of(raw, 141) == "Y") or (kind == "4" and text_of(raw, 123) != "Y")
