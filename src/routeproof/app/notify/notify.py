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


def keep_notices(context: Context, channels: Sequence[Channel], notices: Iterable[Notice]) -> Kept:
    """Keep what each channel is owed, durable on return; nothing is sent. Call `send_due` after it.

    Raises:
        OutboxError: if it cannot be kept.
    """
    now = context.clock()
    planned = plan(notices, channels, now)
    owed = (*planned.send, *planned.keep)
    new = Outbox(context.workspace.outbox_path).keep(owed, now)
    dropped = Counter(item.reason for item in planned.dropped)
    return Kept(len(planned.send), len(planned.keep), len(owed) - new, dict(sorted(dropped.items())))
