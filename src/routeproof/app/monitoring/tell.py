"""Tell channels what is on record and was not yet handed to them; what may still change is not told.

What is owed follows from the record, not from what a run did: whoever runs next tells what an earlier one, that was
killed or refused, recorded and did not tell. A channel is owed what was recorded since the program first knew it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.monitoring.tell_cases import EVENTS_OF_CASES, notice_of_entry
from routeproof.app.notify.notify import heard_until, keep_notices
from routeproof.app.notify.send import send_due
from routeproof.app.objects.entries_by_type import entries_by_type
from routeproof.app.objects.findings import AMENDED, NEWS, RECORDED, WITHDRAWN
from routeproof.rules.finding import FINAL
from routeproof.rules.notice import notice_of_finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.context import Context
    from routeproof.app.notify.channel_kinds import AnyChannel
    from routeproof.app.notify.send import Sending
    from routeproof.ledger.entry import Recorded
    from routeproof.rules.notice import Notice
    from routeproof.rules.notice_channel import Channel

TOLD = frozenset({RECORDED, AMENDED, WITHDRAWN, *EVENTS_OF_CASES})
AT_ONCE = 5_000
"""Entries of the record that are looked through together."""


def know_channels(context: Context, channels: Sequence[Channel]) -> None:
    """Note channels that were not known: they are owed what is recorded from now on. Call it before anything is.

    Raises:
        OutboxError: if it cannot be noted.
    """
    heard_until(context, channels)


def tell_recorded(context: Context, channels: Sequence[Channel]) -> None:
    """Keep a notice of what was recorded since the channels heard last; doing it again adds none.

    Of findings those that are final, new or saying something else than before; of cases see `tell_cases`. Of a finding
    that was amended several times since, the last is told, and none of one that was withdrawn. Sending is somebody
    else's work.

    Args:
        context: the workspace.
        channels: configured; without any nothing is kept.

    Raises:
        OutboxError: if it cannot be kept.
    """
    if not channels:
        return
    heard = heard_until(context, channels)
    size = context.records.size()
    for start in range(min(heard.values()), size, AT_ONCE):
        stop = min(start + AT_ONCE, size)
        notices = _notices(context, entries_by_type(context.records, TOLD, start, stop))
        for channel in channels:
            if heard[channel.name] < stop:
                owed = [notice for index, notice in notices if index >= heard[channel.name]]
                keep_notices(context, [channel], owed, heard_until=stop)


def send_recorded(context: Context, channels: Sequence[AnyChannel]) -> Sending:
    """Tell channels what is on record, and send what is due; what a channel does not take is tried again later.

    Raises:
        OutboxError: if it cannot be kept.
    """
    tell_recorded(context, channels)
    return send_due(context, channels)


def _notices(context: Context, entries: Sequence[Recorded]) -> list[tuple[int, Notice]]:
    """Index of its entry and notice of each occasion, in the order of the record."""
    of_findings: dict[str, tuple[int, Notice]] = {}
    of_cases: list[tuple[int, Notice]] = []
    for entry in entries:
        part: Any = entry.fact.payload.get("findings", ())
        if entry.fact.type == WITHDRAWN:
            for key in part:
                of_findings.pop(key, None)
        elif entry.fact.type in {RECORDED, AMENDED}:
            amended = entry.fact.type == AMENDED
            news: Any = entry.fact.payload.get(NEWS, ())
            for item in part:
                if item["status"] == FINAL and (not amended or item["id"] in news):
                    notice = notice_of_finding(item, entry.index, amended=amended)
                    of_findings[item["id"]] = (entry.index, notice)
        elif (notice_of_case := notice_of_entry(context, entry)) is not None:
            of_cases.append((entry.index, notice_of_case))
    return sorted([*of_findings.values(), *of_cases], key=lambda item: item[0])
