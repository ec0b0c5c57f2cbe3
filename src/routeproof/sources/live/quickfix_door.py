"""Make an engine that insists on a listener of its own listen where nobody but the gate can come.

QuickFIX binds its port on every address and cannot be told otherwise. Its listening socket is therefore replaced, in
this process's table of open files, by a socket that stands in a folder of this user.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Protocol

OPEN_FILES = Path("/dev/fd")


class Startable(Protocol):
    """An engine that opens its listener before `start` returns."""

    def start(self) -> None:
        """Listen, and serve in a thread of its own."""
        ...


def free_port() -> int:
    """A TCP port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


class LowNumbers:
    """Descriptor numbers kept for the engine's own pair of sockets and its listener, below those of its connections.

    QuickFIX looks at its sockets by number. Were a connection below the listener, one that has just ended and one that
    has just come could have the same number in one round, and it would close the wrong one.
    """

    def __init__(self) -> None:
        self._kept = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]

    def release(self) -> None:
        """Let the next three sockets have them."""
        for number in self._kept:
            os.close(number)
        self._kept = []


def start_behind(engine: Startable, port: int, door: Path, numbers: LowNumbers) -> None:
    """Start an engine that listens on `port`, and let it listen at `door` instead.

    Raises:
        OSError: its listener was not found where it should be.
    """
    numbers.release()
    engine.start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(door))
        listener.listen()
        listener.setblocking(False)
        os.dup2(listener.fileno(), _listener_of(port))
    _wake(port)


def connection_to(door: Path) -> socket.socket | None:
    """A connection to the engine behind the door; null if it takes none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(door))
    except OSError:
        connection.close()
        return None
    return connection


def _listener_of(port: int) -> int:
    """Descriptor of the socket in this process that listens on `port`."""
    for name in os.listdir(OPEN_FILES):  # noqa: PTH208 - numbers, not paths: the folder changes while it is read
        with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as candidate:
            is_tcp = candidate.family == socket.AF_INET
            listens = candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if is_tcp and listens and candidate.getsockname()[1] == port:
                return int(name)
    message = f"expected the engine to listen on port {port}, found no such socket in this process"
    raise OSError(message)


def _wake(port: int) -> None:
    """End the engine's wait on the socket that it no longer has; it may have done so already."""
    with socket.socket() as knock:
        knock.setblocking(False)
        knock.connect_ex(("127.0.0.1", port))
