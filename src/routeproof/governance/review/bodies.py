"""What a review of a quarter is told at each step."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, JsonValue

from routeproof.governance.decider import Body
from routeproof.governance.part import Part

VOTES = {
    "for": ("for", "yes", "yea", "aye", "approve", "in favour", "in favor", "true"),
    "against": ("against", "no", "nay", "reject", "dissent", "oppose", "false"),
    "abstain": ("abstain", "abstained", "abstention"),
}


def _vote(given: object) -> object:
    said = str(given).strip().lower()
    return next((word for word, forms in VOTES.items() if said in forms), given)


Vote = Annotated[Literal["for", "against", "abstain"], BeforeValidator(_vote)]


class Factor(Part):
    """A factor of the rule as the day's policy names it.

    Attributes:
        code: stable word.
        title: in words.
        citation: text and paragraph.
        grade: how well the text is known: C, S, M (not confirmed) or F.
    """

    code: str
    title: str
    citation: str
    grade: str


class Considered(Part):
    """That a factor was considered, on which evidence (sections of the pack, figures, documents)."""

    code: str
    considered: bool = True
    evidence: JsonValue = None
    text: str | None = None


class Recusal(Part):
    """A member who stands aside, and why."""

    person: str
    reason: str = Field(min_length=1)


class Finding(Part):
    """Something that the committee found."""

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    evidence: JsonValue = None


class Estimate(Part):
    """What an option is estimated to bring, and what kind of number that is.

    Attributes:
        kind: `none` (nobody knows), `benchmark` (what others got), `counterfactual` (what would have been, by a model).
        value: in `unit`; null with `none`, and where bounds alone are known.
        lower: bound of the 95% interval or of what can be known, null if none is known.
        upper: its other bound.
        source: where it comes from.
        where: the cell of the analysis that a `counterfactual` speaks of, such as `{venue = "GLNW"}`; the next
            look-back measures the same cell again.
        manifest: the data that it was found in.
    """

    kind: Literal["none", "benchmark", "counterfactual"]
    value: float | None = None
    unit: str = ""
    metric: str = ""
    lower: float | None = None
    upper: float | None = None
    source: str = ""
    where: dict[Literal["provider", "order_class", "venue"], str] = Field(default_factory=dict)
    manifest: str = ""


def _estimate(given: object) -> object:
    """`"none"`, `{kind = "benchmark", value = 0.1}` or, shorter, `{benchmark = 0.1}`."""
    if isinstance(given, str):
        return {"kind": given}
    if isinstance(given, dict) and "kind" not in given:
        kinds = [name for name in ("none", "benchmark", "counterfactual") if name in given]
        if len(kinds) == 1:
            rest = {name: value for name, value in given.items() if name != kinds[0]}
            return {"kind": kinds[0], "value": given[kinds[0]], **rest}
        if "type" in given:
            return {("kind" if name == "type" else name): value for name, value in given.items()}
    return given


class Option(Part):
    """One course that was open, with a typed estimate."""

    name: str = Field(min_length=1)
    estimate: Annotated[Estimate, BeforeValidator(_estimate)] = Estimate(kind="none")
    text: str | None = None


class Predicted(Part):
    """What a change of routing should make of a metric; `value` in the metric's unit."""

    metric: str = Field(min_length=1)
    value: float


class Decision(Part):
    """Modify or justify, for one finding.

    Attributes:
        finding: id.
        choice: `modify` routing, or `justify` why not.
        options: courses that were open.
        rationale: needed to justify.
        predicted: needed to modify; scored in the next quarter's review.
        look_back_on: day of the look back, needed to modify.
        chosen: name of the option taken.
    """

    finding: str
    choice: Literal["modify", "justify"]
    options: tuple[Option, ...] = ()
    rationale: str | None = None
    predicted: Predicted | None = None
    look_back_on: date | None = None
    chosen: str | None = None


class Ballot(Part):
    """A member's vote on the decision about a finding; `reason` is how a dissent is kept."""

    person: str
    finding: str
    vote: Vote
    reason: str | None = None


class Question(Part):
    """A question that a member put, and the answer."""

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    by: str | None = None
    answer: str | None = None


class QuarterlyEnough(Part):
    """The recorded answer to "is a quarterly review enough?"."""

    answer: bool
    reason: str = Field(min_length=1)


class Opening(Body):
    """A review with its pack, as the command puts it together: the hashes are over the four files as they stand."""

    quarter: str
    provider: str
    pack: dict[str, str]
    pack_files: dict[str, str]
    digest: str
    on_record: bool
    reason: str | None = None
    attached: ClassVar[tuple[str, ...]] = ("pack.*",)
    kept: ClassVar[tuple[str, ...]] = ("reason",)


TEXTS: tuple[str, ...] = (
    "agenda.*",
    "recusals.*.reason",
    "factors.*.evidence",
    "factors.*.evidence.*",
    "factors.*.text",
    "findings.*.text",
    "findings.*.evidence",
    "findings.*.evidence.*",
    "decisions.*.rationale",
    "decisions.*.options.*.text",
    "votes.*.reason",
    "questions.*.text",
    "questions.*.answer",
    "quarterly_enough.reason",
    "minutes",
)


class Recording(Body):
    """Any subset; what has a key of its own is merged by it, the rest replaces what stood.

    Recusals merge by person, factors by code, findings and questions by id, decisions by finding, votes by person and
    finding, documents add up; agenda, attendance, minutes and `quarterly_enough` replace. `remove` takes keyed items
    out again: `{findings = ["F2"], votes = ["bob/F2"]}`.
    """

    agenda: tuple[str, ...] | None = None
    attendance: tuple[str, ...] | None = None
    recusals: tuple[Recusal, ...] = ()
    factors: tuple[Considered, ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    votes: tuple[Ballot, ...] = ()
    questions: tuple[Question, ...] = ()
    quarterly_enough: QuarterlyEnough | None = None
    minutes: str | None = Field(default=None, min_length=1)
    documents: tuple[str, ...] = ()
    remove: dict[Literal["recusals", "factors", "findings", "decisions", "votes", "questions"], tuple[str, ...]] = (
        Field(default_factory=dict)
    )
    kept: ClassVar[tuple[str, ...]] = TEXTS
    attached: ClassVar[tuple[str, ...]] = ("documents.*",)


class Signing(Body):
    """The hash of the version that was seen."""

    version: str


class AddendumBody(Body):
    """What became known after closing."""

    text: str = Field(min_length=1)
    restatement: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("text",)


class Acknowledging(Body):
    """Which addendum a signer has read; the only open one if omitted."""

    addendum: str | None = None


def key_of(field: str, item: Any) -> str:  # noqa: ANN401  # one of the parts above
    """The key by which an item of a field is merged, as `remove` writes it."""
    match field:
        case "recusals":
            return str(item.person)
        case "factors":
            return str(item.code)
        case "decisions":
            return str(item.finding)
        case "votes":
            return f"{item.person}/{item.finding}"
    return str(item.id)


KEYED = ("recusals", "factors", "findings", "decisions", "votes", "questions")
