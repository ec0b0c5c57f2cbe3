"""A scanner of the firm's own, asked about every file that is sent before anything else reads it."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

from routeproof.vocab.errors import DataRejectedError, RouteproofError

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 60.0


class FileRefusedError(DataRejectedError):
    """The scanner does not pass the file."""

    code = "file_refused"


class ScannerError(RouteproofError):
    """The scanner does not answer: no file is taken unseen."""

    code = "scanner_failed"


def require_clean(path: Path, scanner: str, patience_s: float = PATIENCE_S) -> None:
    """Have the scanner look at a file; without a scanner nothing is asked.

    Args:
        path: of the file; it is removed if it is not passed.
        scanner: command, which gets the path as its last argument: 0 passes the file, 1 does not, as clamdscan answers.
        patience_s: how long it may take.

    Raises:
        FileRefusedError: it found something.
        ScannerError: it cannot be started, takes too long, or answers otherwise.
    """
    if not scanner:
        return
    try:
        answer = subprocess.run(  # noqa: S603  # the command that whoever runs the server set
            [*shlex.split(scanner), str(path)], capture_output=True, timeout=patience_s, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        path.unlink(missing_ok=True)
        message = "expected an answer of the scanner for files, found none: nothing was kept, try again later"
        raise ScannerError(message, where=path.name) from error
    if answer.returncode == 0:
        return
    path.unlink(missing_ok=True)
    if answer.returncode == 1:
        message = "expected a file that the firm's scanner passes, found one that it refuses: nothing of it was kept"
        raise FileRefusedError(message, where=path.name)
    message = f"expected 0 or 1 of the scanner for files, found {answer.returncode}: nothing was kept, try again later"
    raise ScannerError(message, where=path.name)
