"""The register of conflicts beside what the quarter's packs show of payments: who pays, and is it declared?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.desk.pack_sections import pack_sections
from routeproof.app.desk.payment_quality import payment_quality
from routeproof.app.objects.governed import objects_of
from routeproof.governance.conflict import CONFLICT, WITH_MONEY
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.conflict import Conflict

    Row = dict[str, Any]


def payments_and_conflicts(context: Context, choices: Sequence[Mapping[str, str]]) -> Row:
    """What the packs of the newest reviewed quarter show of payments.

    Args:
        context: the workspace.
        choices: as `venue_choices` lists them.

    Returns:
        `quarter`, empty without a pack; `payments` of all its providers as `payment_quality`; `undeclared`: venues that
        pay a router on balance, while no conflict with money in it that stood in the quarter names them.
    """
    packs = [item for item in choices if item["review"]]
    quarter = packs[0]["quarter"] if packs else ""
    of_quarter = {item["provider"]: item["review"] for item in packs if item["quarter"] == quarter}
    sections = {provider: pack_sections(context, review, ("venues",)) for provider, review in of_quarter.items()}
    payments = payment_quality(sections)
    if not quarter:
        return {"quarter": "", "payments": payments, "undeclared": []}
    stood = list(_stood(objects_of(context.records, CONFLICT), *quarter_days(quarter)))
    payers = [point for point in payments["points"] if point["net_payment_usd"] > 0]
    undeclared = [point for point in payers if not any(_names(item, point) for item in stood)]
    return {"quarter": quarter, "payments": payments, "undeclared": undeclared}


def _stood(conflicts: Sequence[Conflict], first: date, last: date) -> Iterator[Conflict]:
    for item in conflicts:
        if item.kind in WITH_MONEY and item.since_on <= last and (item.until_on is None or item.until_on >= first):
            yield item


def _names(conflict: Conflict, point: Mapping[str, Any]) -> bool:
    """Whether a conflict speaks of a venue and a provider; what names neither names nobody."""
    if conflict.provider is None and conflict.venue is None:
        return False
    return conflict.provider in (None, point["provider"]) and conflict.venue in (None, point["venue"])
