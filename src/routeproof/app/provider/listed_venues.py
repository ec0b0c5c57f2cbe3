"""Which venues a provider's list named on a day: what was agreed then, not what is agreed now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.fold import happened
from routeproof.governance.provider.noun import PROVIDER

if TYPE_CHECKING:
    from datetime import date

    from routeproof.stores.records import Records

LISTING = ("provider.added", "provider.disclosed")
"""Events that state the whole list."""


def listed_on(records: Records, provider_id: str, day: date) -> dict[str, date | None]:
    """Venues of the list in force on a day, each with the business date since which every list names it.

    Null: the first list named it already. That one counts for all days before it too: nobody recorded what was agreed
    earlier. Of several lists of one date the last recorded counts. Empty without a list, or while it names no venue.
    """
    by_date: dict[date, tuple[str, ...]] = {}
    for entry in map(happened, records.stream(PROVIDER.stream(provider_id))):
        if entry.event.type in LISTING:
            by_date[entry.on] = tuple(entry.event.payload["venues"])
    lists = sorted(by_date.items())
    while lists and not lists[0][1]:  # a file is often opened before the list is there
        del lists[0]
    since: dict[str, date | None] = dict.fromkeys(lists[0][1]) if lists else {}
    for on, venues in lists[1:]:
        if on <= day:
            since = {venue: since.get(venue, on) for venue in venues}
    return since
