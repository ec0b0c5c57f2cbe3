"""Retention: what is kept until when, what is held, and expiry, which is recorded before a file is destroyed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.evidence_standing import standings, streams_of
from routeproof.app.firm.near import near
from routeproof.app.objects.act import act
from routeproof.app.objects.nouns import NOUNS
from routeproof.governance.evidence import EVIDENCE
from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.app.objects.act import Around
    from routeproof.governance.evidence import Standing
    from routeproof.stores.records import Records


def evidence_listed(context: Context, on: date | None = None) -> dict[str, Any]:
    """Every document with its class, last use and fate; `state` is kept, due, held or expired on the day."""
    day = on or context.business_day
    streams = streams_of(context.records)
    found = standings(context.records, context.evidence, _today(context))
    items = [_item(context, sha256, streams[sha256], standing, day) for sha256, standing in sorted(found.items())]
    return {"on": day.isoformat(), "items": items, "total": len(items)}


def expire_evidence(context: Context, wanted: Sequence[str] = ()) -> dict[str, Any]:
    """Expire the documents named, or all whose time is over and that nothing holds.

    Each expiry is an entry of its own, durable before the file goes. A run that was stopped in between is completed
    first.

    Raises:
        RefusalError: `criteria_not_met` for a document that is held or whose time is not over, if it was named.
    """
    completed = complete_expiry(context)
    known = standings(context.records, context.evidence, _today(context))
    day = min(_today(context), context.business_day)
    due = [name for name, item in known.items() if not item.gone and not item.held_by and item.keep_until <= day]
    expired = []
    for sha256 in wanted or sorted(due):
        state = act(context, EVIDENCE, sha256, "expire", None, lambda records: _around(context, records))
        context.evidence.destroy(sha256)
        expired.append({name: state[name] for name in ("id", "state", "expired_because", "policy", "ledger_index")})
    return {"expired": expired, "total": len(expired), "completed": completed}


def hold_around(_context: Context) -> Around:
    """What a hold is held against: names that the record knows."""

    def around(records: Records) -> Mapping[str, Any]:
        streams = records.query("SELECT DISTINCT stream FROM ledger_leaves")
        return {
            "named": frozenset(streams_of(records)),
            "streams": frozenset(str(stream) for (stream,) in streams),
            "kinds": frozenset(noun.name for noun in NOUNS),
            "nearest": near,
        }

    return around


def complete_expiry(context: Context) -> list[str]:
    """Destroy files whose expiry is on record; there are some only if a run was stopped between the two."""
    known = standings(context.records, context.evidence, _today(context))
    left = [sha256 for sha256, standing in known.items() if standing.gone and context.evidence.has(sha256)]
    for sha256 in left:
        context.evidence.destroy(sha256)
    return left


def _around(context: Context, records: Records) -> Mapping[str, Any]:
    return {"documents": standings(records, context.evidence, _today(context))}


def _today(context: Context) -> date:
    """The true day: no business date makes a document older than it is."""
    return datetime.fromtimestamp(context.clock() // NS_PER_S, tz=UTC).date()


def _item(context: Context, sha256: str, streams: Sequence[str], standing: Standing, day: date) -> dict[str, Any]:
    try:
        document = context.evidence.get(sha256)
        name, media_type = document.name, document.media_type
    except ExpiredError:
        name, media_type = f"(expired; its evidence was {sha256})", None
    return {
        "sha256": sha256,
        "name": name,
        "media_type": media_type,
        "state": _state(standing, day),
        "class": standing.record_class,
        "last_used_on": standing.last_used_on.isoformat(),
        "keep_until": standing.keep_until.isoformat(),
        "policy": standing.policy,
        "held_by": list(standing.held_by),
        "objects": list(streams),
        "on_disk": context.evidence.has(sha256),
    }


def _state(standing: Standing, day: date) -> str:
    if standing.gone:
        return "expired"
    if standing.held_by:
        return "held"
    return "due" if standing.keep_until <= day else "kept"
