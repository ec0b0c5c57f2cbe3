"""C2SP checkpoints: origin, size and root of the tree in a signed note (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from routeproof.ledger import base64_strict
from routeproof.ledger.merkle import HASH_BYTES
from routeproof.ledger.note import NoteError, VerifierKey, open_note, sign_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_NUMBER = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)
_HEAD_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log said of itself at one size.

    Attributes:
        origin: which log.
        size: number of entries.
        root: RFC 6962 root over them, 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64_strict.encode(self.root)}\n"


def origin_of(first_entry: bytes) -> str:
    """Name of the log that begins with this entry: no two logs share it."""
    return f"routeproof/{sha256(first_entry).hexdigest()[:16]}"


def sign_checkpoint(checkpoint: Checkpoint, private_key: Ed25519PrivateKey) -> bytes:
    """The checkpoint as a note, signed under the log's own name."""
    return sign_note(checkpoint.text, checkpoint.origin, private_key)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text spells; extension lines are not looked at.

    Raises:
        NoteError: if it is none.
    """
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _HEAD_LINES or not all(lines) or not _NUMBER.fullmatch(lines[1]):
        message = "expected a checkpoint: origin, size and root, one a line"
        raise NoteError(message)
    try:
        root = base64_strict.decode(lines[2])
    except ValueError as error:
        raise NoteError(str(error)) from error
    if len(root) != HASH_BYTES:
        message = f"expected a root of {HASH_BYTES} bytes, found {len(root)}"
        raise NoteError(message)
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def open_checkpoint(note: bytes, keys: Sequence[VerifierKey]) -> tuple[Checkpoint, list[VerifierKey]]:
    """The checkpoint of a signed note and the trusted keys that signed it.

    Raises:
        NoteError: if the note or the checkpoint is malformed, or not signed by a trusted key.
    """
    text, signers = open_note(note, keys)
    return parse_checkpoint(text), signers
