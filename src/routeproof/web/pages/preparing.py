"""What comes before a review: its pack measured, drafts of analyses adopted by people, the review opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import Body
from pydantic import BaseModel, ConfigDict, Field

from routeproof.app.desk.preparing.quarter_pack import fresh_pack
from routeproof.app.desk.preparing.to_review import flow_of
from routeproof.app.desk.preparing.work_ahead import begin, progress_of
from routeproof.app.desk.review import open_review
from routeproof.app.review.adopt_analysis import LONGEST_TEXT, Adopting, adopt_analysis, name_of_acting
from routeproof.web.measure_query import LONGEST
from routeproof.web.places import place_of
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


class QuarterBody(BaseModel):
    """A provider's quarter."""

    model_config = ConfigDict(extra="forbid")
    quarter: str = Field(max_length=6, pattern="^[0-9]{4}[Qq][1-4]$")
    provider: str = Field(max_length=LONGEST)


class AdoptionBody(QuarterBody):
    """An analysis of its scorecard: `row`, of one `security` or of all; without a `text` the draft as it stands."""

    row: str = Field(max_length=LONGEST)
    security: str = Field("", max_length=LONGEST)
    text: str | None = Field(None, max_length=LONGEST_TEXT)


@routes.action("/scorecard/build", needs="review.build")
def build(visit: Visit) -> Gone:
    """Measure the quarter and write its pack, in the background."""
    asked = flow_of(visit.context, visit.form.get("quarter", ""), visit.form.get("provider", ""))
    begin(visit.context, *asked, "pack")
    return Gone(_scorecard(*asked))


@routes.action("/scorecard/adopt", needs="review.adopt")
def adopt(visit: Visit) -> Gone:
    """Adopt an analysis as it stands, or with a text of one's own in its place."""
    given = {name: visit.form.get(name, "") for name in ("quarter", "provider", "row", "security")}
    text = visit.form.get("text")
    adopt_analysis(visit.context, Adopting(**given, by=name_of_acting(visit.context), text=text))
    more = {"security": given["security"]} if given["security"] else {}
    place = f"{_scorecard(given['quarter'], given['provider'], **more)}#{given['row']}"
    return Gone(place, "Adopted under your name; the next build of the pack prints it.")


@routes.action("/reviews/begin", needs="review.open")
def begin_review(visit: Visit) -> Gone:
    """Open the review over the pack that stands; in the background over a new one, where another would say more."""
    asked = flow_of(visit.context, visit.form.get("quarter", ""), visit.form.get("provider", ""))
    if fresh_pack(visit.context, *asked):
        review = open_review(visit.context, *asked)
        return Gone(place_of("review", review["id"]), "The review is open. Its pack is pinned and stays as it is.")
    begin(visit.context, *asked, "review")
    return Gone("/reviews")


@routes.api("POST", "/packs", needs="review.build")
def build_call(visit: Visit, body: Annotated[QuarterBody, Body()]) -> dict[str, Any]:
    """Begin to build the pack of a quarter, and say how far that is."""
    asked = flow_of(visit.context, body.quarter, body.provider)
    begin(visit.context, *asked, "pack")
    progress = progress_of(visit.context, *asked)
    said = {"step": progress.step, "seconds": progress.seconds, "problem": progress.problem} if progress else None
    return {"quarter": asked[0], "provider": asked[1], "progress": said}


@routes.api("POST", "/packs/adoptions", needs="review.adopt")
def adopt_call(visit: Visit, body: Annotated[AdoptionBody, Body()]) -> dict[str, Any]:
    """Adopt an analysis of the last pack that was built."""
    given = body.model_dump() | {"quarter": body.quarter.upper()}
    adopted = adopt_analysis(visit.context, Adopting(**given, by=name_of_acting(visit.context)))
    return {"draft": adopted.draft, "text": adopted.text, "digest": adopted.digest}


def _scorecard(quarter: str, provider: str, **more: str) -> str:
    return f"/scorecard?{urlencode({'provider': provider, 'quarter': quarter, **more})}"
