"""Certification over a real FIX session: the page does what it says, and faults of the other side are found."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.desk import Desk
from e2e.tutorial import run_tutorial

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("quickfix", reason="the extra `fix` is not installed: no FIX session can be kept")

PAGE = Path(__file__).parents[2] / "docs/certification.md"
PORT_OF_THE_PAGE = "9878"
FIX = """
[[fix]]
name = "{name}"
role = "{role}"
host = "127.0.0.1"
port = {port}
begin_string = "{begin_string}"
sender_comp_id = "{ours}"
target_comp_id = "{theirs}"
provider = "ACME"
"""


class OwnProcesses(Desk):
    """A desk that certifies in a process of its own each time, as a person does: an engine keeps a session once."""

    def call(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        if words[0] != "certify":
            return Desk.call(self, *words)
        program = [sys.executable, "-m", "routeproof", *words, *self._workspace(words)]
        run = subprocess.run(program, cwd=self.folder, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout, run.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _test_system(folder: Path, port: int, *faults: str, begin_string: str = "FIX.4.4") -> Iterator[None]:
    """The simulated provider, listening, in a process of its own."""
    config = folder / "system.toml"
    names = {"name": "system", "role": "acceptor", "ours": "ACMETEST", "theirs": "FIRM"}
    config.write_text(FIX.format(port=port, begin_string=begin_string, **names))
    words = [word for fault in faults for word in ("--fault", fault)]
    program = [sys.executable, "-m", "routeproof", "lab", "test-system", "--config", str(config), *words]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            assert ready["fix"] == [{"name": "system", "host": "127.0.0.1", "port": port}]
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with a provider and its approved settings, from the page's own files."""
    desk = OwnProcesses(tmp_path)
    page = PAGE.read_text("utf-8").split("## The test system")[0]
    (tmp_path / "start.md").write_text(page)
    run_tutorial(tmp_path / "start.md", desk)
    return desk


def _certify(desk: Desk, port: int, *words: str, begin_string: str = "FIX.4.4") -> tuple[int, dict[str, Any]]:
    names = {"name": "acme", "role": "initiator", "ours": "FIRM", "theirs": "ACMETEST"}
    session = "test_system = true\nlogon_within_s = 10\n" + FIX.format(port=port, begin_string=begin_string, **names)
    (desk.folder / "session.toml").write_text(session)
    code, out, talk = desk.call("certify", "ACME", "--config", "session.toml", "--json", *words)
    return code, json.loads(out or talk)


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    """From a provider without settings to a change notice, against the simulated test system."""
    port = _free_port()
    page = tmp_path / "certification.md"
    page.write_text(PAGE.read_text("utf-8").replace(PORT_OF_THE_PAGE, str(port)))
    with _test_system(tmp_path, port):
        assert run_tutorial(page, OwnProcesses(tmp_path)) >= 20


def test_misbehaviour_over_a_real_session_fails_and_is_on_record(desk: Desk) -> None:
    """An undisclosed venue, a fill beyond the limit and a late answer: exit 1, a failed certification, no go-live."""
    port = _free_port()
    with _test_system(desk.folder, port, "unexpected_venue", "through_limit", "late_ack"):
        code, found = _certify(desk, port, "--script", "limit", "--as", "ann", "--out", "out", "--on", "2026-11-06")
    failed = {item["check"] for step in found["scripts"][0]["steps"] for item in step["checks"] if not item["passed"]}
    assert (code, found["passed"], found["id"]) == (1, False, "ACME-1")
    assert {"venues", "no_worse_than_limit", "acknowledged"} <= failed
    assert sorted(path.name for path in (desk.folder / "out").iterdir()) == [
        "certification.html", "certification.json", "certification.pdf", "results.json",
    ]  # fmt: skip
    shown = json.loads(desk.run("certify", "show", "ACME-1", "--json"))
    assert (shown["state"], [item["name"] for item in shown["documents"]]) == (
        "failed",
        ["results.json", "certification.pdf"],
    )
    code, _, talk = desk.call("provider", "go-live", "ACME", "--as", "sam", "--on", "2026-11-06")
    assert (code, "failed: limit" in talk) == (5, True)


def test_fix_4_2_is_spoken_too(desk: Desk) -> None:
    """Without a person nothing is recorded."""
    port = _free_port()
    with _test_system(desk.folder, port, begin_string="FIX.4.2"):
        code, found = _certify(desk, port, "--script", "market", "--on", "2026-11-06", begin_string="FIX.4.2")
    assert (code, found["passed"], found["id"], found["ledger_index"]) == (0, True, None, None)
    assert json.loads(desk.run("certify", "list", "--json"))["total"] == 0


def test_a_test_system_that_is_down_is_said_so(desk: Desk) -> None:
    """No Logon in time: exit 2, nothing on record."""
    names = {"name": "acme", "role": "initiator", "ours": "FIRM", "theirs": "ACMETEST"}
    text = FIX.format(port=_free_port(), begin_string="FIX.4.4", **names)
    (desk.folder / "session.toml").write_text("test_system = true\nlogon_within_s = 1\n" + text)
    code, _, talk = desk.call("certify", "ACME", "--script", "market", "--config", "session.toml", "--as", "ann")
    assert (code, "expected a Logon within 1 s" in talk) == (2, True)
    assert json.loads(desk.run("certify", "list", "--json"))["total"] == 0


def test_nothing_is_sent_where_no_test_system_is_named(desk: Desk) -> None:
    """Refused before any connection is opened."""
    port = _free_port()
    names = {"name": "acme", "role": "initiator", "ours": "FIRM", "theirs": "ACMETEST"}
    (desk.folder / "session.toml").write_text(FIX.format(port=port, begin_string="FIX.4.4", **names))
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(0.2)
        code, _, talk = desk.call("certify", "ACME", "--config", "session.toml", "--as", "ann", "--on", "2026-11-06")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert (code, "test_system = true" in talk) == (5, True)
