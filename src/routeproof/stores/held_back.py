"""What a watch has taken in and the lake has not: given when somebody asks, and otherwise seldom.

Each commit of a growing day writes the day anew, so a day that is committed every second would fill a disk by evening.
Who reads asks by one more byte at the end of a file, whose length is the number of the question; who writes answers
with the highest number that its last commit covers. A lock says that there is somebody to answer.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "live"
"""Of the workspace, where a watch keeps what it needs."""

ASKED, GIVEN = "lake.asked", "lake.given-"

LOOKS_EVERY_S = 0.01
LOCKS_WITHIN_S = 2.0


class Giver:
    """Who commits what is held back, one of several by name; from its making to its closing it is there to be asked."""

    def __init__(self, root: Path, name: str) -> None:
        """Be there.

        Raises:
            UsageError: somebody of that name is there already.
        """
        folder = root / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._questions = folder / ASKED
        self._file = os.open(folder / f"{GIVEN}{name}", os.O_RDWR | os.O_CREAT, 0o644)
        if not _locks(self._file):
            os.close(self._file)
            message = "expected no other watch in this workspace, found one that runs: stop it first"
            raise UsageError(message, where=str(root))
        self._given = -1
        self.give(self.asked())

    def asked(self) -> int:
        """Number of the last question."""
        try:
            return self._questions.stat().st_size
        except OSError:
            return 0

    @property
    def is_asked(self) -> bool:
        """Whether a question waits for its answer."""
        return self.asked() > self._given

    def give(self, asked: int) -> None:
        """What was held back up to a question is in the lake."""
        self._given = asked
        with contextlib.suppress(OSError):  # a full disk: whoever asks waits no longer than it meant to
            os.pwrite(self._file, f"{asked:20d}".encode(), 0)

    def close(self) -> None:
        """Nobody is to wait any more."""
        os.close(self._file)


class Question:
    """What is held back, asked for once."""

    def __init__(self, root: Path) -> None:
        """Ask."""
        self._givers = [path for path in (root / FOLDER).glob(f"{GIVEN}*") if _is_served(path)]
        self._number: int | None = 0
        if self._givers:
            try:
                self._number = _one_more(root / FOLDER / ASKED)
            except OSError:  # a workspace that is only to be read
                self._number = None

    def is_answered(self, wait_s: float) -> bool:
        """Whether the lake has all that was held back when this was asked, within so many seconds.

        True where nobody holds anything back.
        """
        give_up_at = time.monotonic() + wait_s
        while self._number is not None:
            if all(_given(path) >= self._number for path in self._givers if _is_served(path)):
                return True
            if time.monotonic() >= give_up_at:
                return False
            time.sleep(LOOKS_EVERY_S)
        return False


def ask(root: Path, wait_s: float) -> bool:
    """Ask for what is held back, and wait a while until the lake has it; see `Question`."""
    return Question(root).is_answered(wait_s)


def _locks(file: int) -> bool:
    """Whether the file could be locked; who only looks holds it for less than a moment."""
    give_up_at = time.monotonic() + LOCKS_WITHIN_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                return False
            time.sleep(LOOKS_EVERY_S)
        else:
            return True


def _one_more(path: Path) -> int:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(file, b"?")
        return os.fstat(file).st_size
    finally:
        os.close(file)


def _given(path: Path) -> int:
    try:
        return int(path.read_bytes() or b"-1")
    except FileNotFoundError:
        return -1


def _is_served(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)
