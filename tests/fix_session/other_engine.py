"""fixcore-engine as a counterparty: a FIX engine that shares no code with QuickFIX."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fixcore import Application, SessionID
from fixcore.log.base import Log, LogFactory
from fixcore.message.message import Message
from fixcore.session.session_settings import SessionSettings
from fixcore.store.factory import MemoryStoreFactory
from fixcore.transport.acceptor import SocketAcceptor
from fixcore.transport.initiator import SocketInitiator

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixcore.session.session import Session

PATIENCE_S = 30


class _Silent(Log):
    def on_incoming(self, message: str) -> None:
        del message

    def on_outgoing(self, message: str) -> None:
        del message

    def on_event(self, text: str) -> None:
        del text


class _Quiet(LogFactory):
    def create(self, session_id: SessionID) -> Log:
        del session_id
        return _Silent()


class Engine:
    """SOR, played by fixcore-engine."""

    def __init__(self, role: str, port: int, begin_string: str, version: str | None) -> None:
        where = f"SocketConnectHost=127.0.0.1\nSocketConnectPort={port}\nReconnectInterval=1\nHeartBtInt=5\n"
        if role == "acceptor":
            where = f"SocketAcceptHost=127.0.0.1\nSocketAcceptPort={port}\n"
        names = f"BeginString={begin_string}\nSenderCompID=SOR\nTargetCompID=FIRM\n"
        names += f"DefaultApplVerID={version}\n" if version else ""
        settings = SessionSettings.from_string(f"[DEFAULT]\n[SESSION]\nConnectionType={role}\n{names}{where}")
        transport = SocketInitiator if role == "initiator" else SocketAcceptor
        self._transport: Any = transport(settings, Application(), MemoryStoreFactory(), _Quiet())

    async def start(self) -> None:
        """Connect, or listen."""
        await self._transport.start()

    async def stop(self) -> None:
        """Log out."""
        await self._transport.stop()

    @property
    def _session(self) -> Session:
        return next(iter(self._transport.sessions.values()))

    async def logged_on(self) -> None:
        """Until both sides have logged on."""
        await until(lambda: self._session.is_logged_on)

    async def logged_off(self) -> None:
        """Until it has noticed that the other side is gone."""
        await until(lambda: not self._session.is_logged_on)

    async def send_fills(self, first: int, end: int) -> None:
        """Send the fills `first` to `end`, the latter left out; their ids name them."""
        for number in range(first, end):
            message = Message()
            message[35] = "8"
            for tag, value in {17: f"e{number}", 37: f"o{number}", 55: "IBM", 54: "1", 32: "100", 31: "10.5"}.items():
                message[tag] = value
            await self._session.send_app(message)


async def until(holds: Callable[[], bool]) -> None:
    """Until something that the other program does has come to pass."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - no event tells of another program
            await asyncio.sleep(0.05)
