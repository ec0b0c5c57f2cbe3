"""A file cut into blocks of whole records, each with the number of its first, so that each can be read by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.line_ends import with_line_feeds
from routeproof.sources.streams import blocks, open_stream
from routeproof.sources.text_frames import BYTE_ORDER_MARK
from routeproof.sources.text_records import IDLE, Piece, RecordScanner, idle_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.sources.rule605.sniff import Sniffed


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive records, the header not among them.

    Attributes:
        piece: where they begin and end.
        first: number of the first data record, 1 at the beginning of the file.
        count: data records; blank lines are none, what never became a record is one.
    """

    piece: Piece
    first: int
    count: int


def record_blocks(path: Path, sniffed: Sniffed) -> Iterator[Block]:
    """All data records of a file in order, some MiB at a time.

    Raises:
        DamagedFileError: where a packed file breaks off.
    """
    first = 1
    with open_stream(path) as stream:
        for piece in RecordScanner().pieces(_data(with_line_feeds(blocks(stream, path)), sniffed)):
            count = len(piece.starts) - len(idle_records(piece)) + len(piece.refused)
            if count:
                yield Block(piece, first, count)
                first += count


def _data(found: Iterator[bytes], sniffed: Sniffed) -> Iterator[bytes]:
    """Blocks without byte order mark and header: the first line that is not blank, which holds no line end."""
    head = next(found, b"").removeprefix(BYTE_ORDER_MARK)
    yield head.lstrip(IDLE).partition(b"\n")[2] if sniffed.header else head
    yield from found
