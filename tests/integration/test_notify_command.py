"""A local command gets the document and no shell, sees none of our secrets, and is ended when its time is over."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from notify_desk import notice, notify_desk
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from notify_desk import NotifyDesk

WAIT_S = 10


@pytest.fixture
def desk(tmp_path: Path) -> NotifyDesk:
    """A workspace."""
    return notify_desk(tmp_path)


def commanded(desk: NotifyDesk, code: str, *arguments: str, more: str = "") -> None:
    """A channel `local` that runs a line of Python."""
    argv = json.dumps([sys.executable, "-I", "-c", code, *arguments])
    desk.configure(f'[[notify]]\nname = "local"\nkind = "command"\nargv = {argv}\nattempts = 1\n{more}\n')


def test_a_command_reads_the_document(desk: NotifyDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments are passed as they are; the message's id is in the environment, our passphrase is not."""
    monkeypatch.setenv("ROUTEPROOF_PASSPHRASE", "hush")
    out = tmp_path / "out"
    code = (
        "import json, os, sys; open(sys.argv[1], 'w').write(json.dumps("
        "[json.load(sys.stdin), sys.argv[2:], dict(os.environ)]))"
    )
    commanded(desk, code, str(out), "$(touch x); `id`", "*")
    desk.keep(notice(1))
    assert desk.send().sent == 1
    document, arguments, environment = json.loads(out.read_text("utf-8"))
    assert arguments == ["$(touch x); `id`", "*"]
    assert document["notices"][0]["finding"] == f"{1:032x}"
    assert environment["ROUTEPROOF_MESSAGE_ID"] == document["id"] == desk.last()["id"]
    assert "hush" not in json.dumps(environment)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit(3)", "exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "ended by signal 15"),
    ],
)
def test_how_a_command_ended_is_reported(desk: NotifyDesk, code: str, reason: str) -> None:
    """It waits for another delivery, as any channel that failed."""
    commanded(desk, code)
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert desk.last()["reason"] == reason


def test_a_command_that_reads_nothing_may_succeed(desk: NotifyDesk) -> None:
    """The document is more than a pipe holds; the program closes it unread."""
    commanded(desk, "pass")
    desk.keep(*(notice(number) for number in range(500)))
    assert desk.send().sent == 1


def test_a_command_that_takes_too_long_is_ended_with_what_it_started(desk: NotifyDesk, tmp_path: Path) -> None:
    """Its child would hold on for a minute."""
    pids = tmp_path / "pids"
    code = (
        "import subprocess, sys, os, time; wait = 'import time; time.sleep(60)';"
        "child = subprocess.Popen([sys.executable, '-c', wait]);"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {child.pid}'); time.sleep(60)"
    )
    commanded(desk, code, str(pids), more="timeout_s = 3")
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert desk.last()["reason"] == "not done within 3 s, ended"
    _, child = map(int, pids.read_text("utf-8").split())
    assert _is_gone(child)


def test_a_program_that_is_not_there(desk: NotifyDesk) -> None:
    """It is said so."""
    desk.configure('[[notify]]\nname = "local"\nkind = "command"\nargv = ["/nowhere/at/all"]\nattempts = 1\n')
    desk.keep(notice(1))
    assert desk.send().waiting == 1
    assert desk.last()["reason"] == "the program does not start: No such file or directory"


@pytest.mark.parametrize("argv", ['["notify-send", "x"]', "[]", '"/bin/true"', '["/bin/true", "\\u0000"]'])
def test_a_command_is_a_list_with_a_whole_path(desk: NotifyDesk, argv: str) -> None:
    """What runs does not depend on a search path."""
    desk.configure(f'[[notify]]\nname = "local"\nkind = "command"\nargv = {argv}\n')
    with pytest.raises(UsageError, match="argv"):
        desk.send()


def _is_gone(pid: int) -> bool:
    """Whether the process ends within the wait; one that nobody collected yet (a zombie) has ended."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
            if file.read().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.05)
    return False
