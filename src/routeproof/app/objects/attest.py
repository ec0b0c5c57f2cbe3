"""A person's signature under what they did: it covers the fact and its place in the ledger, not when that was."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from routeproof.ledger.canonical import canonical_bytes
from routeproof.stores.keys import key_id, public_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.ledger.entry import Fact

ATTESTED = "attested"


INDEX = "index"
"""In the mark: the entry that was signed. What earlier programs signed has none, and stands once."""


def attested_bytes(fact: Fact, index: int | None) -> bytes:
    """What the signature speaks of, in canonical form; `index` is null in what earlier programs signed."""
    payload = {name: value for name, value in fact.payload.items() if name != ATTESTED}
    members: dict[str, Any] = {
        "stream": fact.stream,
        "type": fact.type,
        "version": fact.version,
        "business_on": fact.business_on,
        "actor": fact.actor,
        "role": fact.role,
        "session": fact.session,
        "payload": payload,
        "evidence": list(fact.evidence),
    }
    return canonical_bytes(members if index is None else {**members, "index": index})


def attest(fact: Fact, key: Ed25519PrivateKey, index: int) -> Fact:
    """The fact with the person's signature in its payload, for the entry at `index` and no other."""
    signature = base64.b64encode(key.sign(attested_bytes(fact, index))).decode()
    mark = {"key": key_id(public_text(key.public_key())), "signature": signature, INDEX: index}
    return replace(fact, payload={**fact.payload, ATTESTED: mark})
