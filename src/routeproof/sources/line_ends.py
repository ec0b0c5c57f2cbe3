"""Line ends of text files: a file whose lines end with a carriage return alone is read as if they ended with a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def with_line_feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks of a file, its carriage returns made line feeds if its first block has some and no line feed.

    Such a file would be one record, and all of it but the header be lost. No byte moves: places in the file stay true.
    """
    first = next(blocks, b"")
    if b"\r" in first.rstrip(b"\r") and b"\n" not in first:
        yield first.replace(b"\r", b"\n")
        yield from (block.replace(b"\r", b"\n") for block in blocks)
    else:
        yield first
        yield from blocks
