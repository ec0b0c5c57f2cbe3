"""A reading child that is begun before there is a file: whoever waits for a few rows does not wait for it to start."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 300.0
"""How long a child waits for a file; a page that was left leaves no process."""
SPARING = {"POLARS_ROW_GROUP_PREFETCH_SIZE": "1"}
"""A child takes one row group after the other; reading ahead would hold several decoded ones in memory."""
PROGRAM = (sys.executable, "-I", "-m", "routeproof.sources.sandbox_child")


def environment(threads: int) -> dict[str, str]:
    """What a reading child is told of its surroundings."""
    return {**os.environ, **SPARING, "POLARS_MAX_THREADS": str(threads)}


class Spare:
    """At most one child that has loaded its parsers and waits to be told its folder; it serves once, as all children.

    It ends with the process that began it, since the pipe from which it reads ends then.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._guard = threading.Lock()
        self._waiting: tuple[subprocess.Popen[bytes], threading.Timer] | None = None

    def prepare(self) -> None:
        """Begin a child unless one waits; nobody waits for it."""
        with self._guard:
            if self._waiting is not None and self._waiting[0].poll() is None:
                return
            child = subprocess.Popen(  # noqa: S603  # our own program, no shell
                PROGRAM,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(os.cpu_count() or 1),
            )
            timer = threading.Timer(self._patience_s, self._end, [child])
            timer.daemon = True
            timer.start()
            self._waiting = child, timer

    def sent_to(self, folder: Path) -> subprocess.Popen[bytes] | None:
        """The child that waited, at work on a folder's order now; null if none waited."""
        with self._guard:
            waiting, self._waiting = self._waiting, None
        if waiting is None:
            return None
        child, timer = waiting
        timer.cancel()
        assert child.stdin is not None  # noqa: S101  # it was begun with one
        try:
            child.stdin.write(json.dumps(str(folder)).encode() + b"\n")
            child.stdin.close()
        except OSError:  # it has ended meanwhile
            _ended(child)
            return None
        return child

    def close(self) -> None:
        """End the child that waits."""
        with self._guard:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting[1].cancel()
            _ended(waiting[0])

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        with self._guard:
            if self._waiting is None or self._waiting[0] is not child:
                return
            self._waiting = None
        _ended(child)


def _ended(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # an order that was never read is left in it
                pipe.close()


SPARE = Spare()
"""Of this process."""
atexit.register(SPARE.close)
