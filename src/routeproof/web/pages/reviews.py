"""Reviews: a quarter from data pack to signature, step by step, and what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.desk.minutes import FORMS, minutes_file
from routeproof.app.desk.preparing.to_review import quarters_to_review
from routeproof.app.objects.governed import objects_of
from routeproof.governance.review.noun import REVIEW, VOTERS
from routeproof.vocab.times import quarter_days
from routeproof.web.examples import example_of
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import ID, looked_at, steps_for
from routeproof.web.routing import Routes
from routeproof.web.visit import Sent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from routeproof.web.visit import Visit

routes = Routes()
STEPS_BY_STATE = {
    "open": ("record", "sign", "close"),
    "closed": ("countersign", "addendum", "acknowledge", "supersede"),
}
DECIDED_BY = {"predicted": "prediction", "look_back_on": "day of looking back", "rationale": "rationale"}
MEDIA = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


@routes.page("/reviews", needs="view.reviews", template="reviews.html")
def reviews(visit: Visit) -> dict[str, Any]:
    """Every review, the latest quarter first."""
    found = [item for item in objects_of(visit.context.records, REVIEW) if visit.reaches(*quarter_days(item.quarter))]
    found.sort(key=lambda item: (item.quarter, item.id), reverse=True)
    waiting = quarters_to_review(visit.context) if visit.may("review.open") or visit.may("review.build") else []
    return {"reviews": found, "waiting": waiting, "steps": steps_for(visit, "review", "new", "open")}


@routes.page("/reviews/{id}", needs="view.reviews", template="review.html", example=example_of("review"))
def review(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One review, with what is missing before it can be signed."""
    found = looked_at(visit, "review", object_id)
    said = list(lacking(found)) if found["state"] == "open" else []
    verbs = [verb for verb in STEPS_BY_STATE.get(found["state"], ()) if not _is_idle(verb, found, visit.person, said)]
    voting = "record" in verbs and may_vote(visit, found)
    return {
        "review": found,
        "stages": list(stages(found)),
        "steps": steps_for(visit, "review", object_id, *verbs, shown=found) if verbs else [],
        "lacking": said,
        "voting": voting,
        "unvoted": unvoted(found, visit.person) if voting else [],
        "writes": "sign" in verbs and visit.may("review.sign") and visit.person in found["minutes_by"],
    }


def may_vote(visit: Visit, review: Mapping[str, Any]) -> bool:
    """Whether the person votes on findings: a role that votes, and no reason to stand aside."""
    aside = {*review["conflicts"], *(item["person"] for item in review["recusals"])}
    return visit.may("review.record") and not VOTERS.isdisjoint(visit.roles) and visit.person not in aside


def _is_idle(verb: str, review: Mapping[str, Any], person: str, lack: Collection[str]) -> bool:
    """Whether a step would be refused as things stand: signed already, not to be closed yet, nothing to acknowledge."""
    match verb:
        case "sign":
            return any(item["person"] == person and item["valid"] for item in review["signatures"])
        case "close":
            return bool(lack)
        case "acknowledge":
            return all(person not in item["outstanding"] for item in review["addenda"])
    return False


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
    decided, found = {item["finding"] for item in review["decisions"]}, review["findings"]
    votes = f", {len(review['votes'])} votes" if review["votes"] else ""
    yield {
        "title": "Findings and decisions",
        "done": bool(found) and all(item["id"] in decided for item in found),
        "said": f"{len(decided)} of {len(found)} decided{votes}" if found else "no finding recorded",
    }
    yield {"title": "Minutes", "done": _minuted(review) == "complete", "said": _minuted(review)}
    quorum = review["quorum"]
    signed = quorum["signed"] >= (quorum["needed"] or 0)
    yield {"title": "Signatures", "done": signed, "said": f"{quorum['signed']} of {quorum['needed']} that count"}
    yield {"title": "Closed", "done": review["closed_on"] is not None, "said": review["closed_on"] or "open"}


def unvoted(review: Mapping[str, Any], person: str) -> list[str]:
    """Findings on which a person has not voted."""
    voted = {vote["finding"] for vote in review["votes"] if vote["person"] == person}
    return [finding["id"] for finding in review["findings"] if finding["id"] not in voted]


def lacking(review: Mapping[str, Any]) -> Iterator[str]:
    """What keeps an open review from being closed, in words."""
    factors = {name.removesuffix(".evidence") for name in review["missing"] if name.startswith("factors.")}
    if factors:
        yield f"{len(factors)} factor{'s' if len(factors) > 1 else ''} to consider, with evidence"
    yield from (said for name in review["missing"] if (said := _lack(name)))
    quorum = review["quorum"]
    wanted = (quorum["needed"] or 0) - quorum["signed"]
    if wanted > 0:
        yield f"{wanted} more signature{'s' if wanted > 1 else ''} of members over this version"


def _lack(name: str) -> str:
    """One thing that is missing, in words; factors are counted together."""
    kind, _, rest = name.partition(".")
    finding, _, member = rest.rpartition(".")
    match kind:
        case "factors":
            return ""
        case "decisions" if member in DECIDED_BY:
            return f"the decision on {finding} needs its {DECIDED_BY[member]}"
        case "decisions":
            return f"the decision on {rest}"
        case "votes":
            return f"the decision on {rest.rpartition(':')[0]} was not carried"
    return f"the {kind}"


def _minuted(review: Mapping[str, Any]) -> str:
    """What the minutes themselves lack."""
    found = [name for name in review["missing"] if "." not in name]
    return f"missing: {', '.join(found)}" if found else "complete"
