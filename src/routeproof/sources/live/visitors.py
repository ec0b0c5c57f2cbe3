"""Connections that have not named their session yet, and why one is not let in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.sources.live.framing import begin_string_of, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.relay import End
    from routeproof.sources.live.session_config import FixSession

LOGON_WITHIN_S = 10.0
SUCCESSION_S = 0.5
"""So long a connection waits for the one before it to end: a counterparty that reconnects is not refused."""
MOST_VISITORS = 64
LOGON_BYTES = 16 << 10


@dataclass
class Visitor:
    """A connection before its Logon.

    Attributes:
        address: its IP address.
        sessions: those that its listener serves.
        since_s: monotonic seconds at which it came.
        named: the session that its first message names; empty before, and if it is none of ours.
        heard: what it has said.
        heard_at: UTC ns at which it said the first of it; 0 before.
        heard_s: monotonic seconds of the same.
    """

    end: End
    address: str
    sessions: Sequence[FixSession]
    since_s: float
    named: str = ""
    heard: list[Piece] = field(default_factory=list)
    heard_at: int = 0
    heard_s: float = 0.0

    @property
    def says_too_much(self) -> bool:
        """It sends on and on without a whole message."""
        return self.end.framer.held_bytes > LOGON_BYTES

    @staticmethod
    def one_too_many(visitors: Collection[Visitor]) -> Visitor | None:
        """The one that has waited longest, if there are too many."""
        return min(visitors, key=lambda v: v.since_s) if len(visitors) > MOST_VISITORS else None

    @staticmethod
    def silent_too_long(visitors: Collection[Visitor], now_s: float) -> list[Visitor]:
        """Those that had their time."""
        return [visitor for visitor in visitors if now_s - visitor.since_s > LOGON_WITHIN_S]


def session_of(visitor: Visitor) -> tuple[FixSession | None, str]:
    """The session that a connection has the right to, or null and why it has none; sets `named`."""
    first = visitor.heard[0]
    if not first.is_message:
        return None, "its first bytes are no message"
    identity = (begin_string_of(first.raw), text_of(first.raw, 56), text_of(first.raw, 49))
    session = next((s for s in visitor.sessions if s.identity == identity), None)
    if session is None:
        return None, f"it is for {identity[0]} {identity[1]} from {identity[2]}, and there is no such session here"
    visitor.named = session.name
    if not session.admits(visitor.address):
        return None, "its address is not on the session's allow_ip"
    if text_of(first.raw, 35) != "A":
        return None, "its first message is no Logon"
    return session, ""
