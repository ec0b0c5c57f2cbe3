"""Byte streams: plain, gzip, zstandard and one-member zip files read the same way."""

from __future__ import annotations

import contextlib
import gzip
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZIP_MAGIC = b"PK\x03\x04"
BLOCK_BYTES = 8 << 20
BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError, zipfile.BadZipFile)
UNOPENED = (*BROKEN, NotImplementedError, OSError, RuntimeError, ValueError)
"""What `zipfile` raises for headers that lie: unknown versions, passwords, places before the file's begin."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class DamagedFileError(DataRejectedError):
    """The bytes stop or break before the file says they end."""

    code = "damaged_file"


@contextlib.contextmanager
def open_stream(path: Path) -> Iterator[BinaryIO]:
    """The file's content, decompressed by what its first bytes say, not by its name."""
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic.startswith(GZIP_MAGIC):
            with gzip.open(file) as stream:
                yield cast("BinaryIO", stream)
        elif magic == ZSTD_MAGIC:
            with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream:
                yield cast("BinaryIO", stream)
        elif magic == ZIP_MAGIC:
            with _only_member(path) as stream:
                yield stream
        else:
            yield file


@contextlib.contextmanager
def _only_member(path: Path) -> Iterator[BinaryIO]:
    try:
        archive = zipfile.ZipFile(path)
    except UNOPENED as error:
        raise _damaged(path, error) from error
    with archive:
        members = [item for item in archive.infolist() if not item.is_dir()]
        if len(members) != 1:
            message = f"expected one file in the archive, found {len(members)}"
            raise DamagedFileError(message, where=path.name)
        if members[0].compress_type not in METHODS:
            message = f"expected a stored or deflated file in the archive, found method {members[0].compress_type}"
            raise DamagedFileError(message, where=path.name)
        try:
            stream = archive.open(members[0])
        except UNOPENED as error:
            raise _damaged(path, error) from error
        with stream:
            yield cast("BinaryIO", stream)


def blocks(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    """Blocks of about eight MiB.

    Raises:
        DamagedFileError: where a compressed stream breaks off; everything before it has been given.
    """
    read_some = getattr(stream, "read1", stream.read)
    gathered: list[bytes] = []
    size = 0
    while True:
        try:
            block = read_some(BLOCK_BYTES)
        except BROKEN as error:
            yield b"".join(gathered)
            raise _damaged(path, error) from error
        gathered.append(block)
        size += len(block)
        if size >= BLOCK_BYTES or not block:
            yield b"".join(gathered)
            gathered, size = [], 0
        if not block:
            _expect_end(stream, path)
            return


def _expect_end(stream: BinaryIO, path: Path) -> None:
    """A zstandard reader ends quietly inside a frame, or inside its head; the frame's own length tells."""
    if not isinstance(stream, zstandard.ZstdDecompressionReader):
        return
    with path.open("rb") as file:
        head = file.read(18)
    try:
        declared = zstandard.frame_content_size(head)
    except zstandard.ZstdError as error:
        raise _damaged(path, error) from error
    if declared > stream.tell():
        message = f"expected {declared} bytes of content, found {stream.tell()}: the file is cut off"
        raise DamagedFileError(message, where=path.name)


def _damaged(path: Path, error: Exception) -> DamagedFileError:
    return DamagedFileError(
        f"expected a whole compressed file, found: {error or type(error).__name__}", where=path.name
    )
