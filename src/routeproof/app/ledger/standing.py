"""The ledger as people look at it: how long it is, its last checkpoint, its key, the entries of an object."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from routeproof.app.ledger.checkpoints import checkpoint_now, kept_notes
from routeproof.app.ledger.log_key import log_key
from routeproof.ledger.entry import read_entry
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.app.context import Context

LAST = 50


def standing(context: Context, before: int | None = None) -> dict[str, Any]:
    """Size, root and key as of now, checkpoints that are kept, and the last entries before an index."""
    signed = checkpoint_now(context)
    size = signed.checkpoint.size
    end = min(size, before if before is not None else size)
    return {
        "size": size,
        "root": signed.checkpoint.root.hex(),
        "key": str(log_key(context).verifier),
        "checkpoints": [{"size": kept, "name": path.name} for kept, path in reversed(kept_notes(context))],
        "entries": [_told(entry) for entry in reversed(context.records.entries(max(0, end - LAST), end))],
        "before": end - LAST if end > LAST else None,
    }


def _told(content: bytes) -> dict[str, Any]:
    entry = read_entry(content)
    return {
        "index": entry.index,
        "stream": entry.fact.stream,
        "type": entry.fact.type,
        "by": entry.fact.actor,
        "role": entry.fact.role,
        "business_on": entry.fact.business_on,
        "appended_at": datetime.fromtimestamp(entry.appended_at // NS_PER_S, tz=UTC).isoformat(),
    }
