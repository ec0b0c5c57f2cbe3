"""A ledger entry: who did what, when, with which evidence, as canonical bytes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.ledger import merkle
from routeproof.ledger.canonical import canonical_bytes
from routeproof.vocab.errors import LedgerBrokenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class EntryRefusedError(UsageError):
    """What was to be recorded does not fit an entry; nothing is wrong with the ledger."""

    code = "entry_refused"


MAX_ENTRY_BYTES = 65_535
"""Longest entry; whatever is larger is evidence by hash."""

_TEXTS = ("appended_at", "business_on", "actor", "role", "session", "stream", "type")
_NAMES = {*_TEXTS, "index", "version", "payload", "evidence"}
_INSTANT = re.compile("0|[1-9][0-9]{0,18}")
_INSTANTS_END = 2**63
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a use case wants recorded; the records store adds index and time.

    Attributes:
        stream: the object that the fact speaks of, such as `lake` or `review/2026Q3`.
        type: dotted past tense word, such as `lake.committed`.
        payload: JSON object; nanoseconds and integers beyond 2^53 - 1 as decimal strings.
        business_on: business date, ISO 8601.
        actor: person or program that acted.
        role: in which role.
        session: one run of the program or one web session.
        version: version of the payload's shape.
        evidence: SHA-256 (lower-case hex) of attached documents.
    """

    stream: str
    type: str
    payload: Mapping[str, object]
    business_on: str
    actor: str
    role: str
    session: str
    version: int = 1
    evidence: tuple[str, ...] = field(default=())


def entry_bytes(fact: Fact, *, index: int, appended_at: int) -> bytes:
    """Canonical bytes of the entry at `index`, appended at UTC nanoseconds `appended_at`.

    Raises:
        EntryRefusedError: if the entry would be longer than 65,535 bytes, or holds what JSON cannot carry exactly.
    """
    try:
        entry = canonical_bytes(_members(fact, index, appended_at))
    except ValueError as error:
        message = f"expected what JSON carries exactly, found in {fact.type}: {error}"
        raise EntryRefusedError(message, where=f"{fact.stream}#{index}") from error
    if len(entry) > MAX_ENTRY_BYTES:
        message = (
            f"expected an entry of at most {MAX_ENTRY_BYTES} bytes, found {len(entry)} for {fact.type}: "
            "attach what is large as evidence by hash"
        )
        raise EntryRefusedError(message, where=f"{fact.stream}#{index}")
    return entry


def _members(fact: Fact, index: int, appended_at: int) -> dict[str, object]:
    return {
        "index": index,
        "appended_at": str(appended_at),
        "business_on": fact.business_on,
        "actor": fact.actor,
        "role": fact.role,
        "session": fact.session,
        "stream": fact.stream,
        "type": fact.type,
        "version": fact.version,
        "payload": fact.payload,
        "evidence": list(fact.evidence),
    }


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as it stands in the ledger; attributes as in `Fact`, index and time added.

    Attributes:
        index: place in the ledger, from 0.
        appended_at: UTC nanoseconds of the append, by the clock of the machine.
        fact: what was recorded.
    """

    index: int
    appended_at: int
    fact: Fact


def read_entry(entry: bytes) -> Recorded:
    """The entry that canonical bytes hold.

    Raises:
        LedgerBrokenError: if they are no entry.
    """
    if len(entry) > MAX_ENTRY_BYTES:
        why = f"{len(entry)} bytes, where {MAX_ENTRY_BYTES} are the most"
        raise _no_entry(why)
    try:
        members = json.loads(entry)
    except (ValueError, RecursionError) as error:
        raise _no_entry(repr(error)) from error
    if not isinstance(members, dict) or not _well_typed(members):
        why = "not the members of an entry in their types"
        raise _no_entry(why)
    return Recorded(
        index=members["index"],
        appended_at=int(members["appended_at"]),
        fact=Fact(
            stream=members["stream"],
            type=members["type"],
            payload=members["payload"],
            business_on=members["business_on"],
            actor=members["actor"],
            role=members["role"],
            session=members["session"],
            version=members["version"],
            evidence=tuple(members["evidence"]),
        ),
    )


def _no_entry(why: str) -> LedgerBrokenError:
    message = f"expected a ledger entry, found bytes that are none ({why}): run `routeproof ledger verify`"
    return LedgerBrokenError(message)


def _well_typed(members: Mapping[str, object]) -> bool:
    """Whether these are the eleven members of an entry, each of its type."""
    if members.keys() != _NAMES or not all(type(members[name]) is str for name in _TEXTS):
        return False
    index, version, evidence = members["index"], members["version"], members["evidence"]
    return (
        type(index) is int
        and index >= 0
        and type(version) is int
        and version >= 0
        and _INSTANT.fullmatch(str(members["appended_at"])) is not None
        and int(str(members["appended_at"])) < _INSTANTS_END
        and type(members["payload"]) is dict
        and type(evidence) is list
        and all(type(sha256) is str and _SHA256.fullmatch(sha256) is not None for sha256 in evidence)
    )


leaf_hash = merkle.leaf_hash
"""RFC 6962 §2.1 hash of an entry as a leaf of the tree, 32 bytes."""
