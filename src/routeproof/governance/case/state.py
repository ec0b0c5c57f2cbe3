"""A case as folded from its events."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from pydantic import SerializerFunctionWrapHandler, model_serializer

from routeproof.governance.case.bodies import Link, OrderAmount, OrderHarm
from routeproof.governance.decider import State
from routeproof.governance.part import Part

OPEN, ACKNOWLEDGED, INVESTIGATING, AWAITING_REVIEW, CLOSED = (
    "open",
    "acknowledged",
    "investigating",
    "awaiting_review",
    "closed",
)
WORKED = (OPEN, ACKNOWLEDGED, INVESTIGATING)
"""States in which somebody works it."""
ALIVE = (*WORKED, AWAITING_REVIEW)


class Clocks(Part):
    """When each step must be done, UTC ns as text; null in a case of earlier programs, which had none."""

    acknowledge_by: str | None = None
    investigate_by: str | None = None
    close_by: str | None = None


class Pin(Part):
    """A document that holds rows as they were judged, with the quotes around them.

    Attributes:
        sha256: of the document in the evidence store.
        rows: where the judged rows stand, `SOURCE:ROW`; the document has them all.
    """

    sha256: str
    rows: tuple[str, ...]


class Note(Part):
    """A note as recorded."""

    text: str
    evidence: tuple[str, ...] = ()
    by: str
    on: date


class Returned(Part):
    """A closing that the second person sent back."""

    text: str
    by: str
    on: date


class Escalation(Part):
    """A clock that ran out."""

    clock: str
    to: str
    priority: str
    on: date


class HarmFound(Part):
    """Harm as recorded; see the body."""

    manifest: str
    total_usd: str | None
    orders: tuple[OrderHarm, ...]
    of: int
    unknown_orders: int = 0
    unknown_fills: int = 0
    files: tuple[str, ...]
    by: str
    on: date


class Reimbursed(Part):
    """A decision about reimbursement as recorded.

    Attributes:
        number: 1, 2 … within the case.
        replaced_by: number of the decision in its place.
    """

    number: int
    decision: str
    rationale: str
    level: str
    amounts: tuple[OrderAmount, ...]
    total_usd: str
    proof: tuple[str, ...]
    replaces: int | None = None
    beside: tuple[str, ...] = ()
    replaced_by: int | None = None
    by: str
    on: date


class Case(State):
    """The case; `state` is open, acknowledged, investigating, awaiting_review or closed.

    Attributes:
        released: those of its findings that were amended since and are worked again, by a successor or by itself.
    """

    kind: str
    title: str
    priority: str = "medium"
    owner: str | None = None
    clocks: Clocks = Clocks()
    provider: str | None = None
    period: str | None = None
    day: date | None = None
    symbol: str | None = None
    order_id: str | None = None
    execution_id: str | None = None
    subject: str | None = None
    observed: str | None = None
    threshold: str | None = None
    manifest: str | None = None
    due_on: date | None = None
    rows: str | None = None
    evidence: tuple[str, ...] = ()
    answer: str | None = None
    group: str | None = None
    rules: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()
    earlier: str | None = None
    opened_by: str
    opened_on: date
    opened_at: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: str | None = None
    investigated_at: str | None = None
    notes: tuple[Note, ...] = ()
    links: tuple[Link, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    harm: HarmFound | None = None
    reimbursements: tuple[Reimbursed, ...] = ()
    root_cause: str | None = None
    root_cause_text: str | None = None
    disposition: str | None = None
    rationale: str | None = None
    remediation: str | None = None
    submitted_by: str | None = None
    submitted_on: date | None = None
    returns: tuple[Returned, ...] = ()
    reviewed_by: str | None = None
    closed_by: str | None = None
    closed_on: date | None = None
    unversioned: ClassVar[frozenset[str]] = frozenset({"released"})
    kept: ClassVar[tuple[str, ...]] = (
        "rows",
        "notes.*.text",
        "rationale",
        "root_cause_text",
        "returns.*.text",
        "reimbursements.*.rationale",
    )
    attached: ClassVar[tuple[str, ...]] = (
        "evidence.*",
        "notes.*.evidence.*",
        "pins.*.sha256",
        "harm.files.*",
        "reimbursements.*.proof.*",
    )

    @model_serializer(mode="wrap")
    def _without_what_earlier_programs_had_not(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A case of which nothing was released is written as earlier programs wrote it."""
        written: dict[str, Any] = write(self)
        return written if self.released else {name: value for name, value in written.items() if name != "released"}

    @property
    def running(self) -> tuple[tuple[str, int], ...]:
        """Clocks that run, the first to run out first: step and instant in UTC ns; none when closed."""
        if self.state == CLOSED:
            return ()
        done = {"acknowledge": self.acknowledged_at, "investigate": self.investigated_at, "close": None}
        found = [
            (step, int(at))
            for step, over in done.items()
            if over is None and (at := getattr(self.clocks, f"{step}_by")) is not None
        ]
        return tuple(sorted(found, key=lambda item: item[1]))

    @property
    def due(self) -> tuple[str, int] | None:
        """The clock that runs out first; null when closed, or without clocks."""
        return next(iter(self.running), None)

    @property
    def escalates(self) -> tuple[str, int] | None:
        """The same of the clocks that did not go up yet."""
        went_up = {item.clock for item in self.escalations}
        return next((item for item in self.running if item[0] not in went_up), None)
