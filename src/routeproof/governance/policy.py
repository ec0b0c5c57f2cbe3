"""Policy: proposed with a reason, approved by a second person, effective from a day that is not past."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from routeproof.governance.decider import Body, Command, Event, Happened, Noun, State, Verb, another_person, refuse
from routeproof.governance.roster import Instant
from routeproof.policy.changes import Change, with_change
from routeproof.policy.reading605 import confirmed_at
from routeproof.policy.whole import whole_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRM = "firm"
FOUNDING = "founding"
NOT_ADOPTED = "shipped, not adopted"
ADOPTED = "adopted"


class Proposal(Body):
    """A value from a day on, and why."""

    kept: ClassVar[tuple[str, ...]] = ("reason",)
    key: str
    value: Any
    effective_from: date
    reason: str = Field(min_length=1)


class Approval(Body):
    """Approval of a proposal, or `founding`: of everything that is shipped."""

    proposal: str


class Withdrawal(Body):
    """A proposal that is not pursued."""

    proposal: str


class Proposed(BaseModel):
    """A proposal and what became of it.

    Attributes:
        approved_at: UTC nanoseconds of the append, by the true clock; null while it waits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    state: str
    key: str
    value: Any
    effective_from: date
    reason: str
    by: str
    proposed_on: date
    approved_by: str | None = None
    approved_on: date | None = None
    approved_at: Instant | None = None

    def change(self) -> Change:
        """What is put into the documents."""
        day = self.approved_on.isoformat() if self.approved_on else "a day to come"
        who = self.approved_by or "nobody yet"
        citation = f"Firm policy {self.id}, proposed by {self.by}, approved by {who} on {day}"
        return Change(key=self.key, value=self.value, effective_from=self.effective_from, citation=citation)


class Adoption(BaseModel):
    """The adoption of what is shipped.

    Attributes:
        documents: SHA-256 over the shipped documents.
        at: UTC nanoseconds of the append.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    policy: str
    documents: str
    by: str
    on: date
    at: Instant


class FirmPolicy(State):
    """What the firm decided so far."""

    kept: ClassVar[tuple[str, ...]] = ("proposals.*.reason",)
    adoptions: tuple[Adoption, ...] = ()
    proposals: tuple[Proposed, ...] = ()

    def approved(self) -> tuple[Proposed, ...]:
        """Proposals that count, in the order of their approval."""
        found = [item for item in self.proposals if item.approved_at is not None]
        return tuple(sorted(found, key=lambda item: (item.approved_at, item.id)))


def subjects_with(subjects: Mapping[str, Any], approved: Sequence[Proposed], new_keys: Sequence[str]) -> dict[str, Any]:
    """The shipped subjects with everything that was approved."""
    changed = dict(subjects)
    for item in approved:
        changed = with_change(changed, item.change(), new_keys)
    return changed


def _propose(state: FirmPolicy | None, command: Command) -> Sequence[Event]:
    body: Proposal = command.body
    known = state or FirmPolicy(id=FIRM, state=NOT_ADOPTED)
    number = f"P{len(known.proposals) + 1}"
    payload = {"id": number, **body.model_dump(mode="json")}
    _require_sound(known, _proposed(payload, command.by, command.on), command.around)
    return [Event("policy.proposed", payload)]


def _require_sound(state: FirmPolicy, proposal: Proposed, around: Mapping[str, Any]) -> None:
    settled = confirmed_at(around["subjects"], proposal.key, proposal.effective_from)
    if settled:
        message = f"expected a reading that the text leaves open, found {proposal.key}, which it settles: {settled}"
        refuse("criteria_not_met", message, where=proposal.key)
    new_keys = around["new_keys"]
    before = subjects_with(around["subjects"], state.approved(), new_keys)
    whole_policy(with_change(before, proposal.change(), new_keys), around["calendar"])


def _approve(state: FirmPolicy | None, command: Command) -> Sequence[Event]:
    if command.body.proposal == FOUNDING:
        return _adopt(state, command)
    proposal = _of_others(state, command)
    if proposal.effective_from < command.on:
        refuse(
            "criteria_not_met",
            f"expected {proposal.id} to take effect on or after its approval ({command.on}), found "
            f"{proposal.effective_from}: propose it again from a later day",
            where=proposal.id,
        )
    if state is not None:
        _require_sound(state, proposal, command.around)
    return [Event("policy.approved", {"id": proposal.id, "approved_at": str(command.around["now"])})]


def _of_others(state: FirmPolicy | None, command: Command) -> Proposed:
    proposal = _waiting(state, command.body.proposal)
    another_person(command, proposal.by, f"proposed {proposal.id}")
    return proposal


def _adopt(state: FirmPolicy | None, command: Command) -> Sequence[Event]:
    documents = command.around["documents"]
    if state is not None and state.adoptions and state.adoptions[-1].documents == documents:
        last = state.adoptions[-1]
        refuse("wrong_state", f"the shipped policy is adopted already, by {last.by} on {last.on}", where=FOUNDING)
    if command.role != "compliance":
        refuse("not_permitted", f"the founding policy is adopted by compliance; {command.by} acts as {command.role}")
    payload = {"policy": command.around["policy"], "documents": documents, "at": str(command.around["now"])}
    return [Event("policy.adopted", payload)]


def _withdraw(state: FirmPolicy | None, command: Command) -> Sequence[Event]:
    return [Event("policy.withdrawn", {"id": _waiting(state, command.body.proposal).id})]


def _waiting(state: FirmPolicy | None, number: str) -> Proposed:
    found = [item for item in state.proposals if item.id == number] if state else []
    if not found:
        refuse("wrong_state", f"expected a proposal of the firm's policy or {FOUNDING}, found none named {number!r}")
    if found[0].state != "proposed":
        refuse("wrong_state", f"expected {number} to wait for approval, found it {found[0].state}", where=number)
    return found[0]


def _evolve(state: FirmPolicy | None, happened: Happened) -> FirmPolicy:
    payload = happened.event.payload
    before = state or FirmPolicy(id=FIRM, state=NOT_ADOPTED)
    match happened.event.type:
        case "policy.proposed":
            new = _proposed(payload, happened.by, happened.on)
            return before.model_copy(update={"proposals": (*before.proposals, new)})
        case "policy.approved":
            marks = {
                "state": "approved",
                "approved_by": happened.by,
                "approved_on": happened.on,
                "approved_at": int(payload["approved_at"]),
            }
            return _with_marks(before, payload["id"], marks)
        case "policy.withdrawn":
            return _with_marks(before, payload["id"], {"state": "withdrawn"})
        case "policy.adopted":
            adoption = Adoption(
                policy=payload["policy"],
                documents=payload["documents"],
                by=happened.by,
                on=happened.on,
                at=int(payload["at"]),
            )
            return before.model_copy(update={"state": ADOPTED, "adoptions": (*before.adoptions, adoption)})
    return before


def _proposed(payload: Mapping[str, Any], by: str, on: date) -> Proposed:
    return Proposed(
        id=payload["id"],
        state="proposed",
        key=payload["key"],
        value=payload["value"],
        effective_from=date.fromisoformat(payload["effective_from"]),
        reason=payload["reason"],
        by=by,
        proposed_on=on,
    )


def _with_marks(state: FirmPolicy, number: str, marks: Mapping[str, Any]) -> FirmPolicy:
    proposals = tuple(item.model_copy(update=dict(marks)) if item.id == number else item for item in state.proposals)
    return state.model_copy(update={"proposals": proposals})


POLICY: Noun[FirmPolicy] = Noun(
    name="policy",
    state=FirmPolicy,
    verbs={
        "propose": Verb(Proposal, _propose),
        "approve": Verb(Approval, _approve, signs=True, others=_of_others),
        "withdraw": Verb(Withdrawal, _withdraw),
    },
    evolve=_evolve,
)
