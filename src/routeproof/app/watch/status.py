"""What a running watch says of itself to other processes: a small file, replaced as a whole."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "status.json"
EVERY_S = 0.5
ENDED = "ended"
"""Said by a watch that was told to stop; one that was killed could not."""


class StatusTeller:
    """A thread that tells the status again and again: whoever asks hears of the sessions while much is judged."""

    def __init__(self, folder: Path, status: Callable[[], dict[str, Any]]) -> None:
        self._folder, self._status = folder, status
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)

    def start(self) -> None:
        """Tell it now, then go on."""
        write_status(self._folder, self._status())
        self._thread.start()

    def stop(self) -> None:
        """Tell it once more, then end."""
        self._stopping.set()
        self._thread.join()
        write_status(self._folder, {**self._status(), ENDED: True})

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            with suppress(OSError):  # a full disk is told where it matters
                write_status(self._folder, self._status())


def write_status(folder: Path, status: dict[str, Any]) -> None:
    """Replace the status."""
    temporary = folder / f".{NAME}"
    temporary.write_text(json.dumps({**status, "pid": os.getpid()}), encoding="utf-8")
    temporary.replace(folder / NAME)


def was_killed(folder: Path) -> bool:
    """Whether the last watch here ended without saying so; none is no such watch."""
    try:
        return not json.loads((folder / NAME).read_text(encoding="utf-8")).get(ENDED, False)
    except FileNotFoundError:
        return False


def read_status(folder: Path) -> dict[str, Any]:
    """`{"sessions", "journaled", "recorded", "running"}` as last written; no session is connected if it has ended.

    Raises:
        UsageError: nothing ever watched here.
    """
    try:
        status: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = "expected a watch that runs or ran in this workspace, found none: `routeproof watch --config FILE`"
        raise UsageError(message, where=str(folder)) from error
    status.pop(ENDED, None)
    running = _runs(int(status.pop("pid")))
    if not running:
        status["sessions"] = [{**item, "connected": False} for item in status["sessions"]]
    return {**status, "running": running}


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
