"""Hand notices over: what each channel is owed is kept first, and sent then or later."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.app.notify.outbox import Outbox
from routeproof.rules.notice_plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routeproof.app.context import Context
    from routeproof.rules.notice import Notice
    from routeproof.rules.notice_channel import Channel


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of notices, counted once per channel.

    Attributes:
        now: to be sent at once.
        later: for a digest or after quiet hours.
        known: of these, those that had been handed over before; they are not sent twice.
        dropped: by the filter that they did not pass.
    """

    now: int
    later: int
    known: int
    dropped: dict[str, int]


def heard_until(context: Context, channels: Sequence[Channel]) -> dict[str, int]:
    """How many entries of the record each channel has heard; one that is new has heard all that there are.

    Raises:
        OutboxError: if it cannot be read or noted.
    """
    if not channels:
        return {}
    outbox = Outbox(context.workspace.outbox_path)
    return outbox.heard([channel.name for channel in channels], context.records.size())


def keep_notices(
    context: Context, channels: Sequence[Channel], notices: Iterable[Notice], *, heard_until: int | None = None
) -> Kept:
    """Keep what each channel is owed, durable on return; nothing is sent. Call `send_due` after it.

    Args:
        context: the workspace.
        channels: who is told.
        notices: of what.
        heard_until: entries of the record that the channels have heard with it, noted in the same step.

    Raises:
        OutboxError: if it cannot be kept.
    """
    now = context.clock()
    planned = plan(notices, channels, now)
    owed = (*planned.send, *planned.keep)
    heard = {} if heard_until is None else {channel.name: heard_until for channel in channels}
    new = Outbox(context.workspace.outbox_path).keep(owed, now, heard)
    dropped = Counter(item.reason for item in planned.dropped)
    return Kept(len(planned.send), len(planned.keep), len(owed) - new, dict(sorted(dropped.items())))
