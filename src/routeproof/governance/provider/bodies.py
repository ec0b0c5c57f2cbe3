"""What commands on a provider's file bring along."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from routeproof.governance.decider import Body

Role = Literal["member_agent", "technology_only"]
Stance = Literal["yes", "no", "unclear"]
Mark = Literal["met", "partly", "not_met"]


class Addition(Body):
    """A provider at the beginning of its onboarding.

    Attributes:
        name: of the firm.
        role: `member_agent` is another FINRA member that handles our orders as agent; `technology_only` is not.
        venues: MICs that it says it reaches.
        sub_vendors: firms that it uses for us.
    """

    name: str = Field(min_length=1)
    role: Role
    venues: tuple[str, ...] = ()
    sub_vendors: tuple[str, ...] = ()


class VenuesBody(Body):
    """The list of venues and sub-vendors as the provider discloses it now; the whole list, not a change."""

    venues: tuple[str, ...]
    sub_vendors: tuple[str, ...] | None = None


class GivenAnswer(Body):
    """An answer; null withdraws an earlier one. `stance` is what a yes-or-no answer says."""

    answer: str | None
    evidence: str | None = None
    stance: Stance = "unclear"


class AnswersBody(Body):
    """Answers by question, with the file that they came in."""

    answers: dict[str, GivenAnswer] = Field(min_length=1)
    file: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("answers.*.answer", "answers.*.evidence")
    attached: ClassVar[tuple[str, ...]] = ("file",)


class DocumentBody(Body):
    """A document that stands behind an answer, or behind the file as a whole."""

    file: str
    title: str = Field(min_length=1)
    question: str | None = None
    dated_on: date | None = None
    expires_on: date | None = None
    attached: ClassVar[tuple[str, ...]] = ("file",)


class GivenMark(Body):
    """How a person judges an answer, and why."""

    mark: Mark
    note: str | None = None


class MarksBody(Body):
    """Marks by question."""

    marks: dict[str, GivenMark] = Field(min_length=1)
    kept: ClassVar[tuple[str, ...]] = ("marks.*.note",)


class ConditionBody(Body):
    """Something that the approval depends on; `question` names the answer that made it necessary."""

    condition: str = Field(min_length=1)
    text: str = Field(min_length=1)
    owner: str
    due_on: date
    question: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("text",)


class MeetBody(Body):
    """How a condition was met."""

    condition: str
    text: str = Field(min_length=1)
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("text",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class ApprovalBody(Body):
    """Approval of a round; a note may say why."""

    note: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("note",)


class LookBody(Body):
    """Our dated look at how the other member reviews."""

    text: str = Field(min_length=1)
    document: str | None = None


class RelianceBody(Body):
    """What FINRA Rule 5310.09(c) asks for; any part may come alone.

    Attributes:
        agreement: file of the agency agreement.
        agreed_on: its date.
        results_disclosed: the other member discloses its results in full.
        rationale_disclosed: and the reasons for what it decided.
        disclosure: file of its last disclosure.
        look: our look at its method, today.
    """

    agreement: str | None = None
    agreed_on: date | None = None
    results_disclosed: bool | None = None
    rationale_disclosed: bool | None = None
    disclosure: str | None = None
    look: LookBody | None = None
    kept: ClassVar[tuple[str, ...]] = ("look.text",)
    attached: ClassVar[tuple[str, ...]] = ("agreement", "disclosure", "look.document")


class KillSwitch(Body):
    """The kill switch as it was used: when, by whom, and whether every cancel was confirmed."""

    used_at: AwareDatetime
    by: str
    cancels_confirmed: bool | None = None


class IncidentBody(Body):
    """A router outage or other incident; a later body with the same number adds what was not known yet.

    Attributes:
        incident: its number.
        kind: what it was.
        started_at, detected_at, ended_at: instants with their offset from UTC.
        fallback_used: where orders went instead, and since when.
        orders_affected: how many, as far as known.
    """

    incident: str = Field(min_length=1)
    kind: Literal["outage", "degradation", "wrong_routing", "data", "security", "other"] | None = None
    started_at: AwareDatetime | None = None
    detected_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    summary: str | None = None
    fallback_used: str | None = None
    fallback_at: AwareDatetime | None = None
    kill_switch: KillSwitch | None = None
    orders_affected: int | None = Field(default=None, ge=0)
    root_cause: str | None = None
    follow_up: str | None = None
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("summary", "root_cause", "follow_up")
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class FallbackBody(Body):
    """What happens when the router does not work.

    Attributes:
        route_to: where orders go instead.
        steps: what is done, in order.
        kill_switch: how all orders are stopped.
        may_use: people who may use it.
        tested_on: last test.
        document: the plan as a file.
    """

    route_to: str
    steps: tuple[str, ...] = Field(min_length=1)
    kill_switch: str
    may_use: tuple[str, ...] = Field(min_length=1)
    tested_on: date | None = None
    test_result: str | None = None
    document: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("test_result",)
    attached: ClassVar[tuple[str, ...]] = ("document",)


class TerminationBody(Body):
    """The end of a provider; `remediation` names the case that led to it."""

    reason: str = Field(min_length=1)
    transition_plan: str = Field(min_length=1)
    effective_on: date | None = None
    remediation: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("reason", "transition_plan")


class ReportBody(Body):
    """The yearly report to senior management as it was issued."""

    report: str
    to: str = Field(min_length=1)
    attached: ClassVar[tuple[str, ...]] = ("report",)


class LiveBody(Body):
    """A remark of who lets the provider go live."""

    note: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("note",)
