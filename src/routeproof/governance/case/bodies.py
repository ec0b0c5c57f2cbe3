"""What commands about cases bring along."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from routeproof.governance.decider import Body
from routeproof.governance.part import Part

Priority = Literal["critical", "high", "medium", "low"]
Amount = Annotated[str, StringConstraints(pattern=r"^\d{1,15}(\.\d{1,9})?$")]
"""Dollars as exact text, up to nine decimals."""


class Opening(Body):
    """What a case is about.

    Attributes:
        kind: what found it.
        title: in a line.
        priority: sets its clocks.
        provider: concerned.
        period: quarter concerned.
        day: trading day concerned.
        symbol: concerned.
        order_id, execution_id: the disputed fill of an inquiry, by its identity or the ClOrdID or ExecID that the
            customer has; its replay is attached, and provider, day and symbol follow where they are not said.
        subject: what found it, such as the clause or the rule.
        observed, threshold: figures as text, exact.
        manifest: of the data that the figures are from.
        due_on: day by which it must be closed, in place of the clock of its priority.
        rows: the rows it speaks of, as JSON text.
        evidence: files.
        answer: address of an analysis, with the digest of its answer behind `#`: it fills in what is not said here,
            and the answer is filed.
        earlier: the closed case that this one takes up again.
    """

    kind: Literal["exception", "inquiry", "sla_breach", "delivery", "surveillance", "complaint", "other"]
    title: str = Field(min_length=1)
    priority: Priority = "medium"
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
    earlier: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("rows",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Assignment(Body):
    """Who works it."""

    to: str


class NoteBody(Body):
    """What was found out."""

    text: str = Field(min_length=1)
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("text",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Link(Part):
    """Another object that the case has to do with."""

    noun: Literal["remediation", "sla", "review", "case", "provider", "conflict"]
    id: str = Field(min_length=1)


class LinkBody(Body):
    """What the case has to do with."""

    noun: Literal["remediation", "sla", "review", "case", "provider", "conflict"]
    id: str = Field(min_length=1)


class Closing(Body):
    """How a case ends: codes of the policy, and why; `remediation` names the one that it went into."""

    disposition: str
    root_cause: str
    root_cause_text: str = ""
    rationale: str = Field(min_length=1)
    remediation: str | None = None
    lacking_refuses: ClassVar[bool] = True
    kept: ClassVar[tuple[str, ...]] = ("rationale", "root_cause_text")


class Review(Body):
    """A second person's answer to a closing: approved, or returned with what is missing."""

    approve: bool
    text: str = ""
    kept: ClassVar[tuple[str, ...]] = ("text",)


class OrderHarm(Part):
    """Harm to one order's customer.

    Attributes:
        order_id: the order.
        shares: filled, with a benchmark; as exact text.
        harm_usd: what the fills cost more, or brought less, than the far touch at receipt; 0 where they did better,
            null where no fill could be compared.
        difference_usd: the same with its sign; negative where they did better.
        unknown_fills: fills without a usable quote at receipt, which are in none of the figures.
        reason: why harm is null.
    """

    order_id: str
    shares: str
    harm_usd: str | None
    difference_usd: str | None
    unknown_fills: int
    reason: str | None = None


class Harm(Body):
    """Harm as computed: the largest orders here, all of them in the attached file.

    Attributes:
        manifest: of the data.
        total_usd: of the orders whose harm is known; null where none is.
        orders: the largest first.
        of: orders in all.
        unknown_orders: of which no fill could be compared.
        unknown_fills: of all orders, in none of the figures.
        files: the attached file.
    """

    manifest: str
    total_usd: str | None
    orders: tuple[OrderHarm, ...]
    of: int
    unknown_orders: int = 0
    unknown_fills: int = 0
    files: tuple[str, ...] = ()


class OrderAmount(Part):
    """What one order's customer is paid; null order for the case or incident as a whole."""

    order_id: str | None = None
    amount_usd: Amount


class Reimbursement(Body):
    """Whether customers are made whole, by how much, and the proof that it was paid; or such proof alone, later.

    Attributes:
        decision: to pay or to decline; none where proof of an earlier decision is added.
        rationale: why.
        level: whether amounts are for orders, or one for all orders of the case or incident.
        amounts: with decision pay.
        proof: files.
        replaces: number of the decision that this one takes the place of.
        beside: other cases that paid for the same orders, which this payment comes on top of.
        of: number of the decision that proof is added to.
    """

    decision: Literal["pay", "decline"] | None = None
    rationale: str = ""
    level: Literal["order", "case", "incident"] = "order"
    amounts: tuple[OrderAmount, ...] = ()
    proof: tuple[str, ...] = ()
    replaces: int | None = None
    beside: tuple[str, ...] = ()
    of: int | None = None
    kept: ClassVar[tuple[str, ...]] = ("rationale",)
    attached: ClassVar[tuple[str, ...]] = ("proof.*",)
