"""A limit on a whole conversation: a peer that sends a byte now and then keeps within every limit of a single read."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Self


class TimeLimit:
    """Shuts the watched connections down when the time is over; whoever reads from them then meets their end.

    Attributes:
        has_cut: whether the conversation was broken off.
    """

    def __init__(self, seconds: float) -> None:
        self.has_cut = False
        self._ends_s = time.monotonic() + seconds
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    @property
    def has_passed(self) -> bool:
        """Whether the time is over; a single read may notice it before the conversation is broken off."""
        return self.has_cut or time.monotonic() >= self._ends_s

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def watch(self, connection: socket.socket) -> socket.socket:
        """Watch a connection, whatever wraps it later, and give it back."""
        with self._lock:
            self._connections.append(connection.dup())
        if self.has_cut:
            self._end()
        return connection

    def _end(self) -> None:
        self.has_cut = True
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # the other side was faster
                    connection.shutdown(socket.SHUT_RDWR)
