"""Checkpoints of the workspace's log: made from the leaves as appended, kept hourly, told to whoever keeps one."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.app.ledger.log_key import LogKey, log_key
from routeproof.ledger.checkpoint import Checkpoint, sign_checkpoint
from routeproof.ledger.entry import read_entry
from routeproof.ledger.merkle import root_of
from routeproof.stores.files import write_whole
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routeproof.app.context import Context

KEEP_EVERY_NS = 3_600 * NS_PER_S
KEEP_EVERY_ENTRIES = 1_000
ROOT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint and its note.

    Attributes:
        checkpoint: what is said.
        note: the signed bytes.
        path: where it was written; none if it was not.
    """

    checkpoint: Checkpoint
    note: bytes
    path: Path | None = None


def checkpoint_now(context: Context, key: LogKey | None = None) -> Signed:
    """The log as it stands, signed."""
    used = key or log_key(context)
    leaves = context.records.leaves()
    return sign_leaves(leaves, used)


def sign_leaves(leaves: Sequence[bytes], key: LogKey) -> Signed:
    """A checkpoint over these leaves."""
    checkpoint = Checkpoint(key.verifier.name, len(leaves), root_of(leaves))
    return Signed(checkpoint, sign_checkpoint(checkpoint, key.private))


def write_checkpoint(context: Context, folder: Path) -> Signed:
    """Write the checkpoint of now into a folder, which is best on another machine, and keep it here too."""
    signed = checkpoint_now(context)
    path = folder / f"checkpoint-{signed.checkpoint.size}.note"
    if path.exists() and path.read_bytes() != signed.note:
        # Another log's, or another history's: what somebody keeps to compare with is never written over.
        path = folder / f"checkpoint-{signed.checkpoint.size}-{signed.checkpoint.root.hex()[:ROOT_DIGITS]}.note"
    write_whole(path, signed.note)
    with contextlib.suppress(OSError):
        _keep(context, signed)  # the workspace may be on a disk that takes no writes: the one outside counts
    return Signed(signed.checkpoint, signed.note, path)


def checkpoint_at(context: Context, size: int) -> bytes:
    """The note over the first `size` entries: the one that is kept, or one that is signed and kept now."""
    path = context.workspace.checkpoints_folder / f"{size}.note"
    if not path.exists():
        _keep(context, sign_leaves(context.records.leaves(0, size), log_key(context)))
    return path.read_bytes()


def keep_checkpoint(context: Context, *, always: bool = False) -> Signed | None:
    """After an append: keep a checkpoint in the workspace if it is time, or `always` (a sign-off).

    It is time when the newest is over an hour old, or 1,000 entries came since, as when many are loaded at once.
    Age is told by the ledger's own times: from when the last entry under the newest checkpoint was appended.
    Returns what was kept; none if it was not yet time or nothing was appended since.

    Raises:
        WriteFailedError: the disk did not take it; the record is read-only from then on.
    """
    kept = kept_notes(context)
    size = kept[-1][0] if kept else 0
    last = context.records.entries(size - 1, size) if size else []
    new = context.records.size() - size
    if not new:
        return None
    recent = last and context.clock() - read_entry(last[0]).appended_at < KEEP_EVERY_NS
    if recent and not always and new < KEEP_EVERY_ENTRIES:
        return None
    signed = checkpoint_now(context)
    try:
        return _keep(context, signed)
    except OSError as error:
        # What was acknowledged is kept; but a disk that does not take a checkpoint is not asked for more.
        stopped = context.records.stop(f"a checkpoint could not be kept: {error.strerror}")
        raise stopped from error


def kept_notes(context: Context) -> list[tuple[int, Path]]:
    """Checkpoints kept in the workspace, smallest first."""
    found = [
        (int(path.stem), path) for path in context.workspace.checkpoints_folder.glob("*.note") if path.stem.isdecimal()
    ]
    return sorted(found)


def _keep(context: Context, signed: Signed) -> Signed:
    path = context.workspace.checkpoints_folder / f"{signed.checkpoint.size}.note"
    # A checkpoint of a size is kept once: the first one is the witness, whatever is signed later.
    if not path.exists():
        write_whole(path, signed.note)
    return Signed(signed.checkpoint, signed.note, path)
