"""The line of a certification: what ends a session before any order is the session's trouble, not the provider's."""

from __future__ import annotations

import pytest

from routeproof.app.certify.session_line import SessionLine
from routeproof.sources.live.journal_format import Position
from routeproof.sources.live.session import Batch, SessionEvent, SessionStatus
from routeproof.vocab.errors import UsageError


class EndedAtOnce:
    """Logged on, then out: the counterparty counts its messages from 1 again."""

    def __init__(self) -> None:
        self._connected = True

    def status(self) -> tuple[SessionStatus, ...]:
        """Connected until the first batch was taken."""
        return (SessionStatus(name="s", connected=self._connected, next_in=16, next_out=9),)

    def send(self, _session: str, _message: bytes) -> bool:
        """Never, here."""
        return False

    def next_batch(self, _timeout_s: float) -> Batch | None:
        """Our Logout with its reason, and the end of the connection."""
        if not self._connected:
            return None
        self._connected = False
        said = (("told", "MsgSeqNum too low, expecting 16 but received 1"), ("logout", "the connection has ended"))
        events = tuple(SessionEvent(kind=kind, session="s", at=1, text=text) for kind, text in said)  # type: ignore[arg-type]
        return Batch(messages=(), events=events, after=Position(0, 0))


def test_a_session_that_ends_at_once_is_no_failed_run() -> None:
    """It is said why, and what helps; nothing goes on record."""
    now = [0]

    def clock() -> int:
        now[0] += 50_000_000
        return now[0]

    line = SessionLine(EndedAtOnce(), "s")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"expecting 16 but received 1.*reset_on_logon = true"):
        line.log_on(30, clock)
