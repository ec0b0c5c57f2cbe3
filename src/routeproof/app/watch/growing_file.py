"""A file that grows: whole lines that were added since the last look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 16 << 20
"""Bytes taken at a time; the rest waits for the next look."""


@dataclass(slots=True)
class GrowingFile:
    """Where reading stands.

    Attributes:
        path: the file; it need not be there yet.
        offset: bytes that were given out.
        head: its first line, where the format has one.
        has_head: whether the first line names the columns.
    """

    path: Path
    has_head: bool
    offset: int = 0
    head: bytes = b""

    def added(self) -> bytes:
        """Whole lines that came since the last look, without the head; empty if none.

        Raises:
            DataRejectedError: the file is shorter than what was read of it: it is another file now.
        """
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return b""
        if size < self.offset:
            message = f"expected a file that only grows, found {size} bytes where {self.offset} were read: start again"
            raise DataRejectedError(message, where=str(self.path))
        if size == self.offset:
            return b""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            content = file.read(MOST_BYTES)
        content = content[: content.rfind(b"\n") + 1]
        self.offset += len(content)
        if self.has_head and not self.head and content:
            end = content.find(b"\n") + 1
            self.head, content = content[:end], content[end:]
        return content
