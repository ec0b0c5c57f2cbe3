"""Reaching an initiator's counterparty first, and the engine only then: a Logon that nobody hears costs a number."""

from __future__ import annotations

import queue
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.sources.live.session_config import FixSession

DIAL_TIMEOUT_S = 10.0
AGAIN_AFTER_S = 5.0


class Dialler:
    """Keeps one initiator's counterparty reached.

    The engine dials `port` on this machine; it is answered only while the counterparty is there.

    Args:
        session: the initiator session.
        let_dial: tells the engine whether it may dial. It may not before the counterparty is there: it takes a refused
            connection for one, and gives its Logon a number.
    """

    def __init__(self, session: FixSession, let_dial: Callable[[bool], None]) -> None:
        self.session, self._let_dial = session, let_dial
        self._door = _bound(0)
        self.port: int = self._door.getsockname()[1]
        self._answers: queue.SimpleQueue[socket.socket | str] = queue.SimpleQueue()
        self._refusals: list[str] = []
        self._outer: socket.socket | None = None
        self._is_dialling = False
        self._not_before_s = 0.0

    def refusals(self) -> list[str]:
        """Why the counterparty was not reached, since last asked."""
        told, self._refusals = self._refusals, []
        return told

    def advance(self, now_s: float, *, busy: bool) -> tuple[socket.socket, socket.socket] | None:
        """Take the next step, without waiting.

        Args:
            now_s: monotonic seconds.
            busy: the session has its connection.

        Returns:
            Counterparty and engine, when both are there.
        """
        if self._outer is None:
            if not busy:
                self._reach(now_s)
            return None
        try:
            inner, _ = self._door.accept()
        except BlockingIOError:
            return None
        outer, self._outer = self._outer, None
        self._door.close()
        self._door = _bound(self.port)
        return outer, inner

    def ended(self) -> None:
        """The connection is over: the engine waits until the counterparty is there again."""
        self._let_dial(False)

    def close(self) -> None:
        """Give up."""
        self._door.close()
        if self._outer is not None:
            self._outer.close()

    def _reach(self, now_s: float) -> None:
        with suppress(queue.Empty):
            answer = self._answers.get_nowait()
            self._is_dialling, self._not_before_s = False, now_s + AGAIN_AFTER_S
            if isinstance(answer, str):
                self._refusals.append(answer)
            else:
                self._outer = answer
                self._door.listen(1)
                self._let_dial(True)
                return
        if not self._is_dialling and now_s >= self._not_before_s:
            self._is_dialling = True
            threading.Thread(target=self._dial, name=f"fix-dial-{self.session.name}", daemon=True).start()

    def _dial(self) -> None:
        """Runs in a thread of its own: a name may take its time to resolve."""
        host, port = self.session.host, self.session.port
        try:
            outer = socket.create_connection((host, port), DIAL_TIMEOUT_S)
        except OSError as error:
            self._answers.put(f"could not reach {host} port {port}: {error}")
            return
        outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = outer.getpeername()[0].split("%")[0]
        if self.session.admits(address):
            self._answers.put(outer)
            return
        outer.close()
        self._answers.put(f"{host} is {address}, which is not on the session's allow_ip")


def _bound(port: int) -> socket.socket:
    """A port that is ours and is not answered yet."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    door.setblocking(False)
    return door
