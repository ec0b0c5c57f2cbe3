"""Another engine, written by others, is a counterparty like any: it connects, is connected to, and recovers."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest

from fix_session.programs import TESTS, running, session
from routeproof.sources.live.framing import text_of
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.journal_reading import read_journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")
pytest.importorskip("fixcore", reason="fixcore-engine is not installed: make test-fix")

RECEIVER = TESTS / "fix_session" / "receiver.py"


@pytest.mark.parametrize(("begin_string", "version"), [("FIX.4.2", None), ("FIX.4.4", None), ("FIXT.1.1", "9")])
def test_its_initiator_delivers_across_an_outage(tmp_path: Path, begin_string: str, version: str | None) -> None:
    """200 fills arrive, and 50 that it sent to a program that had stopped and was then killed; none is missing."""
    config, port = tmp_path / "watch.toml", _free_port()
    versions = {"default_appl_ver_id": version} if version else {}
    config.write_text(session("dropcopy", port=port, begin_string=begin_string, **versions), "utf-8")
    arguments = ["--config", str(config), "--folder", str(tmp_path)]

    async def deliver() -> None:
        engine = _Engine("initiator", port, begin_string, version)
        await engine.start()
        with running(RECEIVER, arguments, tmp_path / "log1") as receiver:
            await engine.logged_on()
            await engine.send_fills(0, 200)
            await _until(lambda: len(_kept(tmp_path)) == 200)
            receiver.process.send_signal(signal.SIGSTOP)
            await engine.send_fills(200, 250)
            receiver.process.kill()
            receiver.process.wait(10)
        await engine.logged_off()
        with running(RECEIVER, arguments, tmp_path / "log2"):
            await engine.logged_on()
            await _until(lambda: len(_kept(tmp_path)) == 250)
            await engine.stop()

    asyncio.run(deliver())
    assert _kept(tmp_path) == {f"e{number}" for number in range(250)}


def test_its_acceptor_is_dialled(tmp_path: Path) -> None:
    """Our initiator logs on to it, and again after it was away; what it sends arrives."""
    config, port = tmp_path / "watch.toml", _free_port()
    config.write_text(session("dropcopy", role="initiator", port=port, heartbeat_s=5), "utf-8")

    async def deliver() -> None:
        engine = _Engine("acceptor", port, "FIX.4.4", None)
        with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log"):
            await engine.start()
            await engine.logged_on()
            await engine.send_fills(0, 100)
            await _until(lambda: len(_kept(tmp_path)) == 100)
        await engine.stop()

    asyncio.run(deliver())
    assert _kept(tmp_path) == {f"e{number}" for number in range(100)}


class _Engine:
    """SOR, played by fixcore-engine."""

    def __init__(self, role: str, port: int, begin_string: str, version: str | None) -> None:
        from fixcore import Application
        from fixcore.log.base import Log, LogFactory
        from fixcore.session.session_settings import SessionSettings
        from fixcore.store.factory import MemoryStoreFactory
        from fixcore.transport.acceptor import SocketAcceptor
        from fixcore.transport.initiator import SocketInitiator

        quiet = type("Quiet", (Log,), {name: lambda *_: None for name in Log.__abstractmethods__})
        logs = type("Logs", (LogFactory,), {"create": lambda *_: quiet()})
        where = f"SocketConnectHost=127.0.0.1\nSocketConnectPort={port}\nReconnectInterval=1\nHeartBtInt=5\n"
        if role == "acceptor":
            where = f"SocketAcceptHost=127.0.0.1\nSocketAcceptPort={port}\n"
        names = f"BeginString={begin_string}\nSenderCompID=SOR\nTargetCompID=FIRM\n"
        names += f"DefaultApplVerID={version}\n" if version else ""
        settings = SessionSettings.from_string(f"[DEFAULT]\n[SESSION]\nConnectionType={role}\n{names}{where}")
        transport = SocketInitiator if role == "initiator" else SocketAcceptor
        self._transport: Any = transport(settings, Application(), MemoryStoreFactory(), logs())

    async def start(self) -> None:
        await self._transport.start()

    async def stop(self) -> None:
        await self._transport.stop()

    @property
    def _session(self) -> Any:
        return next(iter(self._transport.sessions.values()))

    async def logged_on(self) -> None:
        await _until(lambda: self._session.is_logged_on)

    async def logged_off(self) -> None:
        await _until(lambda: not self._session.is_logged_on)

    async def send_fills(self, first: int, end: int) -> None:
        from fixcore.message.message import Message

        for number in range(first, end):
            message = Message()
            message[35] = "8"
            for tag, value in {17: f"e{number}", 37: f"o{number}", 55: "IBM", 54: "1", 32: "100", 31: "10.5"}.items():
                message[tag] = value
            await self._session.send_app(message)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.05)


def _kept(folder: Path) -> set[str]:
    """ExecIDs in the journal."""
    return {
        text_of(each.raw, 17)
        for each in read_journal(folder / "journal")
        if each.kind == Kind.MESSAGE_IN and text_of(each.raw, 35) == "8"
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
