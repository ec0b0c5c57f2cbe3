"""Duties that people close with evidence, and duties of the firm's own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from routeproof.governance.decider import Body, Command, Event, Happened, Noun, State, Verb, absent, refuse
from routeproof.governance.duty.facts import DONE
from routeproof.governance.roster import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

OVERSEES = "compliance"


class Closing(Body):
    """That the duty was done, in words, with documents."""

    kept: ClassVar[tuple[str, ...]] = ("text",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)
    text: str | None = Field(default=None, min_length=1)
    evidence: tuple[str, ...] = ()


class Own(Body):
    """A duty that the firm sets itself; `every_months` repeats it from `due_on` on."""

    kept: ClassVar[tuple[str, ...]] = ("text",)
    title: str = Field(min_length=1)
    rule: str = "firm's own"
    owner: str = Field(min_length=1)
    due_on: date
    every_months: int | None = Field(default=None, ge=1, le=120)
    text: str | None = None


class DutyRecord(State):
    """What the record says of one duty: that the firm set it, that somebody closed it."""

    kept: ClassVar[tuple[str, ...]] = ("text", "said")
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)
    title: str | None = None
    rule: str | None = None
    owner: str | None = None
    due_on: date | None = None
    every_months: int | None = None
    text: str | None = None
    said: str | None = None
    evidence: tuple[str, ...] = ()
    closed_by: str | None = None
    closed_on: date | None = None
    closed_index: int | None = None


def _add(state: DutyRecord | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    if command.id in command.around["duties"]:
        refuse("wrong_state", f"expected a new name, found that policy has a duty {command.id}", where=command.id)
    return [Event("duty.added", {"id": command.id, **command.body.model_dump(mode="json")})]


def _close(state: DutyRecord | None, command: Command) -> Sequence[Event]:
    body: Closing = command.body
    standing = command.around["duties"].get(command.id)
    if standing is None:
        refuse(
            "wrong_state",
            f"expected a duty of {command.on} (`routeproof duties --on {command.on}` lists them), found {command.id!r}",
            where=command.id,
        )
    _require_owner(command)
    if standing == DONE or (state is not None and state.state == "closed"):
        refuse("wrong_state", f"expected a duty that is not done, found {command.id} done", where=command.id)
    if body.text is None and not body.evidence:
        refuse("incomplete", "expected evidence (files) or a text that says how it was done, found neither")
    return [Event("duty.closed", {"id": command.id, **body.model_dump(mode="json")})]


def _require_owner(command: Command) -> None:
    """Refuse who does not answer for the duty: the role that owns it, the person's roles where a person does.

    Compliance may close any. Where the owner is neither a role nor of the roster, such as somebody at the provider,
    whoever may close duties may close this one.
    """
    owner, now = command.around["owners"][command.id], command.around["now"]
    person = command.roster.people.get(owner)
    answers = (owner,) if owner in ROLES else person.roles(now) if person else None
    if answers is None or command.by == owner:
        return
    if not {*answers, OVERSEES} & {*command.roster.people[command.by].roles(now)}:
        roles = ", ".join(dict.fromkeys((*answers, OVERSEES)))
        refuse("not_permitted", f"{command.id} is {owner}'s: expected somebody who is {roles}", where=command.id)


def _evolve(state: DutyRecord | None, happened: Happened) -> DutyRecord:
    payload = happened.event.payload
    if happened.event.type == "duty.added":
        names = ("title", "rule", "owner", "due_on", "every_months", "text")
        return DutyRecord.model_validate({"id": payload["id"], "state": "open", **{n: payload[n] for n in names}})
    before = state or DutyRecord(id=payload["id"], state="open")
    changes = {
        "state": "closed",
        "said": payload["text"],
        "evidence": tuple(payload["evidence"]),
        "closed_by": happened.by,
        "closed_on": happened.on,
        "closed_index": happened.index,
    }
    return before.model_copy(update=changes)


DUTY: Noun[DutyRecord] = Noun(
    name="duty",
    state=DutyRecord,
    verbs={"add": Verb(Own, _add), "close": Verb(Closing, _close)},
    evolve=_evolve,
)
