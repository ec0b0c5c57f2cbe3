"""What a counterparty that we dial may answer our Logon with."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from fix_session.counterparty import message
from fix_session.programs import TESTS, running, session

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")


@pytest.mark.parametrize("beat", ["abc", "1.5", "99999999999"])
def test_a_bad_answer_to_our_logon_costs_its_connection(tmp_path: Path, beat: str) -> None:
    """With a reset, QuickFIX would take the HeartBtInt as its own and end the process; we dial again, and log on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        config = tmp_path / "watch.toml"
        port = listener.getsockname()[1]
        config.write_text(session("dropcopy", role="initiator", port=port, reset_on_logon=True), "utf-8")
        arguments = ["--config", str(config), "--folder", str(tmp_path)]
        with running(TESTS / "fix_session" / "receiver.py", arguments, tmp_path / "log") as program:
            first, _ = listener.accept()
            first.settimeout(10)
            assert b"\x0135=A\x01" in first.recv(1000)
            first.sendall(message("A", 1, f"98=0|108={beat}|141=Y|"))
            assert first.recv(1000) == b""
            again, _ = listener.accept()
            again.settimeout(10)
            assert b"\x0135=A\x01" in again.recv(1000)
            again.sendall(message("A", 1, "98=0|108=30|141=Y|") + message("1", 2, "112=x|"))
            assert b"\x01112=x\x01" in again.recv(1000)
            assert program.process.poll() is None
            first.close()
            again.close()
