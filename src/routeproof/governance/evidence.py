"""Documents that may go, and holds that keep them: expiry is an event before it is an erasure, and a hold wins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from routeproof.governance.decider import Body, Command, Event, Happened, Nothing, Noun, State, Verb, existing, refuse
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHA256 = re.compile(r"^[0-9a-f]{64}$")
HELD, RELEASED, EXPIRED = "held", "released", "expired"


class Holding(Body):
    """A hold: single documents, objects (`NOUN/ID`, or `NOUN/` for all of a kind), or `everything`; and why."""

    kept: ClassVar[tuple[str, ...]] = ("reason",)
    documents: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    everything: bool = False
    reason: str = Field(min_length=1)


class Releasing(Body):
    """Why the hold is not needed any more."""

    kept: ClassVar[tuple[str, ...]] = ("reason",)
    reason: str = Field(min_length=1)


class EvidenceRecord(State):
    """A hold by the name of its matter, or a document that expired by its hash."""

    kept: ClassVar[tuple[str, ...]] = ("reason", "release_reason")
    documents: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    everything: bool = False
    reason: str | None = None
    by: str
    on: date
    release_reason: str | None = None
    released_by: str | None = None
    released_on: date | None = None
    expired_because: str | None = None
    policy: str | None = None

    def covers(self, sha256: str, streams: Sequence[str]) -> bool:
        """Whether this is a hold in force over a document that entries of these streams name."""
        if self.state != HELD:
            return False
        named = any(
            stream == wanted or (wanted.endswith("/") and stream.startswith(wanted))
            for wanted in self.objects
            for stream in streams
        )
        return self.everything or sha256 in self.documents or named


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a document when somebody wants it to expire.

    Attributes:
        record_class: of retention policy.
        last_used_on: last day on which an object that names it was worked on, or a text of it was in force.
        keep_until: first day on which it may go.
        held_by: names of the holds in force over it.
        policy: the value of policy that sets the period, in words.
        gone: it expired before.
    """

    record_class: str
    last_used_on: date
    keep_until: date
    held_by: tuple[str, ...]
    policy: str
    gone: bool


def _hold(state: EvidenceRecord | None, command: Command) -> Sequence[Event]:
    body: Holding = command.body
    if SHA256.match(command.id):
        refuse("incomplete", f"expected the name of a matter, found a document's hash: {command.id}", where=command.id)
    if state is not None:
        refuse("wrong_state", f"expected a new name for the hold, found that {command.id} is {state.state}")
    if not (body.documents or body.objects or body.everything):
        refuse("incomplete", "expected documents, objects or everything = true, found nothing to hold", where="--file")
    _require_known(body, command)
    return [Event("evidence.held", {"id": command.id, **body.model_dump(mode="json")})]


def _require_known(body: Holding, command: Command) -> None:
    """Refuse names of which the record knows nothing: such a hold would hold nothing.

    `around`: `named`, documents that entries name; `streams`, objects; `kinds`, nouns; `nearest`.
    """
    named, streams, kinds = (command.around[name] for name in ("named", "streams", "kinds"))
    nearest = command.around["nearest"]
    for sha256 in body.documents:
        if sha256 not in named:
            near = nearest(sha256, named)
            refuse(
                "incomplete", f"expected the hash of a document that entries name, found {sha256!r}{near}", where=sha256
            )
    for name in body.objects:
        noun = name.removesuffix("/")
        begins = noun != name and (noun in kinds or any(stream.startswith(name) for stream in streams))
        if name not in streams and not begins:
            near = nearest(name, {*streams, *(f"{kind}/" for kind in kinds)})
            message = f"expected an object of the record (NOUN/ID), or NOUN/ for all of a kind, found {name!r}{near}"
            refuse("incomplete", message, where=name)


def _show(state: EvidenceRecord, _on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    """A hold's documents are `held_documents`: `documents` of an object are its own files."""
    values = state.model_dump(mode="json")
    return {**values, "held_documents": values["documents"]}


def _release(state: EvidenceRecord | None, command: Command) -> Sequence[Event]:
    hold = existing(state, command)
    if hold.state != HELD:
        refuse("wrong_state", f"expected a hold in force, found {command.id} {hold.state}", where=command.id)
    return [Event("evidence.released", {"id": command.id, **command.body.model_dump(mode="json")})]


def _expire(state: EvidenceRecord | None, command: Command) -> Sequence[Event]:
    known: Mapping[str, Standing] = command.around["documents"]
    standing = known.get(command.id)
    if standing is None:
        refuse("wrong_state", f"expected a document that entries name and the store holds, found {command.id!r}")
    if state is not None or standing.gone:
        refuse("wrong_state", f"{command.id} has expired already", where=command.id)
    if standing.held_by:
        refuse(
            "criteria_not_met", f"{command.id} is held by {', '.join(standing.held_by)}: a hold wins", where=command.id
        )
    today = datetime.fromtimestamp(command.around["now"] // NS_PER_S, tz=UTC).date()
    if min(today, command.on) < standing.keep_until:
        refuse(
            "criteria_not_met",
            f"{command.id} is kept until {standing.keep_until} ({standing.policy}, last used on "
            f"{standing.last_used_on}); today is {today}: nothing expires early, whatever date is given",
            where=command.id,
        )
    reason = f"kept until {standing.keep_until}: class {standing.record_class}, last used on {standing.last_used_on}"
    return [Event("evidence.expired", {"sha256": command.id, "reason": reason, "policy": standing.policy})]


def _evolve(state: EvidenceRecord | None, happened: Happened) -> EvidenceRecord:
    payload = happened.event.payload
    who = {"by": happened.by, "on": happened.on}
    if happened.event.type == "evidence.expired":
        said = {"expired_because": payload["reason"], "policy": payload.get("policy")}
        return EvidenceRecord.model_validate({"id": payload["sha256"], "state": EXPIRED, **said, **who})
    if state is None:
        names = ("id", "documents", "objects", "everything", "reason")
        return EvidenceRecord.model_validate({"state": HELD, **{name: payload[name] for name in names}, **who})
    changes = {"released_by": happened.by, "released_on": happened.on, "release_reason": payload["reason"]}
    return state.model_copy(update={"state": RELEASED, **changes})


EVIDENCE: Noun[EvidenceRecord] = Noun(
    name="evidence",
    state=EvidenceRecord,
    verbs={
        "hold": Verb(Holding, _hold),
        "release": Verb(Releasing, _release),
        "expire": Verb(Nothing, _expire),
    },
    evolve=_evolve,
    show=_show,
)
