"""Sessions in a process of their own, behind the same protocol.

Reading sessions is work for every message, and so is judging; in one interpreter each would wait for the other. What is
received is durable before it leaves that process, so nothing hangs on its end or on that of whoever started it.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import suppress
from dataclasses import replace
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any

from routeproof.sources.live.session import Batch, Received, SessionEngine, SessionEvent
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from routeproof.sources.live.journal_format import Position
    from routeproof.sources.live.session import Listening, SessionStatus
    from routeproof.sources.live.session_config import FixSession

    Launch = Callable[[Sequence[Connection]], Callable[[], object]]

WAIT_S = 0.05
PIPE_BYTES = 1 << 20
"""What may wait in the pipe while something is judged; what does not fit waits in the other process."""


class SessionsEndedError(RouteproofError):
    """The process that keeps the sessions is gone; what it had acknowledged is in the journal."""

    code = "sessions_ended"


Told = tuple[list[tuple[int, str, bytes]], tuple[SessionEvent, ...], "Position"]
"""A batch as it crosses: messages by their members, of which a pipe takes many."""


class SessionsApart:
    """A `SessionEngine` that asks one in another process.

    Args:
        sessions: what to keep.
        journal: folder of the journal; the other process is its only user.
        state: folder of the engine's sequence numbers and sent messages.
        launch: starts who is at the other ends of the two pipes, and gives what waits for its end.
    """

    def __init__(
        self,
        sessions: Sequence[FixSession],
        journal: Path,
        state: Path,
        launch: Launch,
    ) -> None:
        self._sessions, self._journal, self._state, self._launch = tuple(sessions), journal, state, launch
        self._asking = threading.Lock()
        self._known: tuple[SessionStatus, ...] = ()
        self._is_running = self._has_ended = False

    def start(self) -> tuple[Listening, ...]:
        """See `SessionEngine`."""
        self._content, told = Pipe(duplex=False)
        self._questions, asked = Pipe()
        with suppress(AttributeError, OSError):  # Linux has it
            fcntl.fcntl(self._content.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._wait = self._launch([told, asked])
        try:
            listening: tuple[Listening, ...] = self._ask("start", self._sessions, self._journal, self._state)
        except RouteproofError:
            self._wait()
            raise
        self._is_running = True
        return listening

    def stop(self) -> None:
        """See `SessionEngine`."""
        if self._is_running:
            with suppress(SessionsEndedError):
                self._known = self._ask("stop")

    def status(self) -> tuple[SessionStatus, ...]:
        """See `SessionEngine`; of sessions that were stopped, the last that was said, and nobody is connected."""
        try:
            self._known = self._ask("status")
        except SessionsEndedError:
            self._known = tuple(replace(item, connected=False) for item in self._known)
        return self._known

    def send(self, session: str, message: bytes) -> bool:
        """See `SessionEngine`."""
        return bool(self._ask("send", session, message))

    def next_batch(self, timeout_s: float) -> Batch | None:
        """See `SessionEngine`.

        Raises:
            SessionsEndedError: the other process is gone.
        """
        if self._has_ended or not self._content.poll(timeout_s if self._is_running else None):
            return None
        try:
            told: Told | RouteproofError | None = self._content.recv()
        except (EOFError, OSError) as error:
            raise self._gone() from error
        if isinstance(told, RouteproofError):
            raise told
        if told is None:
            self._has_ended = True
            self._wait()
            return None
        messages, events, after = told
        return Batch(tuple(Received(*message) for message in messages), events, after)

    def _ask(self, what: str, *given: object) -> Any:  # noqa: ANN401 - each question has an answer of its own
        with self._asking:
            if what == "status" and not self._is_running:
                raise self._gone()
            self._is_running &= what != "stop"
            try:
                self._questions.send((what, given))
                answer = self._questions.recv()
            except (EOFError, OSError) as error:
                raise self._gone() from error
        if isinstance(answer, RouteproofError):
            raise answer
        return answer

    def _gone(self) -> SessionsEndedError:
        message = (
            "expected the process that keeps the FIX sessions to run, found: it ended; "
            "what it acknowledged is journaled: start again"
        )
        return SessionsEndedError(message, where=str(self._journal))


class Keeper:
    """The other side: an engine, asked and read out over two pipes."""

    def __init__(self, engine: SessionEngine, content: Connection, questions: Connection) -> None:
        self._engine, self._content, self._questions = engine, content, questions
        self._stopped = threading.Event()

    def keep(self) -> None:
        """Hand out what arrives until told to stop, and then what is left."""
        threading.Thread(target=self._answer, name="answers", daemon=True).start()
        try:
            while not ((batch := self._engine.next_batch(WAIT_S)) is None and self._stopped.is_set()):
                if batch is not None:
                    crossing = [(item.received_at, item.session, item.raw) for item in batch.messages]
                    self._content.send((crossing, batch.events, batch.after))
            self._content.send(None)
        except RouteproofError as error:
            self._content.send(error)
            self._stopped.wait()
        except OSError:  # whoever asked is gone
            return

    def _answer(self) -> None:
        answers = {"status": self._engine.status, "send": self._engine.send, "stop": self._stop}
        while True:
            try:
                what, given = self._questions.recv()
                self._questions.send(_said(answers[what], given))
            except (EOFError, OSError):
                os._exit(1)  # whoever asked is gone
            if what == "stop":
                self._stopped.set()
                return

    def _stop(self) -> tuple[SessionStatus, ...]:
        self._engine.stop()
        return self._engine.status()


def _said(answer: Any, given: tuple[object, ...]) -> object:  # noqa: ANN401 - each question has a function of its own
    try:
        return answer(*given)
    except RouteproofError as error:
        return error


def keep_sessions(
    content: Connection, questions: Connection, begin: Callable[..., tuple[SessionEngine, tuple[Listening, ...]]]
) -> None:
    """Begin what the first question asks for, and keep it until told to stop; the other end hears of an error."""
    _, given = questions.recv()
    try:
        engine, listening = begin(*given)
    except RouteproofError as error:
        questions.send(error)
        return
    questions.send(listening)
    Keeper(engine, content, questions).keep()
