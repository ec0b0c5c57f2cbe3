"""Bytes of a log file, whatever it is packed in; what can be read of a damaged file is read."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, BinaryIO, Protocol

import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP_WINDOW = 31  # zlib's word for "expect a gzip header"


class _Unpacker(Protocol):
    @property
    def unused_data(self) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class LogStream:
    """Reads a log, plain or packed.

    Attributes:
        damage: why reading ended early, empty if the file was whole.
        damage_reason: `truncated_file` or `damaged_file`, empty if the file was whole.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.damage = ""
        self.damage_reason = ""
        start = file.read(len(_ZSTD_MAGIC))
        if start[:2] == _GZIP_MAGIC:
            self._blocks = self._unpack(start, "gzip")
        elif start == _ZSTD_MAGIC:
            self._blocks = self._unpack(start, "zstd")
        else:
            self._blocks = iter((start,)) if start else iter(())
            self._plain = True
        self._plain = start[:2] != _GZIP_MAGIC and start != _ZSTD_MAGIC
        self._left = b""

    def fill(self, view: memoryview) -> int:
        """Fill a view from its start; fewer bytes than asked only at the end of the file."""
        done = 0
        while done < len(view):
            if not self._left:
                block = next(self._blocks, b"")
                if not block:
                    break
                self._left = block
            take = min(len(self._left), len(view) - done)
            view[done : done + take] = self._left[:take]
            self._left = self._left[take:]
            done += take
        while self._plain and done < len(view):
            count = self._file.readinto(view[done:])  # type: ignore[attr-defined]
            if not count:
                break
            done += count
        return done

    def _unpack(self, start: bytes, packing: str) -> Iterator[bytes]:
        unpacker = _unpacker(packing)
        data = start + self._file.read(_BLOCK)
        while data:
            try:
                block = unpacker.decompress(data)
            except (zlib.error, zstandard.ZstdError) as error:
                self.damage = f"expected whole {packing} data, found damage: {error}"
                self.damage_reason = "damaged_file"
                return
            if block:
                yield block
            data = unpacker.unused_data if unpacker.eof else b""
            if unpacker.eof:
                data = data or self._file.read(_BLOCK)
                unpacker = _unpacker(packing)
                if not data.strip(b"\0"):
                    return
            else:
                data = self._file.read(_BLOCK)
        self.damage = f"expected the end of the {packing} data, found the end of the file before it"
        self.damage_reason = "truncated_file"


def _unpacker(packing: str) -> _Unpacker:
    if packing == "gzip":
        return zlib.decompressobj(_GZIP_WINDOW)
    return zstandard.ZstdDecompressor().decompressobj()
