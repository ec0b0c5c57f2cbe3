"""What was told to whom, what waits, and what failed why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.notify.outbox import Outbox

if TYPE_CHECKING:
    from routeproof.app.context import Context

INSTANTS = ("made_at", "tried_at", "next_at", "due_at")


def notifications(
    context: Context, *, state: str | None = None, channel: str | None = None, limit: int = 100
) -> dict[str, Any]:
    """`notifications`, the newest first, `total` of them, and `owed`: notices that are in no message yet.

    A notification: `id, channel, kind, count` (of notices), `state` (waiting, sent, failed), `reason` of the last
    attempt, `deliveries, attempts, made_at, tried_at, next_at`. Instants are UTC nanoseconds as text; `next_at` is null
    unless it waits.
    """
    outbox = Outbox(context.workspace.outbox_path)
    found, total = outbox.listed(state, channel, limit)
    owed = [_shown(item) for item in outbox.owed() if channel in (None, item["channel"])]
    return {"notifications": [_shown(item) for item in found], "total": total, "owed": owed}


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    shown = {name: str(value) if name in INSTANTS and value is not None else value for name, value in item.items()}
    if "state" in shown and shown["state"] != "waiting":
        shown["next_at"] = None
    return {name: bool(value) if name == "urgent" else value for name, value in shown.items()}
