"""The log's keys, one after another: which of them may have signed a checkpoint of which size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.ledger import base64_strict, ed25519
from routeproof.ledger.note import NoteError, VerifierKey, parse_verifier_key

if TYPE_CHECKING:
    from collections.abc import Mapping


def rotation_text(old: str, new: str) -> bytes:
    """What the old key signs when it hands over."""
    return f"routeproof log key rotated\n{old}\n{new}\n".encode()


@dataclass(slots=True)
class KeyChain:
    """Keys in the order in which the ledger names them.

    Attributes:
        since: each key with the smallest size of which it signs checkpoints.
    """

    since: list[tuple[VerifierKey, int]] = field(default_factory=list)

    def create(self, payload: Mapping[str, object]) -> None:
        """The first key, as `ledger.key_created` names it.

        Raises:
            NoteError: if there is a key already, or none is named.
        """
        if self.since:
            message = "expected one first key of the log, found a second"
            raise NoteError(message)
        self.since.append((parse_verifier_key(str(payload.get("vkey"))), 0))

    def rotate(self, index: int, payload: Mapping[str, object]) -> None:
        """The next key, as the entry `ledger.key_rotated` at `index` names it; the old key must have signed it.

        Raises:
            NoteError: if it does not follow from the key in force.
        """
        old, new = (parse_verifier_key(str(payload.get(name))) for name in ("old", "new"))
        if not self.since or self.since[-1][0] != old:
            message = "expected the key in force to hand over, found another"
            raise NoteError(message)
        try:
            signature = base64_strict.decode(str(payload.get("signature")))
        except ValueError as error:
            raise NoteError(str(error)) from error
        if not ed25519.verify(old.public_key, rotation_text(str(old), str(new)), signature):
            message = "expected the old key to have signed the new one"
            raise NoteError(message)
        self.since.append((new, index + 1))

    def at(self, size: int | None) -> list[VerifierKey]:
        """Keys that may sign a checkpoint of `size` entries; of any size without it.

        The entry that names a new key is the last under the old one; a checkpoint that ends there may have both.
        """
        if size is None:
            return [key for key, _ in self.since]
        ends = [since for _, since in self.since[1:]]
        return [
            key
            for place, (key, since) in enumerate(self.since)
            if since <= size and (place == len(ends) or size <= ends[place])
        ]
