"""What a remediation is told at each step."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from routeproof.governance.decider import Body
from routeproof.governance.part import Part

Outcome = Literal["restored", "routing_modified", "justified", "terminated"]


def _several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class StepBody(Body):
    """A body whose members the step's rule asks for: `remediation show` names them under `needs`."""

    lacking_refuses: ClassVar[bool] = True


class Opening(Body):
    """A finding that the provider is held to.

    Attributes:
        provider: whose.
        quarter: in which it was found.
        finding: its name, such as the scorecard's row or the clause.
        summary: in words.
        answer: address of an analysis, with the digest of its answer behind `#`: it fills in what is not said here,
            and the answer is filed.
        evidence: files.
    """

    provider: str = Field(min_length=1)
    quarter: str
    finding: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    answer: str | None = None
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("summary",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Notice(StepBody):
    """The letter: whoever notifies gives addressee and body, the program drafts the rest from data.

    Attributes:
        addressee: who it goes to.
        body: words of the firm's own, above the figures.
        text: the letter in plain text.
        files: paths of the letter as PDF, HTML and JSON, by name.
        source: what its figures rest on: pack hash or data manifest.
        figures: how many it holds.
    """

    addressee: str = Field(min_length=1)
    body: str | None = None
    text: str
    files: dict[str, str]
    source: str
    figures: int
    kept: ClassVar[tuple[str, ...]] = ("addressee", "body", "text")
    attached: ClassVar[tuple[str, ...]] = ("files.*",)


class Acknowledgement(StepBody):
    """That the provider has received the letter; its reply as files."""

    received_on: date
    by: str = Field(min_length=1)
    files: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("by",)
    attached: ClassVar[tuple[str, ...]] = ("files.*",)


HYPOTHESES = ("hypotheses.*", "hypotheses.*.*")


class Investigation(StepBody):
    """What was looked for and found, together with the provider.

    Attributes:
        hypotheses: what was thought possible, in words.
        root_cause: out of the policy's list.
        root_cause_words: what it is, where the list says `other`.
        text: what was found.
        evidence: files that were exchanged.
    """

    hypotheses: Annotated[tuple[JsonValue, ...], BeforeValidator(_several)]
    root_cause: str = Field(min_length=1)
    root_cause_words: str | None = None
    text: str = Field(min_length=1)
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = (*HYPOTHESES, "root_cause_words", "text")
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class ActionBody(Part):
    """One corrective action: what, who, until when, and what it should bring."""

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    due_on: date
    expected_effect: JsonValue = None


ACTION_TEXTS = ("actions.*.text", "actions.*.owner", "actions.*.expected_effect")


class Plan(StepBody):
    """The corrective action plan; sent again, it adds and rewords, and nothing is dropped.

    What was done stays done. An action that is not named again stays to be done until somebody other than who planned
    it withdraws it with a reason; the due day of one that is overdue stays.
    """

    actions: tuple[ActionBody, ...]
    kept: ClassVar[tuple[str, ...]] = ACTION_TEXTS


class Level(Part):
    """What a metric has to come back to.

    Attributes:
        metric: name of a metric, or a scorecard row.
        at_least: in the metric's unit.
        at_most: the same for a metric that is better when lower.
        within: > 0, in the metric's unit: the worse end of a confidence sequence over all days since monitoring began
            must lie within so much of the level. The level is at_least or at_most, else that of the agreement in force,
            else that of the watch's baseline (`drift show`). Only for what is measured as a daily stream.
        where: filters of the rows measured, as in `measure --where`.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    within: float | None = Field(default=None, gt=0)
    where: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        given = (self.at_least is not None) + (self.at_most is not None)
        if given > 1 or (given == 0 and self.within is None):
            message = "expected at_least or at_most, and not both; or within, with or without one of them"
            raise ValueError(message)
        return self


class StreamLevel(Level):
    """A further metric of an exit test, which must pass too: its daily stream comes back within a margin."""

    @model_validator(mode="after")
    def _margin(self) -> Self:
        if self.within is None:
            message = f"expected within for a further metric, found none for {self.metric}"
            raise ValueError(message)
        return self


class ExitTest(Level):
    """When heightened monitoring may end: `looks` consecutive looks that pass.

    Without `within` a look passes whose figure, over the days since the last look, is at least (or at most) the bound.

    Attributes:
        looks: how many in a row.
        also: further metrics, each within its margin, that must pass at the same looks; only beside a `within`.
    """

    looks: int = Field(ge=1)
    also: tuple[StreamLevel, ...] = ()

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.also and self.within is None:
            message = "expected within for the first metric too, where further ones are named under also"
            raise ValueError(message)
        return self

    def met_by(self, value: float) -> bool:
        """Whether a measured value passes."""
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most

    def asks_as_much_as(self, other: ExitTest) -> bool:
        """Whether whatever passes this test at a look would pass the other; false where they cannot be compared."""
        mine, theirs = {_subject(one): one for one in (self, *self.also)}, (other, *other.also)
        return all(_subject(one) in mine and _as_strict(mine[_subject(one)], one) for one in theirs)


def _subject(level: Level) -> tuple[object, ...]:
    """What a level is about, and how it is tested: levels of one subject can be compared."""
    sides = (level.at_least is None, level.at_most is None, level.within is None)
    return (level.metric, frozenset(level.where), *sides)


def _as_strict(level: Level, other: Level) -> bool:
    return (
        (level.at_least is None or other.at_least is None or level.at_least >= other.at_least)
        and (level.at_most is None or other.at_most is None or level.at_most <= other.at_most)
        and (level.within is None or other.within is None or level.within <= other.within)
    )


class Heightening(StepBody):
    """Heightened monitoring: tighter thresholds and closer reviews until a day, with the test that ends it."""

    until: date
    thresholds: dict[str, float]
    review_every_days: int = Field(ge=1)
    exit: ExitTest


class Withdrawal(Body):
    """An action that is not to be done any more, and why."""

    action: str
    reason: str = Field(min_length=1)
    kept: ClassVar[tuple[str, ...]] = ("reason",)


class Doing(Body):
    """An action that was done, and what shows it."""

    action: str
    text: str | None = None
    files: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("text",)
    attached: ClassVar[tuple[str, ...]] = ("files.*",)


class Correspondence(Body):
    """Letters and files that went out or came in, filed by hash."""

    direction: Literal["in", "out"] = "in"
    subject: str | None = None
    text: str | None = None
    party: str | None = None
    dated_on: date | None = None
    files: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("subject", "text", "party")
    attached: ClassVar[tuple[str, ...]] = ("files.*",)


class Conclusion(StepBody):
    """How it ends, and why; `override` restores against the criteria, by compliance only, shown for ever."""

    outcome: Outcome
    rationale: str = Field(min_length=1)
    transition_plan: str | None = None
    override: bool = False
    kept: ClassVar[tuple[str, ...]] = ("rationale", "transition_plan")
