"""A process of our own beside this one, which talks over pipes and ends when they do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

YIELDS = 10
"""Niceness of what may wait a moment where cores are few, so that judging need not."""

_THREADS = "POLARS_MAX_THREADS"


def leave_signals_to_parent() -> None:
    """SIGTERM and Ctrl-C end whoever started this process, which then tells it to stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def start_child(module: str, ends: Sequence[Connection], *arguments: str) -> subprocess.Popen[bytes]:
    """Run `python -m MODULE DESCRIPTOR… ARGUMENT…`; its ends of the pipes are its alone afterwards.

    Ctrl-C in the terminal does not reach it, and what it prints goes to where errors go. It stays in the session of
    whoever starts it: Linux shares cores out among sessions first, and niceness counts only within one. Of the cores it
    takes half, since others work beside it.
    """
    numbers = [end.fileno() for end in ends]
    process = subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-m", module, *map(str, numbers), *arguments],
        pass_fds=numbers,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        process_group=0,
        env={_THREADS: str(max(1, (os.cpu_count() or 1) // 2)), **os.environ},
    )
    for end in ends:
        end.close()
    return process
