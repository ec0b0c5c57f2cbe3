"""Raw store: every byte that came in, under its own hash, before anything is judged."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.stores.files import blocks_of, publish, removed_after
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

PACKED_MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1")
"""gzip, zstandard, zip, Parquet."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """One kept file.

    Attributes:
        sha256: of its bytes, lower-case hex.
        path: where the store keeps it.
        name: the name it came with; the store itself does not need it.
        size: bytes.
    """

    sha256: str
    path: Path
    name: str
    size: int

    @property
    def is_packed(self) -> bool:
        """The first bytes are those of a compressed file."""
        with self.path.open("rb") as file:
            return file.read(4).startswith(PACKED_MAGIC)

    @property
    def source_id(self) -> str:
        """First 16 hex digits: what canonical rows carry."""
        return self.sha256[:16]


@dataclass(frozen=True, slots=True)
class RawStore:
    """Content-addressed files below `root`: `root/ab/abcdef…`."""

    root: Path

    def keep(self, path: Path) -> RawFile:
        """Copy a file in, synced to disk; a file that is already there is not written again.

        Raises:
            UsageError: if the path cannot be read.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        temporary = self.root / f".incoming-{os.getpid()}-{path.name[:64]}"
        digest = hashlib.sha256()
        size = 0
        with removed_after(temporary):
            try:
                with temporary.open("wb") as stream:
                    for block in blocks_of(path):
                        digest.update(block)
                        size += len(block)
                        stream.write(block)
            except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
                message = f"expected a readable file, found {error.strerror}: {path}"
                raise UsageError(message, where=str(path)) from error
            sha256 = digest.hexdigest()
            final = self.path_of(sha256)
            if not (final.exists() and final.stat().st_size == size):
                publish(temporary, final)
        return RawFile(sha256=sha256, path=final, name=path.name, size=size)

    def path_of(self, sha256: str) -> Path:
        """Where a file of that hash is kept."""
        return self.root / sha256[:2] / sha256
