"""What a channel is handed, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one channel, as it is sent however often it is tried.

    Attributes:
        id: the same at every attempt, so that a receiver can tell a repetition.
        body: the document, RFC 8785 JSON.
        made_at: UTC nanoseconds.
    """

    id: str
    body: bytes
    made_at: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt.

    Attributes:
        sent: whether the other side took it.
        reason: why not, or what else is to be known; in our words, since the other side's may repeat what we sent.
        again: whether another attempt may go better.
    """

    sent: bool
    reason: str = ""
    again: bool = False


def failed(reason: str) -> Outcome:
    """An attempt that may be repeated."""
    return Outcome(sent=False, reason=reason, again=True)


def refused(reason: str) -> Outcome:
    """An attempt that would fail in the same way each time."""
    return Outcome(sent=False, reason=reason)
