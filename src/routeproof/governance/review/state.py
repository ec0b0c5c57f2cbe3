"""What a review of a quarter is made of, as folded from its events."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from routeproof.governance.decider import State
from routeproof.governance.part import Part
from routeproof.governance.review.bodies import (
    TEXTS,
    Ballot,
    Considered,
    Decision,
    Factor,
    Finding,
    QuarterlyEnough,
    Question,
    Recusal,
)


class Prediction(Part):
    """What was predicted a quarter ago, and what became of it.

    Attributes:
        review: where it was predicted.
        option: the course that a decision took or left, where its bounds were scored; else empty.
        predicted: in the metric's unit; null where only bounds were predicted.
        predicted_lower: lower bound of what was predicted, null without bounds.
        predicted_upper: its upper bound.
        measured: in the same unit; null where there is none, `reason` then says why.
        outcome: `hit`, `miss`, or `cannot_tell`.
    """

    review: str
    finding: str
    metric: str
    option: str = ""
    predicted: float | None = None
    predicted_lower: float | None = None
    predicted_upper: float | None = None
    look_back_on: date | None = None
    measured: float | None = None
    lower: float | None = None
    upper: float | None = None
    outcome: Literal["hit", "miss", "cannot_tell"]
    reason: str


class Signature(Part):
    """Who signed which exact version, in which role, in which entry."""

    person: str
    role: str
    version_hash: str
    on: date
    index: int


class Addendum(Part):
    """What became known after closing; its signers acknowledge it.

    Attributes:
        text: in words; a hash until it is shown.
        restatement: id of the restatement that it rests on.
        signers: who has to acknowledge.
        acknowledged: who has, and when.
    """

    id: str
    text: str
    restatement: str | None = None
    by: str
    on: date
    signers: tuple[str, ...]
    acknowledged: dict[str, date] = Field(default_factory=dict)


class Review(State):
    """The review of one provider's quarter."""

    quarter: str
    provider: str
    opened_by: str
    opened_on: date
    pack: dict[str, str]
    pack_files: dict[str, str]
    pack_digest: str
    pack_on_record: bool
    supersedes: str | None = None
    reason: str | None = None
    factors_asked: tuple[Factor, ...]
    predictions: tuple[Prediction, ...] = ()
    agenda: tuple[str, ...] = ()
    attendance: tuple[str, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    factors: tuple[Considered, ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    votes: tuple[Ballot, ...] = ()
    questions: tuple[Question, ...] = ()
    quarterly_enough: QuarterlyEnough | None = None
    minutes: str | None = None
    minutes_by: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    countersigned: tuple[Signature, ...] = ()
    closed_on: date | None = None
    closed_by: str | None = None
    addenda: tuple[Addendum, ...] = ()
    kept: ClassVar[tuple[str, ...]] = (*TEXTS, "reason", "addenda.*.text")
    attached: ClassVar[tuple[str, ...]] = ("pack.*", "documents.*")
    unversioned: ClassVar[frozenset[str]] = frozenset(
        {"state", "signatures", "countersigned", "closed_on", "closed_by", "addenda"}
    )
