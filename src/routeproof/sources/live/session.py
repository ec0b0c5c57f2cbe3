"""What a session engine owes the application, whichever engine it is: bytes and events out, sessions kept alive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from routeproof.sources.live.journal_format import Position

EventKind = Literal[
    "logon", "logout", "refused", "gap_open", "gap_closed", "gap_abandoned", "asked", "reset", "garbled", "told"
]


@dataclass(frozen=True, slots=True)
class Received:
    """One well-formed message that the session's counterparty sent while logged on.

    Administrative ones and repeats are included; a Logon is once it was answered.

    Attributes:
        received_at: UTC ns at which it was read from the socket.
        session: the session's name.
        raw: its bytes as they were on the wire.
    """

    received_at: int
    session: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """Something that happened to a session.

    Attributes:
        kind: `gap_open`, `gap_closed` (all of it arrived or was filled) and `gap_abandoned` (the sequence was reset
            before that) name the range `begin` to `end`; `asked` is a ResendRequest of our side that begins at `begin`;
            `reset` says that the incoming sequence goes on at `begin`; `refused` is a connection that our side closed
            before or after its Logon, for what it sent or left unsaid; `garbled` are bytes that are no message, or one
            that the engine cannot read; `told` is a Reject or Logout with a text that our side sent.
        session: the session's name; empty if the counterparty named none of ours.
        at: UTC ns.
        text: for people.
        begin, end: sequence numbers, both included; null where the kind has none.
    """

    kind: EventKind
    session: str
    at: int
    text: str
    begin: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What became durable together, in the order in which it arrived; one fsync stands behind it.

    Attributes:
        after: the journal's position behind it: whoever has recorded the batch may go on from there after a restart.
    """

    messages: tuple[Received, ...]
    events: tuple[SessionEvent, ...]
    after: Position


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """One session now.

    Attributes:
        connected: logged on.
        next_in: sequence number that our side expects next.
        next_out: sequence number that our side sends next.
    """

    name: str
    connected: bool
    next_in: int
    next_out: int


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a session is: the address that an acceptor listens on, with its real port, or that an initiator dials."""

    name: str
    host: str
    port: int


class SessionEngine(Protocol):
    """Keeps FIX sessions: Logon, heartbeats, sequence numbers, resend, gap fill, reset, Logout."""

    def start(self) -> tuple[Listening, ...]:
        """Listen and connect; one entry for each session, in the configuration's order.

        Raises:
            UsageError: an address cannot be listened on, or a dictionary cannot be read.
        """
        ...

    def stop(self) -> None:
        """Log out and let what arrived become durable; the last batches can then be taken. Again, it does nothing."""
        ...

    def status(self) -> tuple[SessionStatus, ...]:
        """Each session now."""
        ...

    def send(self, session: str, message: bytes) -> bool:
        """Send an application message: MsgType and body are taken from `message`, session fields are the engine's.

        Returns:
            Whether it was given a sequence number; what is sent while logged out is delivered by resend. Some engines
            send no bytes that are no UTF-8.
        """
        ...

    def next_batch(self, timeout_s: float) -> Batch | None:
        """The oldest batch not yet handed out; null if none came in time.

        Raises:
            JournalStoppedError: the disk refused what was received; the sessions were closed.
        """
        ...


class Application(Protocol):
    """An application that answers messages; a drop copy needs none."""

    def logged_on(self, session: str) -> None:
        """A session has begun, in the order in which the engine sees it."""
        ...

    def accepted(self, session: str, message: bytes) -> bool:
        """The engine accepted this application message, in sequence and each once; false if its type is unsupported."""
        ...
