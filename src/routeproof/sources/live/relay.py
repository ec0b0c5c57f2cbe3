"""One connection between a counterparty and the engine: two sockets, and what is on its way between them."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from routeproof.sources.live.framing import Framer

if TYPE_CHECKING:
    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.reception import Reception
    from routeproof.sources.live.session_config import FixSession

READ_BYTES = 256 << 10
FULL_BYTES = 1 << 20
"""A side that takes no more than this is not read for: memory stays flat, and TCP slows the other side down."""


LOGOUT_WITHIN_S = 10.0
"""A connection ends so long after our Logout, whatever heartbeat was agreed on."""


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

    The counterparty is not read before our side has sent its Logon: what it says before does not count.

    Attributes:
        outer: the counterparty's end.
        inner: the engine's end.
        reception: how the counterparty is listened to.
        logon: the counterparty's Logon that has yet to be answered, and the UTC ns at which it was read; null if the
            engine speaks first, and once it is answered.
        early: what came behind that Logon before it was answered.
        is_on: our side has sent its Logon.
        is_cut: nothing more is passed on to the engine, which so ends the connection.
    """

    def __init__(self, session: FixSession, outer: End, inner: End, reception: Reception, until_s: float) -> None:
        self.session = session
        self.outer = outer
        self.inner = inner
        self.reception = reception
        self.logon: tuple[bytes, int] | None = None
        self.early: list[Piece] = []
        self.is_on = self.is_cut = False
        self._until_s: float | None = until_s

    def other(self, end: End) -> End:
        """The opposite end."""
        return self.inner if end is self.outer else self.outer

    def spoke(self, kind: str, now_s: float) -> None:
        """Our side has sent a message of this type: after a Logon there is time, after a Logout little."""
        if kind == "A":
            self.is_on, self._until_s = True, None
        elif kind == "5":
            self._until_s = now_s + LOGOUT_WITHIN_S

    def took_too_long(self, now_s: float) -> bool:
        """It should have logged on, or ended, by now."""
        return not self.is_cut and self._until_s is not None and now_s > self._until_s

    def cut(self) -> None:
        """End it: the engine is told that the counterparty has gone."""
        self.is_cut = True

    def pass_on_the_end(self) -> None:
        """A counterparty that has said all is still answered: the engine sees the end, and closes."""
        if (self.outer.said_all or self.is_cut) and not self.inner.has_unsent:
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
        reads = not end.said_all and not self.other(end).is_full
        if end is self.outer:
            reads = reads and taking and self.is_on and not self.is_cut
        return (selectors.EVENT_READ if reads else 0) | (selectors.EVENT_WRITE if end.has_unsent else 0)

    def close(self) -> None:
        """Close both ends."""
        self.outer.close()
        self.inner.close()
