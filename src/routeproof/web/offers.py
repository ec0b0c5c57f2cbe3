"""What fields of forms offer: people by name, providers, the codes that policy knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.firm.case_policy import case_codes
from routeproof.app.objects.fold import roster_of
from routeproof.app.objects.governed import objects_of
from routeproof.governance.provider.noun import PROVIDER
from routeproof.web.forms import Offer

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context

QUARTERS = 4


def offers_of(context: Context, noun: str) -> dict[str, Offer]:
    """What is offered in forms of a noun, by the name of the member that a field is of."""
    people = {name: person.name or name for name, person in roster_of(context.records).people.items()}
    providers = {provider.id: provider.name for provider in objects_of(context.records, PROVIDER)}
    return {
        **dict.fromkeys(("to", "person", "attendance", "may_use"), Offer(people, is_all=True)),
        **dict.fromkeys(("provider", "route_to", "fallback_used"), Offer(providers)),
        "quarter": Offer(_quarters(context.business_day)),
        **(_closing(context) if noun == "case" else {}),
    }


def _quarters(day: date) -> dict[str, str]:
    """The quarter of a day and those before it, the latest that is over first."""
    number = day.year * 4 + (day.month - 1) // 3
    names = [f"{one // 4}Q{one % 4 + 1}" for one in range(number - 1, number - 1 - QUARTERS, -1)]
    return {name: name for name in [*names, f"{day.year}Q{number % 4 + 1}"]}


def _closing(context: Context) -> dict[str, Offer]:
    codes = case_codes(context)
    titles: dict[str, str] = codes["titles"]
    return {
        "disposition": Offer({code: titles[code] for code in codes["dispositions"]}, is_all=True),
        "root_cause": Offer({code: titles[code] for code in codes["root_causes"]}, is_all=True),
    }
