"""What duties are derived from, and what one is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DONE, DUE, OVERDUE = "done", "due", "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A ledger entry that opens a duty or shows that one was done.

    Attributes:
        object_id: of the stream, `NOUN/ID`.
        provider: that it speaks of; empty if of none.
        period: that it says it is for, such as `2026Q3`; empty if it says none.
        members: its payload.
        documents: hashes of its evidence.
    """

    type: str
    object_id: str
    on: date
    index: int
    by: str
    provider: str = ""
    period: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[str, ...] = ()

    def said(self) -> dict[str, Any]:
        """As it is shown under a duty."""
        where = {"ledger_index": self.index, "type": self.type, "object": self.object_id}
        return {**where, "by": self.by, "on": self.on.isoformat(), "documents": list(self.documents)}


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider, or a procedure, that duties are owed for, from a day to (before) another; open-ended if null."""

    id: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Something with a due date of its own: an action of a plan, a condition, a look back, a duty of the firm's own."""

    id: str
    title: str
    rule: str
    owner: str
    due_on: date
    done_on: date | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the record says.

    Attributes:
        since: when the firm's record begins.
        providers: each with the days on which duties are owed for it.
        procedures: likewise.
        proofs: entries that open duties or prove them, in order.
        closings: what a person closed with evidence, by duty.
        owed: what has a due date of its own.
        monitored_since: first trading day that the monitoring rules judged; null where none was.
    """

    since: date
    providers: tuple[Subject, ...] = ()
    procedures: tuple[Subject, ...] = ()
    proofs: tuple[Proof, ...] = ()
    closings: Mapping[str, Proof] = field(default_factory=dict)
    owed: tuple[Owed, ...] = ()
    monitored_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing owed once.

    Attributes:
        obligation: name in policy; empty for what has a due date of its own.
        subject: provider, procedure or object that it is owed for; empty for the firm.
        period: `2026Q3`, `2026`, `2026-08`; the day of the opening event, or the round of an anniversary.
        owner: role or person that answers for it.
        grade: of the rule's period in policy, see `policy.dated.GRADES`.
    """

    id: str
    obligation: str
    title: str
    rule: str
    owner: str
    subject: str
    period: str
    due_on: date
    state: str
    done_on: date | None
    evidence: tuple[Proof, ...]
    citation: str = ""
    grade: str = "F"

    def shown(self) -> dict[str, Any]:
        """Keys of the stable surface, and what stands behind them."""
        return {
            "id": self.id,
            "obligation": self.obligation,
            "title": self.title,
            "rule": self.rule,
            "owner": self.owner,
            "subject": self.subject,
            "period": self.period,
            "due_on": self.due_on.isoformat(),
            "state": self.state,
            "done_on": self.done_on.isoformat() if self.done_on else None,
            "late": self.done_on is not None and self.done_on > self.due_on,
            "evidence": [proof.said() for proof in self.evidence],
            "citation": self.citation,
            "grade": self.grade,
            "unconfirmed": self.grade == "M",
        }
