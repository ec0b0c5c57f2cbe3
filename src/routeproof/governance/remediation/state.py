"""What a remediation is made of, as folded from its events."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import JsonValue

from routeproof.governance.decider import State
from routeproof.governance.part import Part
from routeproof.governance.remediation.bodies import (
    ACTION_TEXTS,
    Acknowledgement,
    ActionBody,
    Correspondence,
    Heightening,
    Outcome,
)


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
    """A corrective action and whether it was done."""

    done_on: date | None = None
    done_by: str | None = None
    done_text: str | None = None
    done_files: tuple[str, ...] = ()


class Heightened(Heightening):
    """Heightened monitoring as recorded; looks before `first_look` belong to an earlier exit test."""

    by: str
    on: date
    first_look: int = 0


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
