"""Which channel is told of which notice, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from routeproof.rules.notice_channel import next_digest, quiet_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routeproof.rules.notice import Notice
    from routeproof.rules.notice_channel import Channel


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that a channel will be told of.

    Attributes:
        channel: name of the channel.
        notice: what it is told.
        due_at: UTC nanoseconds; not before.
        because: why then: at once, with the next digest, or after the quiet hours.
    """

    channel: str
    notice: Notice
    due_at: int
    because: Literal["immediate", "digest", "quiet_hours"]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A notice that a channel is not for; `reason` is the filter that it did not pass."""

    channel: str
    notice: Notice
    reason: Literal["severity", "rule", "provider"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Each notice once per channel: to send now, to keep for a digest, or dropped."""

    send: tuple[Due, ...]
    keep: tuple[Due, ...]
    dropped: tuple[Dropped, ...]


def plan(notices: Iterable[Notice], channels: Sequence[Channel], now: int) -> Plan:
    """What is to be done with each notice by each channel; `now` in UTC nanoseconds.

    A digest that would fall into quiet hours waits for their end. A severity that breaks quiet hours does not make
    a digest immediate.
    """
    send: list[Due] = []
    keep: list[Due] = []
    dropped: list[Dropped] = []
    for notice in notices:
        for channel in channels:
            reason = _barred(channel, notice)
            if reason is not None:
                dropped.append(Dropped(channel.name, notice, reason))
                continue
            due = _due(channel, notice, now)
            (send if due.because == "immediate" else keep).append(due)
    return Plan(tuple(send), tuple(keep), tuple(dropped))


def _barred(channel: Channel, notice: Notice) -> Literal["severity", "rule", "provider"] | None:
    if channel.severities and notice.severity not in channel.severities:
        return "severity"
    if channel.rules and notice.rule not in channel.rules:
        return "rule"
    if channel.providers and notice.provider not in channel.providers:
        return "provider"
    return None


def _due(channel: Channel, notice: Notice, now: int) -> Due:
    at = next_digest(channel, now) if channel.mode == "digest" else now
    until = quiet_until(channel, at, notice.severity)
    if until is not None:
        return Due(channel.name, notice, until, "quiet_hours")
    return Due(channel.name, notice, at, "digest" if channel.mode == "digest" else "immediate")
