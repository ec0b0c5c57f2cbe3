"""One connection between a counterparty and the engine: two sockets, and what is on its way between them."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from routeproof.sources.live.framing import Framer

if TYPE_CHECKING:
    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.session_config import FixSession

READ_BYTES = 256 << 10
FULL_BYTES = 1 << 20
"""A side that takes no more than this is not read for: memory stays flat, and TCP slows the other side down."""


class End:
    """One socket of a relay, with the bytes that it has yet to take.

    Attributes:
        said_all: nothing more will be read from it.
        is_deaf: nothing more can be written to it.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.socket = connection
        self.framer = Framer()
        self.said_all = False
        self.is_deaf = False
        self._unsent = bytearray()

    @property
    def is_full(self) -> bool:
        """Whether it takes no more for now."""
        return len(self._unsent) > FULL_BYTES

    @property
    def has_unsent(self) -> bool:
        """Whether bytes wait for it."""
        return bool(self._unsent)

    def read(self) -> list[Piece]:
        """What can be read now; at the end of the stream, what was held."""
        try:
            chunk = self.socket.recv(READ_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            chunk = b""
        if chunk:
            return self.framer.feed(chunk)
        self.said_all = True
        return self.framer.rest()

    def add(self, content: bytes) -> None:
        """Have these bytes sent by the next `flush`."""
        self._unsent += content

    def flush(self) -> None:
        """Send as much as the socket takes; what a broken socket does not take is dropped, since it was journaled."""
        while self._unsent and not self.is_deaf:
            try:
                sent = self.socket.send(self._unsent)
            except BlockingIOError:
                return
            except OSError:
                self.is_deaf = True
                break
            del self._unsent[:sent]
        self._unsent.clear()

    def say_no_more(self) -> None:
        """Tell the other program that nothing more comes, and go on reading."""
        if not self.is_deaf:
            self.is_deaf = True
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the socket."""
        with suppress(OSError):
            self.socket.close()


class Relay:
    """Counterparty and engine, once the session is known.

    Attributes:
        outer: the counterparty's end.
        inner: the engine's end.
    """

    def __init__(self, session: FixSession, outer: End, inner: End) -> None:
        self.session = session
        self.outer = outer
        self.inner = inner

    def other(self, end: End) -> End:
        """The opposite end."""
        return self.inner if end is self.outer else self.outer

    def pass_on_the_end(self) -> None:
        """A counterparty that has said all is still answered: the engine sees the end, and closes."""
        if self.outer.said_all and not self.inner.has_unsent:
            self.inner.say_no_more()

    @property
    def is_over(self) -> bool:
        """The engine has closed, and what it said has reached the counterparty, or never will."""
        return self.inner.said_all and not self.outer.has_unsent

    def interest(self, end: End, *, taking: bool) -> int:
        """Selector events that this end waits for.

        Args:
            end: one of the two.
            taking: whether anything new may be read from the counterparty.
        """
        reads = not end.said_all and not self.other(end).is_full and (taking or end is self.inner)
        return (selectors.EVENT_READ if reads else 0) | (selectors.EVENT_WRITE if end.has_unsent else 0)

    def close(self) -> None:
        """Close both ends."""
        self.outer.close()
        self.inner.close()
