"""All providers on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import listed
from routeproof.app.objects.fold import dated_until, fold
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.provider.state import state_on

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context


def providers_listed(context: Context, on: date | None = None) -> dict[str, Any]:
    """`{"items", "total"}`: each provider with its state, counts of open points, and its next due day.

    On a day, as it stood then, without those that began later; else as the record has it, seen from today.
    """
    items, day = [], on or context.business_day
    for item in listed(context, PROVIDER)["items"]:
        entries = context.records.stream(PROVIDER.stream(item["id"]))
        if on is not None and entries[0].fact.business_on > on.isoformat():
            continue
        version = fold(PROVIDER, entries if on is None else dated_until(entries, on))
        assert version is not None  # noqa: S101  # its first entry is among them
        provider = version.state
        items.append(item)
        approved = provider.last_approved
        due = approved.refresh_due_on if approved and provider.state == "approved" else None
        item |= {
            "state": state_on(provider, day),
            "name": provider.name,
            "role": provider.role,
            "unanswered": len(provider.round.unanswered()),
            "open_conditions": len(provider.open_conditions()),
            "refresh_due_on": due.isoformat() if due else None,
            "version": version.number,
            "version_hash": version.version_hash,
            "ledger_index": version.ledger_index,
        }
    return {"items": items, "total": len(items)}
