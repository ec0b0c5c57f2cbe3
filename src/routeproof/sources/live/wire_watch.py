"""What the messages of one session say about it, read from the wire on both sides of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.gaps import SequenceWatch
from routeproof.sources.live.session import SessionEvent

if TYPE_CHECKING:
    from routeproof.sources.live.gaps import Gap
    from routeproof.sources.live.session import EventKind

GAP_TEXT = {
    "open": "messages {} to {} have not arrived; they were asked for again",
    "closed": "messages {} to {} have arrived or were filled",
    "abandoned": "messages {} to {} never arrived: the sequence was reset",
}
GAP_KIND: dict[str, EventKind] = {"open": "gap_open", "closed": "gap_closed", "abandoned": "gap_abandoned"}


class WireWatch:
    """One session as its bytes show it.

    Attributes:
        connected: both sides have sent their Logon and neither has gone.
    """

    def __init__(self, session: str, *, resets_on_logon: bool, next_expected: int) -> None:
        self._session = session
        self._sequence = SequenceWatch(next_expected, resets_on_logon)
        self._logons: set[str] = set()
        self.connected = False

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """Ranges that have not arrived and are still asked for."""
        return self._sequence.open_gaps

    def incoming(self, raw: bytes, at: int) -> list[SessionEvent]:
        """What a well-formed message from the counterparty changes."""
        expected = self._sequence.next_expected
        events = [
            self._event(GAP_KIND[gap.state], at, GAP_TEXT[gap.state].format(gap.begin, gap.end), gap.begin, gap.end)
            for gap in self._sequence.arrived(raw)
        ]
        if self._sequence.next_expected <= expected - 1 or _resets(raw):
            begin = self._sequence.next_expected
            events.append(self._event("reset", at, f"the incoming sequence goes on at {begin}", begin))
        return events + (self._logon("in", at) if text_of(raw, 35) == "A" else [])

    def outgoing(self, raw: bytes, at: int) -> list[SessionEvent]:
        """What a message of our side says."""
        kind = text_of(raw, 35)
        if kind == "A":
            return self._logon("out", at)
        if kind in {"3", "5", "j"} and (text := text_of(raw, 58)):
            return [self._event("told", at, text, number_of(raw, 45))]
        return []

    def disconnected(self, at: int) -> list[SessionEvent]:
        """What the end of the connection changes."""
        was, self.connected, self._logons = self.connected, False, set()
        return [self._event("logout", at, "the connection has ended")] if was else []

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


def _resets(raw: bytes) -> bool:
    kind = text_of(raw, 35)
    return (kind == "A" and text_of(raw, 141) == "Y") or (kind == "4" and text_of(raw, 123) != "Y")
