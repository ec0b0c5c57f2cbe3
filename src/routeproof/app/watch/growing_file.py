"""A file that grows: whole lines that were added since the last look."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 16 << 20
"""Bytes taken at a time; the rest waits for the next look."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read.

    Attributes:
        offset: bytes that were given out.
        inode: which file had that name then; 0 before it was there.
        head: its first line, where the format has one.
    """

    offset: int = 0
    inode: int = 0
    head: bytes = b""


@dataclass(slots=True)
class GrowingFile:
    """Where reading stands.

    Attributes:
        path: the file; it need not be there yet.
        has_head: whether the first line names the columns.
        mark: how far it was read.
        begun_again: how often another file was found under the name, or less than was read: it is read from its
            beginning then, since what comes twice changes nothing.
    """

    path: Path
    has_head: bool
    mark: Mark = Mark()
    begun_again: int = 0
    _descriptor: int | None = field(default=None, repr=False)

    def added(self) -> bytes:
        """Whole lines that came since the last look, without the head; empty if none.

        A file that was given another name, as when logs are rotated, is read to its end first.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return self._read()
        if self.mark.inode and found.st_ino != self.mark.inode and (rest := self._read()):
            return rest
        if self.mark.inode and (found.st_ino != self.mark.inode or found.st_size < self.mark.offset):
            self.begun_again += 1
            self.mark = Mark()
            self._close()
        self.mark = Mark(self.mark.offset, found.st_ino, self.mark.head)
        if found.st_size == self.mark.offset:
            return b""
        if self._descriptor is None:
            self._open(found.st_ino)
        return self._read()

    def _open(self, inode: int) -> None:
        """Hold the file open, so that its end is read whatever its name is by then."""
        descriptor = os.open(self.path, os.O_RDONLY)
        if os.fstat(descriptor).st_ino == inode:
            self._descriptor = descriptor
        else:  # another took its place since: the next look finds that one
            os.close(descriptor)

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _read(self) -> bytes:
        """Whole lines after the mark of the file that is held open; the mark goes on with them."""
        if self._descriptor is None:
            return b""
        mark = self.mark
        content = os.pread(self._descriptor, MOST_BYTES, mark.offset)
        content = content[: content.rfind(b"\n") + 1]
        offset, head = mark.offset + len(content), mark.head
        if self.has_head and not head and content:
            end = content.find(b"\n") + 1
            head, content = content[:end], content[end:]
        self.mark = Mark(offset, mark.inode, head)
        return content
