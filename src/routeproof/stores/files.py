"""Files that are either whole and durable or not there: write beside, sync, rename, sync the folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

BLOCK_BYTES = 1 << 20
PART = ".part"
"""How names of files end that are being written."""


def sync_folder(folder: Path) -> None:
    """Make the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the file's content durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(temporary: Path, final: Path) -> None:
    """Sync `temporary`, give it its final name, sync the folders that changed."""
    sync_file(temporary)
    made = [parent for parent in final.parents if not parent.exists()]
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(final)
    sync_folder(final.parent)
    for parent in made:
        sync_folder(parent.parent)


def write_whole(final: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a small file whole and durable, with the permissions `mode` that the system lets through.

    An existing file of that name is replaced. Whoever writes the same file at the same time writes beside it too: the
    last one to be done stands.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = _part_of(final)
    try:
        temporary.touch(mode=mode)
        temporary.write_bytes(content)
        publish(temporary, final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def beside_standing(path: Path, content: bytes) -> Path:
    """The path, or where a file of other content stands there, a name beside it that says that it is not signed."""
    if not path.is_file() or path.read_bytes() == content:
        return path
    return path.with_name(f"{path.stem}.unsigned{path.suffix}")


def _part_of(final: Path) -> Path:
    """A name beside it that nobody else has; what a killed program leaves under such a name counts nowhere."""
    return final.with_name(f"{final.name}.{secrets.token_hex(4)}{PART}")


def write_all_whole(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write small files by name, each whole, and all of them durable on return; the folder is synced once for all."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {_part_of(folder / name): folder / name for name in contents}
    for path, content in zip(parts, contents.values(), strict=True):
        path.write_bytes(content)
    for path in parts:  # after all were written: the first sync takes much of the others' work with it
        sync_file(path)
    for path, final in parts.items():
        path.replace(final)
    sync_folder(folder)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, lower-case hex, read in blocks."""
    digest = hashlib.sha256()
    for block in blocks_of(path):
        digest.update(block)
    return digest.hexdigest()


def blocks_of(path: Path) -> Iterator[bytes]:
    """The file's bytes in blocks of one MiB."""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


@contextlib.contextmanager
def removed_after(path: Path) -> Iterator[Path]:
    """A temporary file that does not outlive the block."""
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
