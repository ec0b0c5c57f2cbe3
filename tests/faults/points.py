"""Faults at a chosen system call: the n-th write, sync or rename of a command is its last, or fails.

The command runs in a process that `strace` holds from its first step, so the n-th call is the same one each time.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CALLS = (
    "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    "mkdir", "mkdirat", "fallocate", "copy_file_range", "sendfile",
)  # fmt: skip
"""System calls that change what is on the disk."""
PATIENCE_S = 120
KILLED = -9
_CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\(")


@dataclass(frozen=True, slots=True)
class Point:
    """The `number`-th call of `call`, from 1."""

    call: str
    number: int


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended.

    Attributes:
        code: exit code, or minus the signal.
        output: what it had printed on stdout.
        errors: what it had printed on stderr.
        trace: lines of strace.
    """

    code: int
    output: str
    errors: str
    trace: list[str]


class Faults:
    """Runs commands with a fault in them, one after the other."""

    def __init__(self, folder: Path, modules: Sequence[str] = ()) -> None:
        self._folder = folder
        server = Path(__file__).with_name("fork_server.py")
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        self._server = subprocess.Popen(
            [sys.executable, str(server), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._gate = folder / "gate"
        os.mkfifo(self._gate)
        assert self._answer() == "ready"

    def close(self) -> None:
        """End the server."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=PATIENCE_S)
        assert self._server.stdout is not None
        self._server.stdout.close()

    def points(self, arguments: Sequence[str]) -> list[Point]:
        """Every point of a command, which is run once for it."""
        run = self._run(arguments, [])
        assert run.code == 0, run.errors
        counts = Counter(match[1] for line in run.trace if (match := _CALL.match(line)) and match[1] in CALLS)
        return [Point(call, number + 1) for call in CALLS for number in range(counts[call])]

    def kill_at(self, arguments: Sequence[str], point: Point) -> Run:
        """Run a command whose `point` is its end, by SIGKILL."""
        return self._run(arguments, [f"inject={point.call}:signal=KILL:when={point.number}"])

    def fail_at(self, arguments: Sequence[str], point: Point, error: str, *, onwards: bool) -> Run:
        """Run a command whose `point` fails with `error`, and every later call of its kind too if `onwards`."""
        when = f"{point.number}{'+' if onwards else ''}"
        return self._run(arguments, [f"inject={point.call}:error={error}:when={when}"])

    def run(self, arguments: Sequence[str]) -> Run:
        """Run a command without a fault."""
        return self._run(arguments, None)

    def _run(self, arguments: Sequence[str], injected: Sequence[str] | None) -> Run:
        output, errors, trace = (self._folder / name for name in ("output", "errors", "trace"))
        request = {"arguments": list(arguments), "gate": str(self._gate), "output": str(output), "errors": str(errors)}
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        child = self._answer()
        held = None if injected is None else _held(child, injected, trace)
        with self._gate.open("wb"):
            pass
        code = int(self._answer())
        if held is not None:
            held.communicate(timeout=PATIENCE_S)
        lines = trace.read_text("utf-8", "replace").splitlines() if held is not None else []
        return Run(code, output.read_text("utf-8"), errors.read_text("utf-8"), lines)

    def _answer(self) -> str:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        assert line, "the server of commands ended"
        return line.strip()


def _held(child: str, injected: Sequence[str], trace: Path) -> subprocess.Popen[str]:
    """Strace on the child, once it holds it."""
    expressions = [part for expression in injected for part in ("-e", expression)]
    calls = f"trace={','.join(CALLS)}"
    held = subprocess.Popen(
        ["strace", "-f", "-y", "-p", child, "-o", str(trace), "-e", calls, *expressions],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert held.stderr is not None
    line = held.stderr.readline()
    assert "attached" in line, line
    return held


@contextlib.contextmanager
def faults(folder: Path, modules: Sequence[str] = ()) -> Iterator[Faults]:
    """Faults with a folder of their own; skips, visibly, where strace may not hold another process."""
    if shutil.which("strace") is None:
        pytest.skip("no strace on this machine: no faults at system calls")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here: no faults at system calls")
    folder.mkdir(parents=True, exist_ok=True)
    running = Faults(folder, modules)
    try:
        yield running
    finally:
        running.close()
