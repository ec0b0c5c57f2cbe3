"""All providers on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import listed
from routeproof.app.objects.governed import objects_of
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.provider.state import state_on

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context


def providers_listed(context: Context, on: date) -> dict[str, Any]:
    """`{"items", "total"}`: each provider with the state of the day, counts of open points, and its next due day."""
    found = listed(context, PROVIDER)
    by_id = {provider.id: provider for provider in objects_of(context.records, PROVIDER)}
    for item in found["items"]:
        provider = by_id[item["id"]]
        approved = provider.last_approved
        due = approved.refresh_due_on if approved and provider.state == "approved" else None
        item |= {
            "state": state_on(provider, on),
            "name": provider.name,
            "role": provider.role,
            "unanswered": len(provider.round.unanswered()),
            "open_conditions": len(provider.open_conditions()),
            "refresh_due_on": due.isoformat() if due else None,
        }
    return found
