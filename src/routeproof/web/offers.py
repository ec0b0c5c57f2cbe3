"""What fields of forms offer: people by name, providers, the codes that policy knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.firm.case_policy import case_codes
from routeproof.app.objects.fold import roster_of
from routeproof.app.objects.governed import objects_of
from routeproof.governance.provider.noun import PROVIDER
from routeproof.web.forms import Offer

if TYPE_CHECKING:
    from routeproof.app.context import Context


def offers_of(context: Context, noun: str) -> dict[str, Offer]:
    """What is offered in forms of a noun, by the name of the member that a field is of."""
    people = {name: person.name or name for name, person in roster_of(context.records).people.items()}
    providers = {provider.id: provider.name for provider in objects_of(context.records, PROVIDER)}
    return {
        **dict.fromkeys(("to", "person"), Offer(people, is_all=True)),
        **dict.fromkeys(("provider", "route_to", "fallback_used"), Offer(providers)),
        **(_closing(context) if noun == "case" else {}),
    }


def _closing(context: Context) -> dict[str, Offer]:
    codes = case_codes(context)
    titles: dict[str, str] = codes["titles"]
    return {
        "disposition": Offer({code: titles[code] for code in codes["dispositions"]}, is_all=True),
        "root_cause": Offer({code: titles[code] for code in codes["root_causes"]}, is_all=True),
    }
