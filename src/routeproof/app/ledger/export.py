"""The whole log as files that anyone can check: C2SP tiles, checkpoints, evidence, and the verifier itself."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING

from routeproof.app.ledger.checkpoints import kept_notes, sign_leaves
from routeproof.app.ledger.evidence import evidence_path, named_evidence
from routeproof.app.ledger.log_key import log_key
from routeproof.ledger.entry import leaf_hash, read_entry
from routeproof.ledger.listing import listing_text
from routeproof.ledger.merkle import Tree
from routeproof.ledger.note import sign_note
from routeproof.ledger.tiles import TILE_WIDTH, bundle, hash_tiles, tile_path, tiles_of_level
from routeproof.stores.files import sha256_of, sync_folder
from routeproof.vocab.errors import LedgerBrokenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.ledger.entry import Recorded

LISTING = "listing"
CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        path: the folder.
        size: entries.
        root: hex.
    """

    path: Path
    size: int
    root: str


def export_ledger(context: Context, out: Path) -> Exported:
    """Write the log into a new or empty folder; two exports of one state have the same bytes.

    The list of files is signed and covers what does not follow from the entries: key, kept checkpoints, evidence,
    verifier. Tiles and checkpoint follow from the entries, so every file of an export is held by something signed.

    Raises:
        UsageError: if the folder holds something.
        LedgerBrokenError: if evidence that an entry names is missing, or the entries are not those appended.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        message = f"expected an empty or new folder, found something in {out}"
        raise UsageError(message, where="--out")
    key = log_key(context)
    entries = context.records.entries()
    leaves = [leaf_hash(entry) for entry in entries]
    if leaves != context.records.leaves(0, len(leaves)):
        message = "expected the entries as they were appended, found changed ones: run `routeproof ledger verify`"
        raise LedgerBrokenError(message, where=context.workspace.records_path.name)
    read = [read_entry(entry) for entry in entries]
    out.mkdir(parents=True, exist_ok=True)
    signed = sign_leaves(leaves, key)
    _write_tiles(out, entries, leaves)
    files = _write_beside(context, out, read, f"{key.verifier}\n".encode())
    _put(out, LISTING, sign_note(listing_text(key.verifier.name, files), key.verifier.name, key.private))
    _put(out, CHECKPOINT, signed.note)
    sync_folder(out)
    return Exported(out, signed.checkpoint.size, signed.checkpoint.root.hex())


def sign_listing(context: Context, files: Mapping[str, str]) -> bytes:
    """A signed list of files (path to SHA-256) for whatever is put around an export; `verify.py` checks it too."""
    key = log_key(context)
    return sign_note(listing_text(key.verifier.name, files), key.verifier.name, key.private)


def verifier_source() -> bytes:
    """The offline verifier, byte for byte as it ships."""
    return resources.files("routeproof.stores.offline").joinpath("verify.py").read_bytes()


def _write_tiles(out: Path, entries: list[bytes], leaves: list[bytes]) -> None:
    for path, content in hash_tiles(Tree(leaves)):
        _put(out, path, content)
    for index, width in tiles_of_level(len(entries)):
        start = index * TILE_WIDTH
        _put(out, tile_path("entries", index, width), bundle(entries[start : start + width]))


def _write_beside(context: Context, out: Path, entries: list[Recorded], vkey: bytes) -> dict[str, str]:
    """Key, verifier, kept checkpoints and evidence; their hashes by path."""
    small = {"vkey": vkey, "verify.py": verifier_source()}
    kept = [path for _, path in kept_notes(context)]
    # Time-stamps go along; whoever relies on one verifies its chain of certificates with their own tools.
    kept += sorted(context.workspace.checkpoints_folder.glob("*.tsr"))
    small |= {f"checkpoints/{path.name}": path.read_bytes() for path in kept}
    for path, content in small.items():
        _put(out, path, content)
    files = {path: sha256(content).hexdigest() for path, content in small.items()}
    for digest, index in named_evidence(entries).items():
        source = evidence_path(context, digest)
        if not source.is_file() or sha256_of(source) != digest:
            message = f"expected the evidence {digest} of entry {index}, found none or a changed file"
            raise LedgerBrokenError(message, where=str(source))
        target = out / "evidence" / digest
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
        files[f"evidence/{digest}"] = digest
    return files


def _put(out: Path, path: str, content: bytes) -> None:
    target = out / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
