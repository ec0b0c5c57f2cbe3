"""Evidence envelopes: a nonce before the content, so that a hash in the ledger betrays nothing of a lost file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from routeproof.ledger.canonical import canonical_bytes
from routeproof.vocab.errors import LedgerBrokenError

NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Document:
    """What an envelope holds.

    Attributes:
        name: file name that people see.
        media_type: such as `text/plain; charset=utf-8`.
        content: the bytes.
    """

    name: str
    media_type: str
    content: bytes


def seal(document: Document, nonce: bytes) -> bytes:
    """Bytes of the envelope: nonce, one line of canonical JSON about the content, the content.

    Raises:
        ValueError: if the nonce has not 32 bytes.
    """
    if len(nonce) != NONCE_BYTES:
        message = f"expected a nonce of {NONCE_BYTES} bytes, found {len(nonce)}"
        raise ValueError(message)
    header = canonical_bytes({"media_type": document.media_type, "name": document.name})
    return nonce + header + b"\n" + document.content


def unseal(envelope: bytes) -> Document:
    """The document in an envelope.

    Raises:
        LedgerBrokenError: if the bytes are no envelope.
    """
    header, separator, content = envelope[NONCE_BYTES:].partition(b"\n")
    try:
        members = json.loads(header)
        name, media_type = members["name"], members["media_type"]
    except (ValueError, KeyError, TypeError) as error:
        message = f"expected an evidence envelope, found bytes that are none: {error}"
        raise LedgerBrokenError(message) from error
    if not separator:
        message = "expected an evidence envelope, found no end of its header"
        raise LedgerBrokenError(message)
    return Document(name=name, media_type=media_type, content=content)


def envelope_hash(envelope: bytes) -> str:
    """SHA-256 of the envelope, lower-case hex: the evidence's name."""
    return hashlib.sha256(envelope).hexdigest()
