"""A file that grows: whole lines that were added since the last look."""

from __future__ import annotations

from dataclasses import dataclass
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

    def added(self) -> bytes:
        """Whole lines that came since the last look, without the head; empty if none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return b""
        mark = self.mark
        if mark.inode and (found.st_ino != mark.inode or found.st_size < mark.offset):
            self.begun_again += 1
            mark = Mark()
        self.mark = Mark(mark.offset, found.st_ino, mark.head)
        if found.st_size == mark.offset:
            return b""
        with self.path.open("rb") as file:
            file.seek(mark.offset)
            content = file.read(MOST_BYTES)
        content = content[: content.rfind(b"\n") + 1]
        offset, head = mark.offset + len(content), mark.head
        if self.has_head and not head and content:
            end = content.find(b"\n") + 1
            head, content = content[:end], content[end:]
        self.mark = Mark(offset, found.st_ino, head)
        return content
