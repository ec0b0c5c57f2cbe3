"""The scorecard of a provider's quarter, out of the last pack on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from routeproof.app.desk.look_back import reviews_of
from routeproof.app.desk.preparing.to_review import adopted_of, unreviewed
from routeproof.app.desk.preparing.work_ahead import progress_of
from routeproof.app.review.card.shown import packs_on_record, scorecard_shown
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days
from routeproof.web.faults import NotFoundError
from routeproof.web.measure_query import LONGEST
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.web.visit import Visit

routes = Routes()
QUARTER = r"^([0-9]{4}[Qq][1-4])?$"


class ScorecardQuery(BaseModel):
    """Which scorecard; what is empty is the newest, against the benchmark of its pack, of all securities."""

    provider: str = Field("", max_length=LONGEST)
    quarter: str = Field("", pattern=QUARTER)
    benchmark: str = Field("", max_length=LONGEST, description="As `review build --against` names it.")
    security: str = Field("", max_length=LONGEST)


def chosen_scorecard(visit: Visit, asked: ScorecardQuery, *, strict: bool) -> dict[str, Any]:
    """`{"packs", "quarter", "provider", "built", "card"}`: what is on record within the person's days, and one."""
    packs = [item for item in packs_on_record(visit.context) if visit.reaches(*quarter_days(item["quarter"]))]
    wanted = {"quarter": asked.quarter.upper(), "provider": asked.provider}
    if wanted["quarter"]:
        visit.require_reach(*quarter_days(wanted["quarter"]))
    fits = [item for item in packs if all(not text or item[name] == text for name, text in wanted.items())]
    chosen = fits[0] if fits else wanted
    try:
        card = scorecard_shown(visit.context, **chosen, benchmark=asked.benchmark, security=asked.security)
    except UsageError:
        if strict:
            raise
        # Whoever turns to another provider has its benchmark and its security still in the form.
        card = scorecard_shown(visit.context, **chosen)
    return {"packs": packs, **chosen, "card": card, "built": chosen in packs}


@routes.page("/scorecard", needs="view.measures", template="scorecard.html")
def scorecard(visit: Visit, asked: Annotated[ScorecardQuery, Query()]) -> dict[str, Any]:
    """How a provider did in a quarter."""
    found = chosen_scorecard(visit, asked, strict=False)
    return {"asked": asked, **found, **_preparing(visit, found)}


def _preparing(visit: Visit, found: Mapping[str, Any]) -> dict[str, Any]:
    """How far the quarter is on its way to a review, and what the person may do for it."""
    quarter, provider, card = found["quarter"], found["provider"], found["card"]
    if not quarter or not provider:
        return {"waits": False, "review": "", "progress": None, "adopted": (0, 0), "adopting": False}
    review = next((one.id for one in reversed(reviews_of(visit.context.records, quarter, provider))), "")
    waits = not review and (quarter, provider) in unreviewed(visit.context)
    return {
        "waits": waits,
        "review": review if visit.may("view.reviews") else "",
        "progress": progress_of(visit.context, quarter, provider),
        "adopted": adopted_of(card) if card else (0, 0),
        "adopting": waits and card is not None and card["is_chosen"] and visit.may("review.adopt"),
    }


@routes.api("GET", "/scorecard", needs="view.measures")
def scorecard_call(visit: Visit, asked: Annotated[ScorecardQuery, Query()]) -> dict[str, Any]:
    """The same for programs.

    Raises:
        NotFoundError: no pack of that quarter and provider is on record.
    """
    found = chosen_scorecard(visit, asked, strict=True)["card"]
    if found is None:
        message = "expected a pack on record, found none: `routeproof review build QUARTER --provider P --out DIR`"
        raise NotFoundError(message, where="scorecard")
    return dict(found)
