"""Reviews: a quarter from data pack to signature, step by step, and what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.desk.minutes import FORMS, minutes_file
from routeproof.app.objects.governed import objects_of
from routeproof.governance.review.noun import REVIEW
from routeproof.vocab.times import quarter_days
from routeproof.web.examples import example_of
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes
from routeproof.web.visit import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.web.visit import Visit

routes = Routes()
STEPS_BY_STATE = {
    "open": ("record", "sign", "close"),
    "closed": ("countersign", "addendum", "acknowledge", "supersede"),
}
MEDIA = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


@routes.page("/reviews", needs="view.reviews", template="reviews.html")
def reviews(visit: Visit) -> dict[str, Any]:
    """Every review, the latest quarter first."""
    found = [item for item in objects_of(visit.context.records, REVIEW) if visit.reaches(*quarter_days(item.quarter))]
    found.sort(key=lambda item: (item.quarter, item.id), reverse=True)
    return {"reviews": found, "steps": steps_for(visit, "review", "new", "open")}


@routes.page("/reviews/{id}", needs="view.reviews", template="review.html", example=example_of("review"))
def review(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One review, with what is missing before it can be signed."""
    found = looked_at(visit, "review", object_id)
    verbs = STEPS_BY_STATE.get(found["state"], ())
    steps = steps_for(visit, "review", object_id, *verbs, shown=found) if verbs else []
    return {"review": found, "stages": list(stages(found)), "steps": steps}


@routes.page("/reviews/{id}/minutes.{form}", needs="view.reviews", example=example_of("review", "minutes.html"))
def minutes(visit: Visit, object_id: ID, form: str) -> Sent:
    """The minutes as a document."""
    looked_at(visit, "review", object_id)
    if form not in FORMS:
        message = f"expected minutes as {', '.join(FORMS)}, found {form!r}"
        raise NotFoundError(message)
    return Sent(minutes_file(visit.context, object_id, form), MEDIA[form], f"{object_id}-minutes.{form}")


def stages(review: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Steps of the way, each with whether it is done and what is still missing."""
    considered = [factor for factor in review["factors"] if factor["considered"]]
    yield {"title": "Data pack", "done": True, "said": f"pinned, {review['pack_sha256'][:12]}"}
    yield {
        "title": "Factors",
        "done": len(considered) == len(review["factors"]),
        "said": f"{len(considered)} of {len(review['factors'])} considered",
    }
    yield {"title": "Decisions", "done": bool(review["decisions"]), "said": f"{len(review['decisions'])} recorded"}
    yield {"title": "Minutes", "done": bool(review["minutes"]), "said": _lacking(review)}
    quorum = review["quorum"]
    signed = quorum["signed"] >= (quorum["needed"] or 0)
    yield {"title": "Signatures", "done": signed, "said": f"{quorum['signed']} of {quorum['needed']} that count"}
    yield {"title": "Closed", "done": review["closed_on"] is not None, "said": review["closed_on"] or "open"}


def _lacking(review: Mapping[str, Any]) -> str:
    """What is missing beside factors, which have a stage of their own."""
    lacking = [name.replace("_", " ") for name in review["missing"] if not name.startswith("factors.")]
    return f"missing: {', '.join(lacking)}" if lacking else "complete" if review["minutes"] else "not written"
