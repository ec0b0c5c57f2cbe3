"""What a running watch says of itself to other processes: a small file, replaced as a whole."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "status.json"


def write_status(folder: Path, status: dict[str, Any]) -> None:
    """Replace the status."""
    temporary = folder / f".{NAME}"
    temporary.write_text(json.dumps({**status, "pid": os.getpid()}), encoding="utf-8")
    temporary.replace(folder / NAME)


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
