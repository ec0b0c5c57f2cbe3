"""What a remediation is made of, as folded from its events."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import JsonValue, SerializerFunctionWrapHandler, model_serializer

from routeproof.governance.decider import State
from routeproof.governance.part import Part
from routeproof.governance.remediation.bodies import (
    ACTION_TEXTS,
    Acknowledgement,
    ActionBody,
    Correspondence,
    ExitTest,
    Heightening,
    Outcome,
)


def _without_null(dumped: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in dumped.items() if value is not None or name not in names}


class Letter(Part):
    """A letter that was sent."""

    id: str
    kind: Literal["notification"] = "notification"
    addressee: str
    body: str | None = None
    text: str
    files: dict[str, str]
    source: str
    figures: int
    on: date
    by: str


class Acknowledged(Acknowledgement):
    """The acknowledgement as recorded."""

    recorded_by: str
    on: date


class Investigated(Part):
    """One round of the investigation."""

    hypotheses: tuple[JsonValue, ...]
    root_cause: str
    root_cause_words: str | None = None
    text: str
    evidence: tuple[str, ...] = ()
    by: str
    on: date


class Action(ActionBody):
    """A corrective action and whether it was done, or withdrawn by another person than who planned it."""

    done_on: date | None = None
    done_by: str | None = None
    done_text: str | None = None
    done_files: tuple[str, ...] = ()
    planned_by: str | None = None
    withdrawn_on: date | None = None
    withdrawn_by: str | None = None
    withdrawal: str | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_on is None and self.withdrawn_on is None

    @model_serializer(mode="wrap")
    def _as_before_withdrawals(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """An action of which earlier programs knew all is written as they wrote it."""
        later = ("planned_by", "withdrawn_on", "withdrawn_by", "withdrawal")
        return _without_null(dump(self), later)


class Tested(Part):
    """An exit test, and how many days each of its looks covers."""

    exit: ExitTest
    review_every_days: int
    on: date

    def asks_as_much_as(self, other: Tested) -> bool:
        """Whether it is as strict as another in its levels, looks, and days looked at together."""
        mine, theirs = self.exit.looks, other.exit.looks
        days = mine * self.review_every_days >= theirs * other.review_every_days
        return mine >= theirs and days and self.exit.asks_as_much_as(other.exit)


class Heightened(Heightening):
    """Heightened monitoring as recorded; looks before `first_look` belong to an earlier exit test.

    Attributes:
        looser_than: the earlier exit test that asked for more than this one; null where none did.
    """

    by: str
    on: date
    first_look: int = 0
    looser_than: Tested | None = None

    @property
    def tested(self) -> Tested:
        """Its exit test."""
        return Tested(exit=self.exit, review_every_days=self.review_every_days, on=self.on)

    @model_serializer(mode="wrap")
    def _as_before_comparison(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Monitoring whose test was not loosened is written as earlier programs wrote it."""
        return _without_null(dump(self), ("looser_than",))


class StreamLook(Part):
    """What a look saw of one daily stream, over all days since heightened monitoring began; in the metric's unit.

    Attributes:
        metric: as the exit test names it.
        level: what it has to come back to; level_from: `given`, a clause of the agreement, or `baseline`.
        mean: of the `n` days; lower, upper: ends of the confidence sequence, null while too little is known.
        bound: what the worse end has to clear.
        passed: whether it did at the look.
        reason: what is lacking where there are no ends.
    """

    metric: str
    level: float | None = None
    level_from: str = ""
    n: int = 0
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    bound: float | None = None
    passed: bool = False
    reason: str = ""


class Look(Part):
    """One look at the exit metric.

    Attributes:
        from_on: first day measured.
        to_on: last day measured.
        value: in the metric's unit; null if nothing was measured, `reason` then says why.
        n: rows behind the value.
        met: whether it passes the exit test.
        counts: whether it covers as many days as a review must; a shorter one is shown, and shows nothing.
        manifest: data that it was measured on.
        lower, upper, bound, passed: of an exit test with a margin, as in `StreamLook`; `value` is then its mean and
            `n` its days. null where the test has none.
        streams: all metrics of such a test, the first one first; every one must pass.
    """

    from_on: date
    to_on: date
    metric: str
    value: float | None = None
    n: int | None = None
    reason: str = ""
    manifest: str = ""
    met: bool = False
    counts: bool = True
    lower: float | None = None
    upper: float | None = None
    bound: float | None = None
    passed: bool | None = None
    streams: tuple[StreamLook, ...] = ()
    on: date | None = None
    by: str = ""


class Filed(Correspondence):
    """Correspondence as recorded."""

    on: date
    by: str


class Concluded(Part):
    """The end; `unmet` names what a restoration by override left open."""

    outcome: Outcome
    rationale: str
    transition_plan: str | None = None
    override: bool = False
    unmet: tuple[str, ...] = ()
    look_again_on: date | None = None
    by: str
    role: str
    on: date


class Remediation(State):
    """The remediation of one finding at one provider."""

    provider: str
    quarter: str
    finding: str
    summary: str
    answer: str | None = None
    evidence: tuple[str, ...] = ()
    opened_by: str
    opened_on: date
    since: date
    letters: tuple[Letter, ...] = ()
    acknowledged: Acknowledged | None = None
    investigation: tuple[Investigated, ...] = ()
    actions: tuple[Action, ...] = ()
    monitoring: Heightened | None = None
    looks: tuple[Look, ...] = ()
    correspondence: tuple[Filed, ...] = ()
    concluded: Concluded | None = None
    kept: ClassVar[tuple[str, ...]] = (
        "summary",
        "letters.*.addressee",
        "letters.*.body",
        "letters.*.text",
        "acknowledged.by",
        "investigation.*.hypotheses.*",
        "investigation.*.hypotheses.*.*",
        "investigation.*.root_cause_words",
        "investigation.*.text",
        *ACTION_TEXTS,
        "actions.*.done_text",
        "actions.*.withdrawal",
        "correspondence.*.subject",
        "correspondence.*.text",
        "correspondence.*.party",
        "concluded.rationale",
        "concluded.transition_plan",
    )
    attached: ClassVar[tuple[str, ...]] = (
        "evidence.*",
        "letters.*.files.*",
        "acknowledged.files.*",
        "investigation.*.evidence.*",
        "actions.*.done_files.*",
        "correspondence.*.files.*",
    )
    unversioned: ClassVar[frozenset[str]] = frozenset({"looks"})
