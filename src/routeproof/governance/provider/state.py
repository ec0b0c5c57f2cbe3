"""A provider's file as folded from its events: rounds of due diligence, conditions, reliance, incidents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from pydantic import AwareDatetime, Field, SerializerFunctionWrapHandler, model_serializer

from routeproof.governance.decider import State
from routeproof.governance.part import Part


class Asked(Part):
    """A question as it was asked in a round: what scoring and approval need of it."""

    kind: str
    required: bool
    weight: int
    must: str = ""


class Answer(Part):
    """An answer as given."""

    answer: str
    evidence: str | None = None
    stance: str
    by: str
    on: date


class Judged(Part):
    """A mark that a person gave."""

    mark: str
    note: str | None = None
    by: str
    on: date


class Round(Part):
    """One year's due diligence.

    Attributes:
        questionnaire, version: what was asked.
        entered_by: everybody who opened the round, answered, or brought documents; they do not approve it.
        refresh_due_on: day from which the next round is due; null until approval.
    """

    number: int
    questionnaire: str
    version: str
    opened_on: date
    opened_by: str
    questions: Mapping[str, Asked]
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    marks: Mapping[str, Judged] = Field(default_factory=dict)
    files: tuple[str, ...] = ()
    entered_by: tuple[str, ...] = ()
    approved_by: str | None = None
    approved_on: date | None = None
    approval_note: str | None = None
    refresh_due_on: date | None = None

    @property
    def open(self) -> bool:
        """Whether the round waits for approval."""
        return self.approved_on is None

    def unanswered(self) -> list[str]:
        """Required questions without an answer, by id."""
        return [name for name, asked in self.questions.items() if asked.required and name not in self.answers]


class Paper(Part):
    """A document in the file."""

    file: str
    title: str
    question: str | None = None
    dated_on: date | None = None
    expires_on: date | None = None
    by: str
    on: date


class Condition(Part):
    """Something that an approval depends on."""

    condition: str
    text: str
    owner: str
    due_on: date
    question: str | None = None
    by: str
    on: date
    met_by: str | None = None
    met_on: date | None = None
    met_text: str | None = None
    evidence: tuple[str, ...] = ()
    round: int | None = None

    @model_serializer(mode="wrap")
    def _as_before_rounds(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Earlier programs did not say in which round a condition was set; what they recorded is shown as it was."""
        shown: dict[str, Any] = dump(self)
        return shown if self.round else {name: value for name, value in shown.items() if name != "round"}


class Look(Part):
    """A look at how the other member reviews."""

    text: str
    document: str | None = None
    next_due_on: date
    by: str
    on: date


class Reliance(Part):
    """What stands of FINRA Rule 5310.09(c)."""

    agreement: str | None = None
    agreed_on: date | None = None
    results_disclosed: bool = False
    rationale_disclosed: bool = False
    disclosure: str | None = None
    looks: tuple[Look, ...] = ()


class Kill(Part):
    """Use of the kill switch."""

    used_at: AwareDatetime
    by: str
    cancels_confirmed: bool | None = None


class Incident(Part):
    """An incident, as far as known."""

    incident: str
    kind: str = "outage"
    started_at: AwareDatetime
    detected_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    summary: str | None = None
    fallback_used: str | None = None
    fallback_at: AwareDatetime | None = None
    kill_switch: Kill | None = None
    orders_affected: int | None = None
    root_cause: str | None = None
    follow_up: str | None = None
    evidence: tuple[str, ...] = ()
    by: str
    on: date


class Fallback(Part):
    """The plan for when the router does not work."""

    route_to: str
    steps: tuple[str, ...]
    kill_switch: str
    may_use: tuple[str, ...]
    tested_on: date | None = None
    test_result: str | None = None
    document: str | None = None
    by: str
    on: date


class Termination(Part):
    """The end."""

    reason: str
    transition_plan: str
    effective_on: date
    remediation: str | None = None
    by: str
    on: date


class Issued(Part):
    """A report that was issued."""

    report: str
    to: str
    by: str
    on: date


class Certified(Part):
    """A version of a configuration record, and the runs whose passes it went live with."""

    configuration: str
    number: int
    certifications: tuple[str, ...]


class Live(Part):
    """The last time it went live."""

    certified: tuple[Certified, ...]
    note: str | None = None
    by: str
    on: date


class Provider(State):
    """The file; `state` is onboarding, approved or terminated, and `refresh_due` by the day one looks."""

    name: str
    role: str
    venues: tuple[str, ...] = ()
    sub_vendors: tuple[str, ...] = ()
    added_by: str
    added_on: date
    rounds: tuple[Round, ...]
    papers: tuple[Paper, ...] = ()
    conditions: tuple[Condition, ...] = ()
    reliance: Reliance = Reliance()
    incidents: tuple[Incident, ...] = ()
    fallback: Fallback | None = None
    termination: Termination | None = None
    reports: tuple[Issued, ...] = ()
    live: Live | None = None
    kept: ClassVar[tuple[str, ...]] = (
        "rounds.*.answers.*.answer",
        "rounds.*.answers.*.evidence",
        "rounds.*.marks.*.note",
        "rounds.*.approval_note",
        "conditions.*.text",
        "conditions.*.met_text",
        "reliance.looks.*.text",
        "incidents.*.summary",
        "incidents.*.root_cause",
        "incidents.*.follow_up",
        "fallback.test_result",
        "termination.reason",
        "termination.transition_plan",
        "live.note",
    )
    attached: ClassVar[tuple[str, ...]] = (
        "rounds.*.files.*",
        "papers.*.file",
        "conditions.*.evidence.*",
        "reliance.agreement",
        "reliance.disclosure",
        "reliance.looks.*.document",
        "incidents.*.evidence.*",
        "fallback.document",
        "reports.*.report",
    )

    unversioned: ClassVar[frozenset[str]] = frozenset({"reports"})

    @model_serializer(mode="wrap")
    def _as_before_going_live(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A file that never went live is written as before one could: rows of earlier programs stay what they are."""
        plain: dict[str, Any] = whole(self)
        if self.live is None:
            plain.pop("live", None)
        return plain

    @property
    def round(self) -> Round:
        """The latest round."""
        return self.rounds[-1]

    @property
    def last_approved(self) -> Round | None:
        """The latest round that was approved."""
        approved = [item for item in self.rounds if not item.open]
        return approved[-1] if approved else None

    def open_conditions(self) -> tuple[Condition, ...]:
        """Conditions that are not met yet."""
        return tuple(condition for condition in self.conditions if condition.met_on is None)

    def with_round(self, **changes: Any) -> Provider:  # noqa: ANN401  # field values
        """The file with the latest round changed."""
        return self.model_copy(update={"rounds": (*self.rounds[:-1], self.round.model_copy(update=changes))})


def state_on(provider: Provider, day: date) -> str:
    """Where the file stands on a day: an approved one is due for refresh from its due day on."""
    approved = provider.last_approved
    if provider.state != "approved" or approved is None or approved.refresh_due_on is None:
        return provider.state
    return "refresh_due" if day >= approved.refresh_due_on else "approved"
