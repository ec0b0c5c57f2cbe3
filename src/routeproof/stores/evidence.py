"""Evidence: documents that ledger entries name by the hash of their envelope; they may expire, their hash stays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from routeproof.ledger.envelope import NONCE_BYTES, Document, envelope_hash, seal, unseal
from routeproof.stores.files import PART, sync_folder, write_all_whole, write_whole
from routeproof.vocab.errors import LedgerBrokenError, RouteproofError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class ExpiredError(RouteproofError):
    """The document is not held any more."""

    code = "evidence_gone"


class EvidenceStore:
    """The folder `evidence/`: one envelope per file, named by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes, *, media_type: str, name: str, nonce: bytes | None = None) -> str:
        """Store a document, durable on return; its hash is what an entry names."""
        envelope = seal(Document(name, media_type, content), nonce or os.urandom(NONCE_BYTES))
        sha256 = envelope_hash(envelope)
        write_whole(self._folder / sha256, envelope)
        return sha256

    def put_all(self, contents: Sequence[bytes], *, media_type: str, name: str) -> list[str]:
        """Store documents of one kind, all durable on return; their hashes in the same order."""
        envelopes = [seal(Document(name, media_type, content), os.urandom(NONCE_BYTES)) for content in contents]
        hashes = [envelope_hash(envelope) for envelope in envelopes]
        if hashes:
            write_all_whole(self._folder, dict(zip(hashes, envelopes, strict=True)))
        return hashes

    def get(self, sha256: str) -> Document:
        """The document of that hash.

        Raises:
            ExpiredError: if it is not there.
            LedgerBrokenError: if its bytes changed.
        """
        path = self._folder / sha256
        try:
            envelope = path.read_bytes()
        except FileNotFoundError as error:
            message = f"expected evidence {sha256}, found none: it expired or was removed"
            raise ExpiredError(message, where=str(path)) from error
        if envelope_hash(envelope) != sha256:
            message = "expected evidence as it was recorded, found a changed file: run `routeproof ledger verify`"
            raise LedgerBrokenError(message, where=str(path))
        return unseal(envelope)

    def has(self, sha256: str) -> bool:
        """Whether the document is held."""
        return (self._folder / sha256).is_file()

    def destroy(self, sha256: str) -> None:
        """Remove the document; copies on media outside this folder are not reached."""
        (self._folder / sha256).unlink(missing_ok=True)
        if self._folder.is_dir():
            sync_folder(self._folder)

    def names(self) -> list[str]:
        """Hashes of all documents that are held, in order."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.suffix != PART)
