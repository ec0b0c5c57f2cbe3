"""A case that a person works: opened with its evidence, assigned, noted on, disposed by another person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from routeproof.governance.decider import (
    Body,
    Command,
    Event,
    Happened,
    Noun,
    State,
    Verb,
    absent,
    another_person,
    existing,
    in_state,
    refuse,
)
from routeproof.governance.part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Opening(Body):
    """What a case is about.

    Attributes:
        kind: what found it.
        title: in a line.
        provider: concerned.
        period: quarter concerned.
        subject: what found it, such as the clause or the rule.
        observed, threshold: figures as text, exact.
        manifest: of the data that the figures are from.
        due_on: day by which it must be disposed.
        rows: the rows it speaks of, as JSON text.
        evidence: files.
    """

    kind: Literal["sla_breach", "delivery", "surveillance", "complaint", "other"]
    title: str = Field(min_length=1)
    provider: str | None = None
    period: str | None = None
    subject: str | None = None
    observed: str | None = None
    threshold: str | None = None
    manifest: str | None = None
    due_on: date | None = None
    rows: str | None = None
    evidence: tuple[str, ...] = ()
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


class Disposition(Body):
    """How a case ends; `remediation` names the one that it went into."""

    outcome: Literal["explained", "credit_claimed", "credit_waived", "remediation", "data_error", "duplicate"]
    rationale: str = Field(min_length=1)
    remediation: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("rationale",)


class Note(Part):
    """A note as recorded."""

    text: str
    evidence: tuple[str, ...] = ()
    by: str
    on: date


class Case(State):
    """The case; `state` is open, assigned or the outcome."""

    kind: str
    title: str
    provider: str | None = None
    period: str | None = None
    subject: str | None = None
    observed: str | None = None
    threshold: str | None = None
    manifest: str | None = None
    due_on: date | None = None
    rows: str | None = None
    evidence: tuple[str, ...] = ()
    opened_by: str
    opened_on: date
    assigned_to: str | None = None
    notes: tuple[Note, ...] = ()
    rationale: str | None = None
    remediation: str | None = None
    disposed_by: str | None = None
    disposed_on: date | None = None
    kept: ClassVar[tuple[str, ...]] = ("rows", "notes.*.text", "rationale")
    attached: ClassVar[tuple[str, ...]] = ("evidence.*", "notes.*.evidence.*")


def _open(state: Case | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    return [Event("case.opened", {"id": command.id, **command.body.model_dump(mode="json")})]


def _working(state: Case | None, command: Command) -> Case:
    case = existing(state, command)
    in_state(case, command, "open", "assigned")
    return case


def _assign(state: Case | None, command: Command) -> Sequence[Event]:
    _working(state, command)
    if command.body.to not in command.roster.people:
        refuse("unknown_person", f"expected a person of the roster, found {command.body.to!r}", where="to")
    return [Event("case.assigned", {"to": command.body.to})]


def _note(state: Case | None, command: Command) -> Sequence[Event]:
    _working(state, command)
    return [Event("case.noted", command.body.model_dump(mode="json"))]


def _dispose(state: Case | None, command: Command) -> Sequence[Event]:
    case = _working(state, command)
    another_person(command, case.opened_by, "opened the case")
    if case.assigned_to is not None:
        another_person(command, case.assigned_to, "works the case")
    if (command.body.outcome == "remediation") != (command.body.remediation is not None):
        refuse("incomplete", "expected the remediation's id with outcome remediation, and only there")
    return [Event("case.disposed", command.body.model_dump(mode="json"))]


def _evolve(state: Case | None, happened: Happened) -> Case:
    payload = happened.event.payload
    if state is None:
        known = {name: value for name, value in payload.items() if name in {"id", *Opening.model_fields}}
        return Case.model_validate({**known, "state": "open", "opened_by": happened.by, "opened_on": happened.on})
    match happened.event.type:
        case "case.assigned":
            return state.model_copy(update={"state": "assigned", "assigned_to": payload["to"]})
        case "case.noted":
            evidence = tuple(payload["evidence"])
            note = Note(text=payload["text"], evidence=evidence, by=happened.by, on=happened.on)
            return state.model_copy(update={"notes": (*state.notes, note)})
    ended = {"disposed_by": happened.by, "disposed_on": happened.on}
    said = {"rationale": payload["rationale"], "remediation": payload["remediation"]}
    return state.model_copy(update={"state": payload["outcome"], **said, **ended})


def _show(state: Case, on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    open_ = state.state in {"open", "assigned"}
    overdue = open_ and state.due_on is not None and state.due_on < on
    return state.model_dump(mode="json") | {"open": open_, "overdue": overdue}


CASE: Noun[Case] = Noun(
    name="case",
    state=Case,
    verbs={
        "open": Verb(Opening, _open),
        "assign": Verb(Assignment, _assign),
        "note": Verb(NoteBody, _note),
        "dispose": Verb(Disposition, _dispose),
    },
    evolve=_evolve,
    show=_show,
)
