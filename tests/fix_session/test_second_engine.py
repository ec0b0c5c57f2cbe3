"""Another engine, written by others, is a counterparty like any: it connects, is connected to, and recovers."""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from fix_session.programs import TESTS, running, session
from loopback import free_port
from routeproof.sources.live.framing import text_of
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.journal_reading import read_journal

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")
other = pytest.importorskip(
    "fix_session.other_engine", reason="fixcore-engine is not installed: make test-fix", exc_type=ImportError
)

RECEIVER = TESTS / "fix_session" / "receiver.py"


def apart(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: a browser of other tests may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, work).result()


@pytest.mark.parametrize(("begin_string", "version"), [("FIX.4.2", None), ("FIX.4.4", None), ("FIXT.1.1", "9")])
def test_its_initiator_delivers_across_an_outage(tmp_path: Path, begin_string: str, version: str | None) -> None:
    """200 fills arrive, and 50 that it sent to a program that had stopped and was then killed; none is missing."""
    config, port = tmp_path / "watch.toml", free_port()
    versions = {"default_appl_ver_id": version} if version else {}
    config.write_text(session("dropcopy", port=port, begin_string=begin_string, **versions), "utf-8")
    arguments = ["--config", str(config), "--folder", str(tmp_path)]

    async def deliver() -> None:
        engine = other.Engine("initiator", port, begin_string, version)
        await engine.start()
        with running(RECEIVER, arguments, tmp_path / "log1") as receiver:
            await engine.logged_on()
            await engine.send_fills(0, 200)
            await other.until(lambda: len(_kept(tmp_path)) == 200)
            receiver.process.send_signal(signal.SIGSTOP)
            await engine.send_fills(200, 250)
            receiver.process.kill()
            receiver.process.wait(10)
        await engine.logged_off()
        with running(RECEIVER, arguments, tmp_path / "log2"):
            await engine.logged_on()
            await other.until(lambda: len(_kept(tmp_path)) == 250)
            await engine.stop()

    apart(deliver())
    assert _kept(tmp_path) == {f"e{number}" for number in range(250)}


def test_its_acceptor_is_dialled(tmp_path: Path) -> None:
    """Our initiator logs on to it, and again after it was away; what it sends arrives."""
    config, port = tmp_path / "watch.toml", free_port()
    config.write_text(session("dropcopy", role="initiator", port=port, heartbeat_s=5), "utf-8")

    async def deliver() -> None:
        engine = other.Engine("acceptor", port, "FIX.4.4", None)
        with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log"):
            await engine.start()
            await engine.logged_on()
            await engine.send_fills(0, 100)
            await other.until(lambda: len(_kept(tmp_path)) == 100)
            await engine.stop()
            await engine.start()
            await engine.logged_on()
            await engine.send_fills(100, 150)
            await other.until(lambda: len(_kept(tmp_path)) == 150)
        await engine.stop()

    apart(deliver())
    assert _kept(tmp_path) == {f"e{number}" for number in range(150)}


def _kept(folder: Path) -> set[str]:
    """ExecIDs in the journal."""
    return {
        text_of(each.raw, 17)
        for each in read_journal(folder / "journal")
        if each.kind == Kind.MESSAGE_IN and text_of(each.raw, 35) == "8"
    }
