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
        only: addressees that it is still owed to, where others have it; empty for all of the channel.
        refused_for: addressees that will not have it, whoever asks again.
    """

    id: str
    body: bytes
    made_at: int
    only: tuple[str, ...] = ()
    refused_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt.

    Attributes:
        sent: whether the other side took it.
        reason: why not, or what else is to be known; in our words, since the other side's may repeat what we sent.
        again: whether another attempt may go better.
        only, refused_for: as of a message, after this attempt; both empty where all addressees share its fate.
    """

    sent: bool
    reason: str = ""
    again: bool = False
    only: tuple[str, ...] = ()
    refused_for: tuple[str, ...] = ()


def failed(reason: str) -> Outcome:
    """An attempt that may be repeated."""
    return Outcome(sent=False, reason=reason, again=True)


def refused(reason: str) -> Outcome:
    """An attempt that would fail in the same way each time."""
    return Outcome(sent=False, reason=reason)
