"""Send what channels are owed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from routeproof.app.notify.channel_kinds import LocalCommand, Smtp, Webhook
from routeproof.app.notify.command import run_command
from routeproof.app.notify.message import Message, Outcome, failed
from routeproof.app.notify.outbox import Outbox
from routeproof.app.notify.smtp import send_mail
from routeproof.app.notify.webhook import post_webhook
from routeproof.rules.notice_channel import quiet_until
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_DAY, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.app.context import Context
    from routeproof.app.notify.channel_kinds import AnyChannel
    from routeproof.app.notify.outbox import State, Waiting

AGAIN_AFTER_S = (60, 300, 900, 3_600, 14_400, 43_200)
"""From a delivery that failed to the next; after the last one, 18 hours in all, the message has failed."""
FIRST_PAUSE_S = 1.0
KEPT_DAYS = 400
"""For so long what was told is listed, and not told again; the outbox is no record, and does not grow for ever."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a round of sending came to.

    Attributes:
        sent, waiting, failed: messages that were taken, wait for another delivery, or have failed for good.
        kept: notices, or messages of them, that wait for a digest or for the end of quiet hours.
    """

    sent: int
    waiting: int
    failed: int
    kept: int

    def __str__(self) -> str:
        """As people read it."""
        later = f" {self.kept} kept for later." if self.kept else ""
        return f"{self.sent} sent, {self.waiting} to be tried again, {self.failed} failed.{later}"


def send_due(
    context: Context, channels: Sequence[AnyChannel], *, pause: Callable[[float], None] = time.sleep
) -> Sending:
    """Send every message that is due, digests among them; nothing where no channel is configured.

    A channel that takes nothing is not asked again in this round, so a round ends after `timeout_s` times `attempts`
    and the pauses at most, whatever waits. Messages of channels that are not among `channels` are left alone.
    """
    if not channels:
        return Sending(0, 0, 0, 0)
    outbox = Outbox(context.workspace.outbox_path)
    with outbox.sending():
        outbox.forget(context.clock() - KEPT_DAYS * NS_PER_DAY)
        for channel in channels:
            outbox.gather(channel, context.clock())
        by_name = {channel.name: channel for channel in channels}
        silent: set[str] = set()
        done: Counter[State | Literal["kept"]] = Counter()
        for item in outbox.waiting(tuple(by_name), context.clock()):
            if item.channel in silent:
                done["waiting"] += 1
                continue
            channel = by_name[item.channel]
            until = None if item.urgent else quiet_until(channel, context.clock())
            if until is not None:
                outbox.postpone(item.message.id, until)
                done["kept"] += 1
                continue
            state = _deliver(context, outbox, channel, item, pause)
            if state == "waiting" and not outbox.is_taken_in_part(item.message.id):
                silent.add(item.channel)
            done[state] += 1
        kept = done["kept"] + sum(row["count"] for row in outbox.owed() if row["channel"] in by_name)
    return Sending(done["sent"], done["waiting"], done["failed"], kept)


def send_failed_again(context: Context) -> int:
    """Let messages that failed for good be sent again, with the ids they had; how many."""
    return Outbox(context.workspace.outbox_path).try_again(context.clock())


def attempt(channel: AnyChannel, message: Message, now: int) -> Outcome:
    """Try once; a channel that cannot be used as it is set up is a failure with its reason."""
    try:
        match channel:
            case Webhook():
                return post_webhook(channel, message, now)
            case Smtp():
                return send_mail(channel, message)
            case LocalCommand():
                return run_command(channel, message)
    except UsageError as error:
        return failed(f"{error.message} [{error.where}]")


def _deliver(
    context: Context, outbox: Outbox, channel: AnyChannel, item: Waiting, pause: Callable[[float], None]
) -> State:
    outcome, attempts = _try(context, channel, item.message, pause)
    now = context.clock()
    state: State = "sent" if outcome.sent else "failed"
    next_at = now
    if outcome.again and item.deliveries < len(AGAIN_AFTER_S):
        state, next_at = "waiting", now + AGAIN_AFTER_S[item.deliveries] * NS_PER_S
    outbox.settle(item.message.id, state, outcome, attempts=attempts, now=now, next_at=next_at)
    return state


def _try(
    context: Context, channel: AnyChannel, message: Message, pause: Callable[[float], None]
) -> tuple[Outcome, int]:
    outcome = failed("not tried")
    for number in range(channel.attempts):
        if number:
            pause(FIRST_PAUSE_S * 2 ** (number - 1))
        outcome = attempt(channel, message, context.clock())
        if outcome.only or outcome.refused_for:
            message = replace(message, only=outcome.only, refused_for=outcome.refused_for)
        elif not outcome.sent:
            # It broke off and says nothing of addressees: what was known of them stands.
            outcome = replace(outcome, only=message.only, refused_for=message.refused_for)
        if not outcome.again:
            return outcome, number + 1
    return outcome, channel.attempts
