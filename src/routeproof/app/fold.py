"""Objects of governance as they stand: events folded, versions numbered and hashed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic

from routeproof.governance.decider import Event, Happened, Noun, S
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.governance.roster import Roster
from routeproof.ledger.canonical import canonical_bytes

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
        version_hash: SHA-256 of the content in canonical form, lower-case hex.
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


def content_hash(state: S) -> str:
    """SHA-256 of a state's content in canonical form, lower-case hex."""
    return hashlib.sha256(canonical_bytes(state.content())).hexdigest()


def step(noun: Noun[S], before: Version[S] | None, event: Happened) -> Version[S]:
    """The object after one more event."""
    after = noun.evolve(before.state if before else None, event)
    digest = content_hash(after)
    number = 1 if before is None else before.number + (digest != before.version_hash)
    return Version(after, number, digest, event.index)


def fold(noun: Noun[S], entries: Iterable[Recorded]) -> Version[S] | None:
    """The object after its entries; none if there are none."""
    folded: Version[S] | None = None
    for entry in entries:
        folded = step(noun, folded, happened(entry))
    return folded


def object_of(records: Records, noun: Noun[S], object_id: str) -> Version[S] | None:
    """The object as the record has it now."""
    return fold(noun, records.stream(noun.stream(object_id)))


def roster_of(records: Records) -> Roster:
    """People as the record has them now; nobody in a workspace without a founding roster."""
    people = object_of(records, PEOPLE, STREAM_ID)
    return people.state.roster if people else Roster()
