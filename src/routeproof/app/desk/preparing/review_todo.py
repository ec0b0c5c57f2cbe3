"""What reviews wait for, from one person: a quarter to be begun, a record, a vote, a signature, the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.app.desk.preparing.to_review import unreviewed
from routeproof.app.objects.fold import object_of, roster_of
from routeproof.app.objects.governed import ids_of
from routeproof.app.provider.conflicts import declared_conflicts
from routeproof.governance.conflict import barred
from routeproof.governance.review.noun import REVIEW
from routeproof.governance.review.rules import counted, missing
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.objects.fold import Version
    from routeproof.governance.review.state import Review

    MayDo = Callable[[str], bool]

VOTER = "committee"
"""Whose vote is asked for; others may vote too."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, what the next step is called, where it is done, and the duty that it serves."""

    what: str
    action: str
    to: str
    duty: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Who stands aside, how many signatures close a review, whether the person is one who votes, and the day."""

    aside: frozenset[str]
    quorum: int
    votes: bool
    day: date


def reviews_waiting(context: Context, person: str, roles: Collection[str], may_do: MayDo) -> Iterator[Waiting]:
    """Steps of reviews that a person may take next: the one that each review waits for."""
    if may_do("review.open"):
        for quarter, provider in unreviewed(context):
            what = f"{quarter} of {provider} is over and has no review"
            yield Waiting(what, "prepare its review", "/reviews", _duty(quarter, provider))
    conflicts, quorum = declared_conflicts(context.records), roster_of(context.records).quorum
    for review in ids_of(context.records, REVIEW):
        version = object_of(context.records, REVIEW, review)
        if version is not None:
            aside = barred(conflicts, version.state.provider, context.business_day)
            votes = VOTER in roles and may_do("review.record")
            yield from _of_review(version, person, may_do, Rules(frozenset(aside), quorum, votes, context.business_day))


def _of_review(version: Version[Review], person: str, may_do: MayDo, rules: Rules) -> Iterator[Waiting]:
    review = version.state
    what, to = f"Review {review.quarter} of {review.provider}", f"/reviews/{review.id}"
    duty = _duty(review.quarter, review.provider)
    if review.closed_on is not None:
        if may_do("review.countersign") and not review.countersigned:
            yield Waiting(f"{what} is closed", "countersign for the firm", to)
        for item in review.addenda:
            if person in item.signers and person not in item.acknowledged:
                yield Waiting(f"{what}: what became known later", "read and acknowledge", to)
        return
    aside = rules.aside | {item.person for item in review.recusals}
    lacking = missing(review, aside)
    signed = counted(review, version.version_hash, aside)
    if person not in aside and rules.votes and not signed and _unvoted(review, person):
        yield Waiting(f"{what}: {_unvoted(review, person)} without your vote", "vote", to, duty)
        return
    if lacking and may_do("review.record"):
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        first = lacking[0].partition(".")[0]
        yield Waiting(f"{what} lacks {first}{more}", "record the meeting", to, duty)
    if person in aside or rules.day <= quarter_days(review.quarter)[1]:
        return
    if not lacking and len(signed) >= rules.quorum and may_do("review.close"):
        yield Waiting(f"{what} has its {rules.quorum} signatures", "close it", to, duty)
    elif review.minutes is not None and may_do("review.sign") and person not in {*signed, *review.minutes_by}:
        yield Waiting(what, "read and sign", to, duty)


def _duty(quarter: str, provider: str) -> str:
    return f"quarterly_review:{provider}:{quarter}"


def _unvoted(review: Review, person: str) -> str:
    """Findings whose decision has no vote of the person, by id; none for who was not at the meeting."""
    if review.attendance and person not in review.attendance:
        return ""
    voted = {vote.finding for vote in review.votes if vote.person == person}
    return ", ".join(item.finding for item in review.decisions if item.finding not in voted)
