"""Objects of governance as they stand: events folded, versions numbered and hashed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic

from routeproof.app.objects.attest import ATTESTED
from routeproof.governance.decider import Event, Happened, Noun, S
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.governance.roster import Roster
from routeproof.ledger.canonical import canonical_bytes
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routeproof.ledger.entry import Recorded
    from routeproof.stores.records import Records


@dataclass(frozen=True, slots=True)
class Version(Generic[S]):
    """A state with its place.

    Attributes:
        state: folded.
        number: from 1; a change in the content makes a new one.
        version_hash: SHA-256 over the chain of recorded events that made the content what it is, lower-case hex.
        ledger_index: last entry of the object.
    """

    state: S
    number: int
    version_hash: str
    ledger_index: int


def happened(entry: Recorded) -> Happened:
    """A ledger entry as the event that a decider knows."""
    fact = entry.fact
    return Happened(
        event=Event(fact.type, fact.payload, fact.version),
        by=fact.actor,
        role=fact.role,
        on=date.fromisoformat(fact.business_on),
        index=entry.index,
        appended_at=entry.appended_at,
    )


def chained_hash(before: str, event: Happened) -> str:
    """Name of the version that an event makes: it follows from what was recorded, not from how a program keeps it.

    So a signature over a version holds when a later program knows more about the same object.
    """
    payload = {name: value for name, value in event.event.payload.items() if name != ATTESTED}
    members = {
        "previous": before,
        "type": event.event.type,
        "version": event.event.version,
        "payload": payload,
        "by": event.by,
        "on": event.on.isoformat(),
    }
    return hashlib.sha256(canonical_bytes(members)).hexdigest()


def step(noun: Noun[S], before: Version[S] | None, event: Happened) -> Version[S]:
    """The object after one more event; one that leaves the content as it was makes no new version."""
    after = noun.evolve(before.state if before else None, event)
    if before is None:
        return Version(after, 1, chained_hash("", event), event.index)
    if after.content() == before.state.content():
        return Version(after, before.number, before.version_hash, event.index)
    return Version(after, before.number + 1, chained_hash(before.version_hash, event), event.index)


def fold(noun: Noun[S], entries: Iterable[Recorded]) -> Version[S] | None:
    """The object after its entries; none if there are none."""
    folded: Version[S] | None = None
    for entry in entries:
        folded = step(noun, folded, happened(entry))
    return folded


def object_of(records: Records, noun: Noun[S], object_id: str) -> Version[S] | None:
    """The object as the record has it now."""
    return fold(noun, records.stream(noun.stream(object_id)))


def dated_until(entries: Iterable[Recorded], day: date) -> list[Recorded]:
    """Entries whose business date is not after a day."""
    return [entry for entry in entries if entry.fact.business_on <= day.isoformat()]


def required(records: Records, noun: Noun[S], object_id: str) -> Version[S]:
    """The object as the record has it now.

    Raises:
        UsageError: if there is none of that name.
    """
    version = object_of(records, noun, object_id)
    if version is None:
        message = f"expected a {noun.name} named {object_id!r}, found none: `routeproof {noun.name} list` names them"
        raise UsageError(message, where=object_id)
    return version


def roster_of(records: Records) -> Roster:
    """People as the record has them now; nobody in a workspace without a founding roster."""
    people = object_of(records, PEOPLE, STREAM_ID)
    return people.state.roster if people else Roster()
