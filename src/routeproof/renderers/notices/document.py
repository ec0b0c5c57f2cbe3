"""Notices to one channel as one document: what programs read, and what the text for people is made from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from routeproof.rules.notice import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.rules.notice import Notice

LISTED = 100
"""Notices that one message lists; of more it has the counts, so that a bad day is no flood."""
GROUPED_BY = ("rule", "severity", "provider")


def notices_document(
    message_id: str,
    channel: str,
    kind: Literal["immediate", "digest", "test"],
    notices: Sequence[Notice],
    made_at: int,
) -> dict[str, Any]:
    """JSON members: `id, channel, kind, made_at` (UTC ns as text), `count, groups, notices, omitted`.

    Args:
        message_id: the same whenever this message is sent again.
        channel: name of it.
        kind: why it is sent.
        notices: all of them, in order; the first hundred are listed, and `omitted` are not.
        made_at: UTC nanoseconds.
    """
    return {
        "id": message_id,
        "channel": channel,
        "kind": kind,
        "made_at": str(made_at),
        "count": len(notices),
        "groups": _groups(notices),
        "notices": [told(notice) for notice in notices[:LISTED]],
        "omitted": max(0, len(notices) - LISTED),
    }


def _groups(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """How many of each rule, severity and provider, the most frequent first."""
    counts = Counter((notice.rule, notice.severity, notice.provider) for notice in notices)
    ordered = sorted(counts.items(), key=lambda group: (-group[1], group[0]))
    return [dict(zip(GROUPED_BY, of, strict=True)) | {"count": count} for of, count in ordered]
