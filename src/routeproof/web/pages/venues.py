"""Venues: share, quality and payments of a quarter, side by side; who is paid and whether it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from routeproof.app.desk.pack_sections import pack_sections, pinned_packs
from routeproof.vocab.times import quarter_days
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()
SECTIONS = ("venues", "markouts", "fill-times", "profiles")


@routes.page("/venues", needs="view.venues", template="venues.html")
def venues(visit: Visit, review: Annotated[str, Query(max_length=128)] = "") -> dict[str, Any]:
    """The venue analysis of a reviewed quarter."""
    packs = [item for item in pinned_packs(visit.context) if visit.reaches(*quarter_days(item["quarter"]))]
    chosen = next((item for item in packs if item["review"] == review), packs[0] if packs else None)
    sections = pack_sections(visit.context, chosen["review"], SECTIONS) if chosen else []
    return {"packs": packs, "chosen": chosen, "sections": sections}


@routes.api("GET", "/venues", needs="view.venues")
def venues_call(visit: Visit, review: Annotated[str, Query(max_length=128)] = "") -> dict[str, Any]:
    """The same for programs."""
    return venues(visit, review)
