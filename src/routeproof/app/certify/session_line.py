"""A FIX initiator session as the line that scripts are played over."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from routeproof.lab.certification.play import LineEndedError
from routeproof.lab.certification.reply import reply_of
from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.journal import Journal
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from routeproof.app.certify.session_file import SessionFile
    from routeproof.lab.certification.reply import Reply
    from routeproof.sources.live.session import Batch, SessionEngine

LOOK_S = 0.1
QUIET_MS, MOST_QUIET_MS = 300, 5_000
"""After the Logon, resent messages of earlier runs are let pass until so long nothing comes."""

MOST_TOLD = 2
"""What was told last and how the connection ended say together why."""


class SessionLine:
    """See `lab.certification.play.Line`."""

    def __init__(self, engine: SessionEngine, session: str) -> None:
        self._engine, self._session = engine, session
        self._seen: set[int] = set()
        self._why, self._told = "the session ended", list[str]()
        self.set_aside = 0

    def log_on(self, within_s: int, clock: Callable[[], int]) -> None:
        """Wait for the Logon, and for what is resent after it.

        Raises:
            UsageError: no Logon in time, or the session ended at once; with what the engine was told.
        """
        until = clock() + within_s * NS_PER_S
        while not self._connected():
            if clock() > until:
                message = (
                    f"expected a Logon within {within_s} s, found none ({self._why}): check host, port, CompIDs and "
                    "that the test system is up"
                )
                raise UsageError(message, where=self._session)
            self._take(self._engine.next_batch(LOOK_S))
        quiet_since = began_at = clock()
        while clock() - quiet_since < QUIET_MS * NS_PER_MS and clock() - began_at < MOST_QUIET_MS * NS_PER_MS:
            if replies := self._take(self._engine.next_batch(LOOK_S)):
                self.set_aside += len(replies)
                quiet_since = clock()
        if not self._connected():
            message = (
                f"expected a session that stays logged on, found it ended before any order was sent ({self._why}): "
                "where the test system counts its messages from 1 again, say reset_on_logon = true"
            )
            raise UsageError(message, where=self._session)

    def send(self, message: bytes) -> None:
        """See `Line`."""
        if not self._connected() or not self._engine.send(self._session, message):
            raise LineEndedError(self._why)

    def receive(self, timeout_s: float) -> Sequence[Reply]:
        """See `Line`."""
        replies = self._take(self._engine.next_batch(timeout_s))
        if not replies and not self._connected():
            raise LineEndedError(self._why)
        return replies

    def _connected(self) -> bool:
        return any(item.connected for item in self._engine.status() if item.name == self._session)

    def _take(self, batch: Batch | None) -> list[Reply]:
        """Replies of a batch; a repeat of what was taken before is left out."""
        if batch is None:
            return []
        for event in batch.events:
            if event.kind in {"logout", "refused", "told"}:
                self._told.append(f"{event.kind}: {event.text}")
                self._why = "; ".join(self._told[-MOST_TOLD:])
        found = []
        for message in batch.messages:
            number = number_of(message.raw, 34)
            if number is not None and text_of(message.raw, 43) == "Y" and number in self._seen:
                continue
            if number is not None:
                self._seen.add(number)
            reply = reply_of(message.raw, message.received_at)
            found += [reply] if reply is not None else []
        return found


@contextlib.contextmanager
def open_line(file: SessionFile, folder: Path, clock: Callable[[], int]) -> Iterator[SessionLine]:
    """The session, logged on; logged out afterwards.

    Sequence numbers and the journal of every byte received stay in `folder`, so the next run goes on from there.

    Raises:
        UsageError: the extra for FIX is not installed, or there is no Logon in time.
        RefusedError: another run uses the session now.
    """
    try:
        from routeproof.sources.live.quickfix_session import QuickFixEngine  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = f"expected the extra for FIX sessions, found {error}: pip install 'routeproof[fix]'"
        raise UsageError(message, where="[[fix]]") from error
    journal = Journal(folder / "journal", [file.session.name])
    engine: SessionEngine = QuickFixEngine([file.session], journal=journal, state=folder / "state", clock=clock)
    try:
        engine.start()
        try:
            line = SessionLine(engine, file.session.name)
            line.log_on(file.logon_within_s, clock)
            yield line
        finally:
            engine.stop()
    finally:
        journal.close()
