"""Venues: who is paid and whether it shows, what is not reached, what others publish; a quarter at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from routeproof.app.desk.pack_sections import pack_sections
from routeproof.app.desk.payment_quality import payment_quality
from routeproof.app.desk.venue_choices import venue_choices
from routeproof.app.measuring.background import Pending
from routeproof.app.peers.peer_view import beside_kept, published_kept
from routeproof.app.provider.access_kept import access_kept
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days
from routeproof.web.faults import NotFoundError
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.web.visit import Visit

routes = Routes()
SECTIONS = ("venues", "markouts", "fill-times", "profiles")
WAIT_S = 0.1
"""How long a page waits for what is measured now; the part that is not there yet looks again by itself."""
Of = Annotated[
    str, Query(max_length=140, description="Quarter and provider, such as 2026Q3:ACME; the newest if omitted.")
]


@routes.page("/venues", needs="view.venues", template="venues.html")
def venues(visit: Visit, of: Of = "", count: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  # of the address
    """The venue analysis of a quarter."""
    choices, chosen = _chosen(visit, of)
    values: dict[str, Any] = {"choices": choices, "chosen": chosen, "access": None, "published": None, "beside": None}
    if chosen is None:
        return {**values, "payments": None, "sections": []}
    context, named = visit.context, (chosen["provider"], chosen["quarter"])
    sections = pack_sections(context, chosen["review"], SECTIONS)
    return {
        **values,
        "payments": payment_quality({chosen["provider"]: sections}),
        "access": _shown(lambda: access_kept(context, *named, WAIT_S)),
        "published": _shown(lambda: published_kept(context, *named, WAIT_S)),
        "beside": _shown(lambda: beside_kept(context, *named, count=count, wait_s=WAIT_S)),
        "sections": sections,
    }


@routes.api("GET", "/venues", needs="view.venues")
def venues_call(visit: Visit, of: Of = "") -> dict[str, Any]:
    """The venue analysis of a reviewed quarter: points of payment against quality, and the pack's sections."""
    choices, chosen = _chosen(visit, of)
    sections = pack_sections(visit.context, chosen["review"], SECTIONS) if chosen else []
    payments = payment_quality({chosen["provider"]: sections} if chosen else {})
    return {"choices": choices, "chosen": chosen, "payments": payments, "sections": sections}


@routes.api("GET", "/venues/access", needs="view.venues")
def access_call(visit: Visit, of: Of = "") -> dict[str, Any]:
    """Venues disclosed, used and material, and the gaps each way, as `routeproof provider access --json`."""
    chosen = _required(visit, of)
    found = access_kept(visit.context, chosen["provider"], chosen["quarter"])
    assert not isinstance(found, Pending)  # noqa: S101  # it was waited for
    return found


@routes.api("GET", "/venues/published", needs="view.venues")
def published_call(visit: Visit, of: Of = "") -> dict[str, Any]:
    """What others publish under Rules 605 and 606."""
    chosen = _required(visit, of)
    found = published_kept(visit.context, chosen["provider"], chosen["quarter"])
    assert not isinstance(found, Pending)  # noqa: S101  # it was waited for
    return found


@routes.api("GET", "/venues/beside", needs="view.venues")
def beside_call(visit: Visit, of: Of = "") -> dict[str, Any]:
    """The provider's own orders counted as public Rule 605 reports count theirs, which takes its time once."""
    chosen = _required(visit, of)
    found = beside_kept(visit.context, chosen["provider"], chosen["quarter"], count=True)
    assert isinstance(found, dict)  # noqa: S101  # it was asked and waited for
    return found


def reached_choices(visit: Visit) -> list[dict[str, str]]:
    """Quarters of providers that can be shown, within the person's days."""
    found = venue_choices(visit.context, visit.limits.to_on)
    return [item for item in found if visit.reaches(*quarter_days(item["quarter"]))]


def _chosen(visit: Visit, of: str) -> tuple[list[dict[str, str]], dict[str, str] | None]:
    choices = reached_choices(visit)
    return choices, next((item for item in choices if item["of"] == of), choices[0] if choices and not of else None)


def _required(visit: Visit, of: str) -> dict[str, str]:
    chosen = _chosen(visit, of)[1]
    if chosen is None:
        message = "expected a quarter and a provider with data or a pinned pack, found none"
        raise NotFoundError(message, where=of)
    return chosen


def _shown(look: Callable[[], dict[str, Any] | Pending | None]) -> dict[str, Any]:
    """`found` (null: nobody asked), or `pending` with its seconds, or the `problem` that there is."""
    try:
        found = look()
    except UsageError as error:
        return {"found": None, "pending": None, "problem": error.message}
    if isinstance(found, Pending):
        return {"found": None, "pending": found.seconds, "problem": None}
    return {"found": found, "pending": None, "problem": None}
