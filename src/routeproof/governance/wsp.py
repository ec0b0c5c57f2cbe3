"""Written supervisory procedures: versions of a text, approved by another person, in force from a day on."""

from __future__ import annotations

from collections.abc import Mapping  # a model's field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from routeproof.governance.decider import (
    Body,
    Command,
    Event,
    Happened,
    Noun,
    State,
    Verb,
    another_person,
    existing,
    refuse,
)
from routeproof.governance.roster import Instant
from routeproof.policy.procedures import KINDS, STATEMENT

if TYPE_CHECKING:
    from collections.abc import Sequence


class Draft(Body):
    """A version of the text.

    Attributes:
        sentences: ids of the text's sentences, in order.
        bindings: controls by sentence.
        template: name of the shipped template that it was taken from unchanged.
    """

    kept: ClassVar[tuple[str, ...]] = ("text", "note")
    title: str = Field(min_length=1)
    text: str = Field(min_length=1)
    effective_from: date
    sentences: tuple[str, ...] = Field(min_length=1)
    bindings: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    template: str | None = None
    note: str | None = None


class Attestation(Body):
    """That the version in force is current and followed; `text` says how that was found."""

    kept: ClassVar[tuple[str, ...]] = ("text",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)
    text: str = Field(min_length=1)
    evidence: tuple[str, ...] = ()


class Retirement(Body):
    """The day from which the procedure is in force no longer, and why."""

    kept: ClassVar[tuple[str, ...]] = ("reason",)
    from_on: date
    reason: str = Field(min_length=1)


class Approving(Body):
    """Approval of the version that waits."""

    version: int | None = None


class Edition(BaseModel):
    """One version of the text and what became of it: proposed, approved, or replaced before anybody approved it.

    Attributes:
        approved_at: UTC nanoseconds of the true clock; it shows an approval that was entered under an earlier date.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int
    state: str
    title: str
    text: str
    effective_from: date
    sentences: tuple[str, ...]
    bindings: Mapping[str, tuple[str, ...]]
    template: str | None
    note: str | None
    by: str
    proposed_on: date
    approved_by: str | None = None
    approved_on: date | None = None
    approved_at: Instant | None = None

    def unbound(self) -> tuple[str, ...]:
        """Sentences without a control."""
        return tuple(sentence for sentence in self.sentences if not self.bindings.get(sentence))


class Attested(BaseModel):
    """Who attested which version when."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int
    text: str
    evidence: tuple[str, ...]
    by: str
    on: date


class Procedure(State):
    """A procedure with its versions."""

    kept: ClassVar[tuple[str, ...]] = ("editions.*.text", "editions.*.note", "attested.*.text", "retired_because")
    attached: ClassVar[tuple[str, ...]] = ("attested.*.evidence.*",)
    unversioned: ClassVar[frozenset[str]] = frozenset({"attested"})
    editions: tuple[Edition, ...] = ()
    attested: tuple[Attested, ...] = ()
    retired_on: date | None = None
    retired_because: str | None = None

    def in_force(self, day: date) -> Edition | None:
        """The approved version in force on a day; none before the first and after retirement."""
        if self.retired_on is not None and day >= self.retired_on:
            return None
        begun = [item for item in self.editions if item.state == "approved" and item.effective_from <= day]
        return max(begun, key=lambda item: (item.effective_from, item.number), default=None)

    def last_used(self, number: int, today: date) -> date:
        """Last day on which a version was in force, as known today; the day it was proposed if it never was."""
        edition = self.editions[number - 1]
        if edition.state != "approved":
            return today if edition.state == "proposed" else edition.proposed_on
        later = [
            item.effective_from
            for item in self.editions
            if item.state == "approved" and (item.effective_from, item.number) > (edition.effective_from, number)
        ]
        ends = [day for day in (*later, self.retired_on) if day is not None]
        return max(edition.effective_from, min([*ends, max(today, edition.effective_from)]))


def _propose(state: Procedure | None, command: Command) -> Sequence[Event]:
    body: Draft = command.body
    if state is not None and state.retired_on is not None:
        refuse("wrong_state", f"{command.id} is retired from {state.retired_on}: propose under another name")
    doubled = sorted({item for item in body.sentences if body.sentences.count(item) > 1})
    if doubled:
        refuse("incomplete", f"expected each sentence's mark once, found twice: {', '.join(doubled)}", where="text")
    if unknown := sorted(body.bindings.keys() - set(body.sentences)):
        refuse(
            "incomplete", f"expected bindings of sentences of the text, found {', '.join(unknown)}", where="bindings"
        )
    for sentence, controls in body.bindings.items():
        for control in controls:
            if control != STATEMENT and control.partition(":")[0] not in KINDS:
                refuse(
                    "incomplete",
                    f"expected {STATEMENT} or KIND:NAME with a kind of {', '.join(KINDS)}, found {control!r}",
                    where=sentence,
                )
    return [Event("wsp.proposed", {"id": command.id, **body.model_dump(mode="json")})]


def _approve(state: Procedure | None, command: Command) -> Sequence[Event]:
    waiting = _of_others(state, command)
    if waiting.effective_from < command.on:
        refuse(
            "criteria_not_met",
            f"expected version {waiting.number} to take effect on or after its approval ({command.on}), found "
            f"{waiting.effective_from}: propose it again from a later day",
            where=command.id,
        )
    return [Event("wsp.approved", {"number": waiting.number, "approved_at": str(command.around["now"])})]


def _of_others(state: Procedure | None, command: Command) -> Edition:
    procedure = existing(state, command)
    waiting = procedure.editions[-1]
    wanted = command.body.version or waiting.number
    if waiting.state != "proposed" or wanted != waiting.number:
        refuse("wrong_state", f"expected version {wanted} of {command.id} to wait for approval: it does not")
    another_person(command, waiting.by, f"proposed version {waiting.number}")
    return waiting


def _attest(state: Procedure | None, command: Command) -> Sequence[Event]:
    procedure = existing(state, command)
    edition = procedure.in_force(command.on)
    if edition is None:
        refuse("wrong_state", f"expected {command.id} in force on {command.on}, found no version of it in force")
    return [Event("wsp.attested", {"number": edition.number, **command.body.model_dump(mode="json")})]


def _retire(state: Procedure | None, command: Command) -> Sequence[Event]:
    procedure = existing(state, command)
    if procedure.retired_on is not None:
        refuse("wrong_state", f"{command.id} is retired already, from {procedure.retired_on}")
    if command.body.from_on < command.on:
        refuse(
            "criteria_not_met",
            f"expected a day from {command.on} on, found {command.body.from_on}: nothing retires backwards",
        )
    return [Event("wsp.retired", command.body.model_dump(mode="json"))]


def _evolve(state: Procedure | None, happened: Happened) -> Procedure:
    payload = happened.event.payload
    before = state or Procedure(id=payload["id"], state="proposed")
    match happened.event.type:
        case "wsp.proposed":
            return _proposed(before, payload, happened)
        case "wsp.approved":
            who = {"approved_by": happened.by, "approved_on": happened.on}
            marks = {"state": "approved", "approved_at": int(payload["approved_at"]), **who}
            return before.model_copy(
                update={"state": "approved", "editions": _marked(before, payload["number"], marks)}
            )
        case "wsp.attested":
            said = {name: payload[name] for name in ("number", "text", "evidence")}
            attested = Attested.model_validate({**said, "by": happened.by, "on": happened.on})
            return before.model_copy(update={"attested": (*before.attested, attested)})
        case "wsp.retired":
            day = date.fromisoformat(payload["from_on"])
            return before.model_copy(
                update={"state": "retired", "retired_on": day, "retired_because": payload["reason"]}
            )
    return before


def _proposed(before: Procedure, payload: Mapping[str, Any], happened: Happened) -> Procedure:
    said = {name: payload[name] for name in Draft.model_fields}
    marks = {"number": len(before.editions) + 1, "state": "proposed", "by": happened.by, "proposed_on": happened.on}
    new = Edition.model_validate({**said, **marks})
    kept = tuple(
        item.model_copy(update={"state": "replaced"}) if item.state == "proposed" else item for item in before.editions
    )
    return before.model_copy(update={"editions": (*kept, new)})


def _marked(state: Procedure, number: int, marks: Mapping[str, Any]) -> tuple[Edition, ...]:
    return tuple(item.model_copy(update=dict(marks)) if item.number == number else item for item in state.editions)


def _show(state: Procedure, on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    edition = state.in_force(on)
    return {**state.model_dump(mode="json"), "on": on.isoformat(), "in_force": edition.number if edition else None}


WSP: Noun[Procedure] = Noun(
    name="wsp",
    state=Procedure,
    verbs={
        "propose": Verb(Draft, _propose),
        "approve": Verb(Approving, _approve, signs=True, others=_of_others),
        "attest": Verb(Attestation, _attest, signs=True),
        "retire": Verb(Retirement, _retire),
    },
    evolve=_evolve,
    show=_show,
)
