"""Facts from the logs themselves: messages, sequence numbers, clocks, and the days on which something came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.day_facts import with_teller
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.sequences import FIX_SEQUENCES
from routeproof.stores.commits import source_outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context
    from routeproof.app.facts.day_facts import Tellers
    from routeproof.stores.records import Records

MESSAGE_COLUMNS = (
    "message_id", "sent_at", "sending_at", "transact_at", "msg_type", "sender", "target", "seq", "poss_dup",
    "poss_resend", "cl_ord_id", "exec_id", "exec_type", "exec_trans_type", "symbol", "side", "last_qty", "last_px",
    "last_mkt", "trd_match_id", "source_id", "source_row",
)  # fmt: skip
"""Columns of messages that rules read."""

SEQUENCE_COLUMNS = ("sender", "target", "from_seq", "to_seq", "from_at", "to_at", "resent", "is_reset", "source_id")

LOOK_BACK = timedelta(days=31)
FLOW = (FIX_MESSAGES.name, "parent_orders", "executions")
"""Tables whose files say that a provider was at work."""


def log_facts(context: Context, day: date, manifest: str, tellers: Tellers) -> tuple[dict[str, Any], dict[str, str]]:
    """Members of `Facts` that the lake's logs give, and why the others are not there."""
    members: dict[str, Any] = {}
    absent: dict[str, str] = {}
    if context.lake.files(FIX_MESSAGES.name, day, manifest):
        read = context.lake.read(FIX_MESSAGES.name, [day], MESSAGE_COLUMNS, manifest=manifest)
        members["messages"] = with_teller(read, tellers)
    else:
        absent["messages"] = "no FIX log speaks of the day"
    if context.lake.files(FIX_SEQUENCES.name, day, manifest):
        read = context.lake.read(FIX_SEQUENCES.name, [day], SEQUENCE_COLUMNS, manifest=manifest)
        members["sequences"] = with_teller(read, tellers)
    else:
        absent["sequences"] = "no FIX log of the day was taken in since sequence numbers are kept"
    return members, absent


def record_facts(records: Records, day: date, tellers: Tellers) -> dict[str, Any]:
    """Members of `Facts` that the record of what was taken in gives."""
    return {"clocks": clocks(tellers), "received_days": received_days(records, day)}


def clocks(tellers: Tellers) -> pl.DataFrame:
    """`provider, uncertainty_ns`: what maps declare."""
    known: Mapping[str, int] = tellers.uncertainty_ns
    return pl.DataFrame(list(known.items()), schema={"provider": pl.String, "uncertainty_ns": pl.Int64}, orient="row")


def received_days(records: Records, day: date) -> pl.DataFrame:
    """`provider, day, rows`: accepted rows of order flow by provider and day, of the month up to a day."""
    counts: dict[tuple[str, date], int] = {}
    for item in source_outcomes(records):
        outcome: Any = item.outcome
        if outcome["table"] not in FLOW or not outcome["provider"]:
            continue
        for part in outcome["days"]:
            on = date.fromisoformat(part["day"]) if part["day"] else None
            if on is not None and day - LOOK_BACK <= on <= day and part["accepted"]:
                key = (str(outcome["provider"]), on)
                counts[key] = counts.get(key, 0) + int(part["accepted"])
    rows = [(provider, on, count) for (provider, on), count in sorted(counts.items())]
    return pl.DataFrame(rows, schema={"provider": pl.String, "day": pl.Date, "rows": pl.Int64}, orient="row")
