"""The scorecard of a provider's quarter, out of the last pack on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from routeproof.app.review.card.shown import packs_on_record, scorecard_shown
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days
from routeproof.web.faults import NotFoundError
from routeproof.web.measure_query import LONGEST
from routeproof.web.routing import Routes

if TYPE_CHECKING:
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
    return {"asked": asked, **chosen_scorecard(visit, asked, strict=False)}


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
