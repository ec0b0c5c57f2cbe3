"""QuickFIX behind the session protocol; no other file knows it.

The engine listens on no address: the socket that it opens is at once replaced by one in a folder that only this user
can enter, and the gate alone connects to it. So its listener on all addresses, and its check of addresses after the
Logon, do no harm.
"""

from __future__ import annotations

import queue
import tempfile
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import quickfix

from routeproof.sources.live.administrative import DataFields
from routeproof.sources.live.dialing import Dialler
from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.gate import Gate
from routeproof.sources.live.listeners import open_listeners
from routeproof.sources.live.quickfix_door import LowNumbers, connection_to, free_port, start_behind
from routeproof.sources.live.quickfix_settings import data_tags, dictionary_paths, settings_text
from routeproof.sources.live.session import SessionStatus
from routeproof.sources.live.wire_watch import WireWatch
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.sources.live.journal import Journal
    from routeproof.sources.live.session import Application, Batch, Listening
    from routeproof.sources.live.session_config import FixSession

STOP_WITHIN_S = 6.0
"""QuickFIX sends a Logout within a second, and waits two for the answer."""


_ENGINES: list[object] = []
"""Engines live as long as the process, since a thread of theirs may; they are not taken down at its end either."""


class QuickFixEngine:
    """Sessions of one configuration, kept by QuickFIX.

    Args:
        sessions: what to keep.
        journal: where every byte goes before the engine sees it.
        state: folder of the engine's sequence numbers and sent messages.
        clock: UTC ns.
        application: answers messages; null for a drop copy, and then the engine runs without Python.
    """

    def __init__(
        self,
        sessions: Sequence[FixSession],
        *,
        journal: Journal,
        state: Path,
        clock: Callable[[], int],
        application: Application | None = None,
    ) -> None:
        self._sessions, self._journal, self._state, self._clock = tuple(sessions), journal, state, clock
        self._by_name = {session.name: session for session in sessions}
        self._callbacks = _Callbacks(application, self._sessions) if application else None
        self._application = self._callbacks or quickfix.NullApplication()
        self._engines: list[quickfix.SocketAcceptor | quickfix.SocketInitiator] = []
        self._watches: dict[str, WireWatch] = {}
        self._dictionaries: dict[str, tuple[quickfix.DataDictionary, ...]] = {}
        self._cleanup = ExitStack()
        self._gate: Gate | None = None
        self._is_stopped = False

    def start(self) -> tuple[Listening, ...]:
        """See `SessionEngine`."""
        self._state.mkdir(parents=True, exist_ok=True)
        numbers = LowNumbers()
        listeners, listening = open_listeners(self._sessions)
        door = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="fix-"))) / "engine"
        initiators = [session for session in self._sessions if session.role == "initiator"]
        diallers = [Dialler(session, partial(self._let_dial, session.name)) for session in initiators]
        swap = self._open_acceptor(door, numbers)
        self._open_initiator(diallers)
        for session in self._sessions:
            self._take_up(session)
        for dialler in diallers:
            dialler.ended()
        read = [session for session in self._sessions if self._callbacks or session.dictionary]
        gate = Gate(
            self._journal,
            self._watches,
            lambda: connection_to(door),
            self._clock,
            data={session.name: DataFields(data_tags(session)) for session in read},
            go_on=self._go_on,
            expects=lambda name: int(self._own(name).getExpectedTargetNum()),
        )
        for listener, served in listeners:
            gate.listen(listener, served)
        for dialler in diallers:
            gate.dial(dialler)
        swap()
        gate.start()
        for engine in self._engines:
            if isinstance(engine, quickfix.SocketInitiator):
                engine.start()
        self._gate = gate
        return listening

    def stop(self) -> None:
        """See `SessionEngine`.

        An acceptor's thread is left idle, behind a door that is gone: QuickFIX's own way to stop it frees what that
        thread may still use, and has ended the process in tests. So one process keeps an acceptor session once.
        """
        if self._gate is None or self._is_stopped:
            return
        self._is_stopped = True
        acceptors = [session for session in self._sessions if session.role == "acceptor"]
        for session in acceptors:
            self._own(session.name).logout("the session is being closed")
        for engine in self._engines:
            if isinstance(engine, quickfix.SocketInitiator):
                engine.stop()
        self._wait_while(lambda: any(self._own(session.name).isLoggedOn() for session in acceptors))
        self._gate.stop()
        self._wait_while(lambda: any(map(quickfix.Session.isSessionRegistered, map(_identity, acceptors))))
        for name, watch in self._watches.items():
            self._go_on(name, watch.expected)
        self._cleanup.close()

    def status(self) -> tuple[SessionStatus, ...]:
        """See `SessionEngine`."""
        return tuple(
            SessionStatus(name, self._watches[name].connected, own.getExpectedTargetNum(), own.getExpectedSenderNum())
            for name in self._by_name
            if (own := self._own(name)) is not None
        )

    def send(self, session: str, message: bytes) -> bool:
        """See `SessionEngine`; QuickFIX's Python side takes no bytes that are no UTF-8."""
        try:
            text = message.decode()
        except UnicodeDecodeError:
            return False
        return bool(
            quickfix.Session.sendToTarget(
                quickfix.Message(text, *self._dictionaries[session], False), _identity(self._by_name[session])
            )
        )

    def next_batch(self, timeout_s: float) -> Batch | None:
        """See `SessionEngine`."""
        if self._gate is None:
            return None
        with suppress(queue.Empty):
            return self._gate.batches.get(timeout=timeout_s)
        failure = self._gate.failure or (self._callbacks.failure if self._callbacks else None)
        if failure is not None:
            raise failure
        return None

    def _open_acceptor(self, door: Path, numbers: LowNumbers) -> Callable[[], None]:
        """The engine's acceptor, running; call what is returned to replace its listener by the socket `door`."""
        sessions = [session for session in self._sessions if session.role == "acceptor"]
        if not sessions:
            return numbers.release
        port = free_port()
        engine = self._made(quickfix.SocketAcceptor, [(session, port) for session in sessions])
        self._engines.append(engine)
        return lambda: start_behind(engine, port, door, numbers)

    def _open_initiator(self, diallers: Sequence[Dialler]) -> None:
        if diallers:
            ports = [(dialler.session, dialler.port) for dialler in diallers]
            self._engines.append(self._made(quickfix.SocketInitiator, ports))

    def _made(
        self, kind: type[quickfix.SocketAcceptor | quickfix.SocketInitiator], ports: Sequence[tuple[FixSession, int]]
    ) -> quickfix.SocketAcceptor | quickfix.SocketInitiator:
        for session, _ in ports:
            self._renew_creation_time(session)
            self._dictionaries[session.name] = _dictionaries_of(session)
        path = self._state / f"{ports[0][0].role}.cfg"
        path.write_text(settings_text(ports, self._state), "utf-8")
        try:
            settings = quickfix.SessionSettings(str(path))
            engine = kind(self._application, quickfix.FileStoreFactory(settings), settings)
        except quickfix.ConfigError as error:
            message = f"expected sessions that QuickFIX can keep, found: {error}"
            raise UsageError(message, where=str(path)) from error
        engine.thisown = False
        _ENGINES.append(engine)
        return engine

    def _renew_creation_time(self, session: FixSession) -> None:
        """Sequence numbers outlive the day.

        While it is being made, a session does not know yet that it never ends, and would begin at 1 again if its store
        was made on another day.
        """
        path = self._state / f"{'-'.join(session.identity)}.session"
        if path.exists():
            now = datetime.fromtimestamp(self._clock() // 1_000_000_000, UTC)
            path.write_text(f"{now:%Y%m%d-%H:%M:%S}", "ascii")

    def _take_up(self, session: FixSession) -> None:
        """Go on where the session stood; the journal knows better what we sent last if power failed."""
        own = self._own(session.name)
        last = self._journal.last_sent.get(session.name)
        if last is not None and text_of(last, 43) != "Y" and (number := number_of(last, 34)) is not None:
            own.setNextSenderMsgSeqNum(max(number + 1, own.getExpectedSenderNum()))
        self._watches[session.name] = WireWatch(
            session.name, resets_on_logon=session.reset_on_logon, next_expected=own.getExpectedTargetNum()
        )

    def _go_on(self, name: str, most: int) -> int | None:
        """What is expected next, not above `most`; null while the engine still works on the last connection.

        It counts some messages that it does not take for the one that it expects (a Logout whose number is too high, a
        BeginString that is not the session's), and would never ask for that one.
        """
        if quickfix.Session.isSessionRegistered(_identity(self._by_name[name])):
            return None
        own = self._own(name)
        if own.getExpectedTargetNum() > most:
            own.setNextTargetMsgSeqNum(most)
        return int(own.getExpectedTargetNum())

    def _let_dial(self, name: str, may: bool) -> None:  # noqa: FBT001 - one switch of one session
        own = self._own(name)
        if may and not self._is_stopped:
            own.logon()
        elif not own.isLoggedOn():
            own.logout("the counterparty is not there")

    def _wait_while(self, busy: Callable[[], bool]) -> None:
        """Give the engine's thread the time that its timeouts allow, and no more."""
        until_s = time.monotonic() + STOP_WITHIN_S
        while busy() and time.monotonic() < until_s:
            time.sleep(0.02)

    def _own(self, name: str) -> quickfix.Session:
        return quickfix.Session.lookupSession(_identity(self._by_name[name]))


class _Callbacks(quickfix.Application):  # type: ignore[misc]
    """The engine's calls; an exception that left one would end the process, so it is kept and the session closed."""

    def __init__(self, application: Application, sessions: Sequence[FixSession]) -> None:
        super().__init__()
        self._application = application
        self._names = {session.identity: session.name for session in sessions}
        self.failure: Exception | None = None

    def fromApp(self, message: quickfix.Message, session_id: quickfix.SessionID) -> None:  # noqa: N802 - the engine's name
        content = message.toString().encode("utf-8", "surrogateescape")
        if self._tell(lambda name: self._application.accepted(name, content), session_id) is False:
            raise quickfix.UnsupportedMessageType

    def onLogon(self, session_id: quickfix.SessionID) -> None:  # noqa: N802 - the engine's name
        self._tell(self._application.logged_on, session_id)

    def onCreate(self, session_id: quickfix.SessionID) -> None:  # noqa: N802 - the engine's name
        del session_id

    onLogout = onCreate  # noqa: N815 - the engine's name

    def toAdmin(self, message: quickfix.Message, session_id: quickfix.SessionID) -> None:  # noqa: N802 - the engine's name
        del message, session_id

    toApp = fromAdmin = toAdmin  # noqa: N815 - the engine's names

    def _tell(self, call: Callable[[str], bool | None], session_id: quickfix.SessionID) -> bool | None:
        begin, ours = session_id.getBeginString().getValue(), session_id.getSenderCompID().getValue()
        try:
            return call(self._names[begin, ours, session_id.getTargetCompID().getValue()])
        except Exception as error:  # noqa: BLE001 - the engine would end the process
            self.failure = error
            return None


def _identity(session: FixSession) -> quickfix.SessionID:
    return quickfix.SessionID(*session.identity)


def _dictionaries_of(session: FixSession) -> tuple[quickfix.DataDictionary, ...]:
    """What a message of the session is read with: nothing, its dictionary, or transport and application."""
    return tuple(quickfix.DataDictionary(str(path)) for path in dictionary_paths(session))
