"""Turns: a process answers a few people at once and lets the others wait, so that nobody's answer takes for ever.

Threads of one interpreter share its lock. With forty at work, each gives that lock up whenever it asks the record or
the disk for something, and gets it back after all the others; whoever holds the record's lock meanwhile keeps everybody
waiting. With a few at work an answer is done soon after it is begun.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 4
"""Answers that a process works on at once; measured in docs/benchmarks.md."""


class Turns:
    """So many at once; whoever only waits for other work gives the turn up meanwhile."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = threading.Semaphore(at_once)
        self._own = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A turn, waited for; it ends with the block. A thread takes one at a time."""
        with self._free:
            self._own.has = True
            try:
                yield
            finally:
                self._own.has = False

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Somebody else's turn as long as the block waits; nothing happens in a thread that has none."""
        if not getattr(self._own, "has", False):
            yield
            return
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()


TURNS = Turns()
"""Of this process."""
