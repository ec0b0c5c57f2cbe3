"""A person's signature under what they did: it covers everything of the fact but index and time of the append."""

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


def attested_bytes(fact: Fact) -> bytes:
    """What the signature speaks of, in canonical form."""
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
    return canonical_bytes(members)


def attest(fact: Fact, key: Ed25519PrivateKey) -> Fact:
    """The fact with the person's signature in its payload."""
    signature = base64.b64encode(key.sign(attested_bytes(fact))).decode()
    mark = {"key": key_id(public_text(key.public_key())), "signature": signature}
    return replace(fact, payload={**fact.payload, ATTESTED: mark})
