"""Try a channel with a message that says that it is a test."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from routeproof.app.notify.message import Message
from routeproof.app.notify.send import attempt
from routeproof.ledger.canonical import canonical_bytes
from routeproof.renderers.notices.document import notices_document
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.context import Context
    from routeproof.app.notify.channel_kinds import AnyChannel


def try_channel(context: Context, channels: Sequence[AnyChannel], name: str) -> dict[str, Any]:
    """One attempt, whatever the filters and quiet hours: `id, channel, sent, reason`. The outbox is not touched.

    Raises:
        UsageError: if no channel has that name.
    """
    known = {channel.name: channel for channel in channels}
    if name not in known:
        message = f"expected a channel ({', '.join(known) or 'none is configured'}), found {name!r}"
        raise UsageError(message, where="NAME")
    now = context.clock()
    message_id = hashlib.sha256(f"test/{name}/{now}".encode()).hexdigest()[:32]
    body = canonical_bytes(notices_document(message_id, name, "test", (), now))
    outcome = attempt(known[name], Message(message_id, body, now), now)
    return {"id": message_id, "channel": name, "sent": outcome.sent, "reason": outcome.reason}
