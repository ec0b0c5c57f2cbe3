"""Restatement of a quarter: the figures that changed since its pack was built, signed by another person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

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

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Basis(BaseModel):
    """What a build rested on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    digest: str
    manifest: str
    policy: str
    version: str
    source: str = ""


class Counts(BaseModel):
    """How many figures changed, and of what kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    changed: int
    flipped: int
    material: int
    by_cause: dict[Literal["data", "metric", "policy"], int] = Field(default_factory=dict)


class Opening(Body):
    """The comparison of two builds, as `restate` makes it; the changed figures stand in a file of their own."""

    quarter: str
    provider: str
    old: Basis
    new: Basis
    counts: Counts
    changes: str
    sla: tuple[JsonValue, ...] = ()
    attached: ClassVar[tuple[str, ...]] = ("changes",)


class Signing(Body):
    """The hash of the version that was seen; the one that stands if omitted."""

    version: str | None = None


class Restatement(State):
    """A restatement and who signed it."""

    quarter: str
    provider: str
    old: Basis
    new: Basis
    counts: Counts
    changes: str
    sla: tuple[JsonValue, ...] = ()
    opened_by: str
    opened_on: date
    due_on: date
    signed_by: str | None = None
    signed_role: str | None = None
    signed_on: date | None = None
    attached: ClassVar[tuple[str, ...]] = ("changes",)
    unversioned: ClassVar[frozenset[str]] = frozenset({"state", "signed_by", "signed_role", "signed_on"})


def _open(state: Restatement | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    due_on = command.on + timedelta(days=command.around["sign_days"])
    opened = {"id": command.id, **command.body.model_dump(mode="json"), "due_on": due_on.isoformat()}
    return [Event("restatement.opened", opened)]


def _sign(state: Restatement | None, command: Command) -> Sequence[Event]:
    _of_others(state, command)
    seen = command.body.version
    if seen is not None and seen != command.version_hash:
        refuse("outdated_version", f"expected the hash that stands ({command.version_hash}), found {seen}")
    return [Event("restatement.signed", {"version_hash": command.version_hash})]


def _of_others(state: Restatement | None, command: Command) -> None:
    restatement = existing(state, command)
    in_state(restatement, command, "opened")
    another_person(command, restatement.opened_by, "opened the restatement")


def _evolve(state: Restatement | None, happened: Happened) -> Restatement:
    payload = {name: value for name, value in happened.event.payload.items() if name != "attested"}
    if state is None:
        who = {"state": "opened", "opened_by": happened.by, "opened_on": happened.on}
        return Restatement.model_validate({**payload, **who})
    signed = {"signed_by": happened.by, "signed_role": happened.role, "signed_on": happened.on}
    return state.model_copy(update={"state": "signed", **signed})


def _show(restatement: Restatement, day: date, around: Mapping[str, Any]) -> dict[str, Any]:
    changed = list(around.get("changed", ()))
    return {
        **restatement.model_dump(mode="json"),
        "overdue": restatement.state == "opened" and restatement.due_on < day,
        "changed": changed,
        "flipped": [item for item in changed if item["flipped"]],
        "review": around.get("review"),
    }


RESTATEMENT: Noun[Restatement] = Noun(
    name="restatement",
    state=Restatement,
    verbs={"open": Verb(Opening, _open), "sign": Verb(Signing, _sign, signs=True, others=_of_others)},
    evolve=_evolve,
    show=_show,
)
