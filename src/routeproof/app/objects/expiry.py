"""Which documents the record says have expired, and which entries may say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routeproof.ledger.entry import Fact

EXPIRED = "evidence.expired"
MIGRATED = "workspace"
"""Stream in which a migration declares expired what version 1 named and never held: files of packs, by their hash."""


class NamedDocuments:
    """Documents that entries name, and what became of them, entry by entry.

    Attributes:
        first: hash of each document to the entry that named it first.
    """

    def __init__(self) -> None:
        self.first: dict[str, int] = {}
        self._files_of_packs: set[str] = set()
        self._otherwise_named: set[str] = set()
        self._expired: set[str] = set()
        self._never_held: set[str] = set()

    def see(self, index: int, fact: Fact) -> None:
        """Take the next entry in."""
        files: Any = fact.payload.get("files") if fact.type == "pack.built" else None
        of_pack = set(map(str, files.values())) if isinstance(files, dict) else set()
        for sha256 in fact.evidence:
            self.first.setdefault(sha256, index)
            (self._files_of_packs if sha256 in of_pack else self._otherwise_named).add(sha256)
        if fact.type == EXPIRED:
            sha256 = str(fact.payload.get("sha256"))
            if fact.stream == f"evidence/{sha256}":
                self._expired.add(sha256)
            elif fact.stream == MIGRATED:
                self._never_held.add(sha256)

    @property
    def expired(self) -> set[str]:
        """Hashes of documents that need not be there: a person let each go in its own stream, or it never was."""
        return self._expired | (self._never_held & self._files_of_packs - self._otherwise_named)

    @property
    def held(self) -> dict[str, int]:
        """Hash of each document that should be there, with the entry that named it first."""
        gone = self.expired
        return {sha256: index for sha256, index in self.first.items() if sha256 not in gone}
