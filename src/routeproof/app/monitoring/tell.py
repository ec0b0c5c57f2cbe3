"""Tell the channels of a workspace what was found; what may still change is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.notify.notify import keep_notices
from routeproof.rules.finding import FINAL
from routeproof.rules.notice import notice_of_finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.app.notify.channel_kinds import AnyChannel
    from routeproof.app.objects.findings import Change


def tell_findings(
    context: Context, channels: Sequence[AnyChannel], change: Change, found: Mapping[str, Mapping[str, Any]]
) -> None:
    """Keep a notice of each final finding that is new or changed; sending is somebody else's work.

    Args:
        context: the workspace.
        channels: configured; without any nothing is kept.
        change: what became of the record.
        found: findings by id, as they were recorded.
    """
    if not channels:
        return
    news = [found[key] for key in (*change.recorded, *change.amended) if found[key]["status"] == FINAL]
    if news:
        keep_notices(context, channels, [notice_of_finding(item) for item in news])
