"""What every noun of governance is made of: bodies, commands, events, states, refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict

from routeproof.vocab.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from routeproof.governance.roster import Roster


class RefusalError(RefusedError):
    """A rule of governance says no; `code` is one of the stable words, the message says which rule and what to do."""

    def __init__(self, code: str, message: str, *, where: str = "") -> None:
        super().__init__(message, where=where)
        self.code = code


def refuse(code: str, message: str, *, where: str = "") -> NoReturn:
    """Raise a refusal.

    Codes: not_permitted, own_work, outdated_version, wrong_state, incomplete, no_quorum, recused, criteria_not_met,
    unknown_person, not_ready.
    """
    raise RefusalError(code, message, where=where)


class Body(BaseModel):
    """What a command brings along; unknown keys are errors, so that a typing error is never lost.

    Attributes:
        kept: paths (`findings.*.text`) of texts that may have to expire: they are stored as evidence, and the event
            carries their hash.
        attached: paths of file names; the file is stored as evidence, and the event carries its hash.
        lacking_refuses: whether a body in which something is missing, and nothing else wrong, is refused as
            `incomplete` by the rule that asks for it, instead of being an error of usage.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    lacking_refuses: ClassVar[bool] = False
    kept: ClassVar[tuple[str, ...]] = ()
    attached: ClassVar[tuple[str, ...]] = ()


class Nothing(Body):
    """A command without a body."""


class State(BaseModel):
    """An object as folded from its events.

    Attributes:
        id: name within its noun.
        state: where it stands.
        kept: paths of hashes that are shown as the text they stand for.
        attached: paths of hashes that are shown with the name of the file they stand for.
        unversioned: fields that are no content: a change in them makes no new version (signatures, looks).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    state: str
    kept: ClassVar[tuple[str, ...]] = ()
    attached: ClassVar[tuple[str, ...]] = ()
    unversioned: ClassVar[frozenset[str]] = frozenset()

    def content(self) -> dict[str, Any]:
        """What a version is a version of, as JSON values; an event that leaves it alone makes no new version."""
        return self.model_dump(mode="json", exclude=set(self.unversioned))


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Who wants what, when.

    Attributes:
        verb: what is wanted.
        id: object it is wanted of.
        body: validated; kept texts and files already stand as hashes.
        by: person.
        role: the person's role that permits it.
        on: business date.
        roster: people as they stand.
        version_hash: content hash of the object as it stands; empty before there is one.
        around: what the decider must know from outside its object (policy, measured figures, other objects), by name.
    """

    verb: str
    id: str
    body: Any
    by: str
    role: str
    on: date
    roster: Roster
    version_hash: str = ""
    around: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in the past tense; the append adds who, when and the evidence found in the payload."""

    type: str
    payload: Mapping[str, Any]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as it was recorded."""

    event: Event
    by: str
    role: str
    on: date
    index: int
    appended_at: int


S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Verb(Generic[S]):
    """One thing that can be done with an object.

    Attributes:
        body: shape of what comes along.
        decide: events, or a refusal.
        signs: whether it is a sign-off, which is followed by a checkpoint and a receipt.
        others: what of `decide` refuses own work, for a verb that must be another person's. It is also asked of who
            has no role for the verb, so that own work is `own_work` whatever the role; what it refuses otherwise, and
            its command's `role` and `around` (both empty), then count for nothing.
    """

    body: type[Body]
    decide: Callable[[S | None, Command], Sequence[Event]]
    signs: bool = False
    others: Callable[[S | None, Command], object] | None = None


def _shown_as_it_is(state: State, _on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    return state.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class Noun(Generic[S]):
    """One kind of object.

    Attributes:
        name: word on the command line, in streams (`NAME/ID`) and in entitlements (`NAME.VERB`).
        state: its state's class.
        verbs: what can be done.
        evolve: the state after an event.
        show: what is shown of a state on a day; keys of the stable surface.
    """

    name: str
    state: type[S]
    verbs: Mapping[str, Verb[S]]
    evolve: Callable[[S | None, Happened], S]
    show: Callable[[S, date, Mapping[str, Any]], dict[str, Any]] = _shown_as_it_is

    def stream(self, object_id: str) -> str:
        """Name of the object's stream in the ledger."""
        return f"{self.name}/{object_id}"


def existing(state: S | None, command: Command) -> S:
    """The state, which must exist."""
    if state is None:
        refuse("wrong_state", f"expected something named {command.id!r}, found none: add or open it first")
    return state


def absent(state: State | None, command: Command) -> None:
    """Refuse if the object exists already."""
    if state is not None:
        refuse("wrong_state", f"expected a new name, found that {command.id!r} exists already ({state.state})")


def in_state(state: State, command: Command, *allowed: str) -> None:
    """Refuse unless the object stands in one of the states."""
    if state.state not in allowed:
        refuse(
            "wrong_state",
            f"expected {command.id} in state {' or '.join(allowed)} for {command.verb}, found {state.state}",
            where=command.id,
        )


def another_person(command: Command, author: str, what: str) -> None:
    """Refuse if the person would approve own work; the rule is on the person, whatever the role."""
    if command.by == author:
        refuse("own_work", f"expected another person than {author}, who {what}", where=command.id)
