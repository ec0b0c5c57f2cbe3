"""Records of a delimited text file, found by byte: quoting, line ends, and what cannot be a record."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from routeproof.sources.source import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

MAX_RECORD_BYTES = 1 << 20
"""Longest record that is still a record; a longer one is refused without being held in memory."""

MAX_PIECE_RECORDS = 1 << 17
"""Most records of a piece: if they are tiny and all are refused, what is said of each takes more room than they do."""

QUOTE, NEWLINE, RETURN, NUL = 34, 10, 13, 0
FIRST_BEYOND_ASCII = 0x80
_LINE_END = b"\r\n"
IDLE = b" \t\r\n\x1a"
"""Bytes that say nothing where a line has no others."""

_LOOKED_AT = 8
"""First bytes of a record that tell, for nearly all, that it has others."""


@dataclass(slots=True)
class Piece:
    """Consecutive records of a file.

    Attributes:
        content: their bytes.
        starts: offset of each record in `content`.
        ends: offset after each record, line end included.
        rows: 1-based record number in the file, the header being row 1.
        base: offset of `content` in the (decompressed) file.
        refused: rows of `row, byte, reason, detail, raw` that never became records.
    """

    content: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    rows: NDArray[np.int64]
    base: int
    refused: list[dict[str, object]] = field(default_factory=list)

    def record(self, at: int) -> bytes:
        """Bytes of one record without its line end."""
        return self.content[int(self.starts[at]) : int(self.ends[at])].rstrip(_LINE_END)

    def refuse(self, at: int, reason: str, detail: str) -> None:
        """Note one record as refused."""
        self.refused.append(
            {
                "row": int(self.rows[at]),
                "byte": self.base + int(self.starts[at]),
                "reason": reason,
                "detail": detail,
                "raw": show(self.record(at)),
            }
        )


def fields_of(record: bytes, delimiter: str) -> list[str]:
    """Fields of one record, quoting undone."""
    return next(_rows_of(record, delimiter), [])


def every_field_of(record: bytes, delimiter: str) -> list[str]:
    """The same, also of what stands after a carriage return inside the record, so that nothing goes missing unseen."""
    return [field for row in _rows_of(record, delimiter) for field in row]


def _rows_of(record: bytes, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(record.decode("utf-8", "replace"), newline=""), delimiter=delimiter)


def quoted_rows(record: bytes, delimiter: str) -> list[list[str]]:
    """Rows of a record that holds quotes: one, unless the quotes that joined its lines were none (RFC 4180).

    Raises:
        csv.Error: if text follows a closing quote.
    """
    text = record.decode("utf-8", "replace")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


class RecordScanner:
    """Cuts blocks of bytes into pieces of whole records with bounded memory."""

    def __init__(self) -> None:
        self._carry = b""
        self._base = 0
        self._row = 0
        self._skipping: dict[str, object] | None = None
        self._refused: list[dict[str, object]] = []

    def pieces(self, blocks: Iterable[bytes]) -> Iterator[Piece]:
        """Pieces in file order; an error of the block source passes through after what came before it."""
        for block in blocks:
            self._carry += self._after_skipped(block)
            for piece in self._cut():
                yield from _parts(piece)
        for piece in self._rest():
            yield from _parts(piece)

    def _after_skipped(self, block: bytes) -> bytes:
        if self._skipping is None:
            return block
        end = block.find(b"\n")
        skipped = len(block) if end < 0 else end + 1
        self._base += skipped
        if end >= 0:
            self._skipping = None
        return block[skipped:]

    def _cut(self) -> Iterator[Piece]:
        ends = _record_ends(self._carry)
        if len(ends):
            yield self._take(ends)
        while len(self._carry) > MAX_RECORD_BYTES:
            line_end = self._carry.find(b"\n")
            if line_end < 0:
                self._begin_skipping()
                return
            self._drop_line(line_end + 1)
            ends = _record_ends(self._carry)
            if len(ends):
                yield self._take(ends)

    def _rest(self) -> Iterator[Piece]:
        while self._carry:
            ends = _record_ends(self._carry + b"\n")
            if len(ends):
                ends[-1] = min(int(ends[-1]), len(self._carry))
                yield self._take(ends)
            else:
                line_end = self._carry.find(b"\n")
                self._drop_line(len(self._carry) if line_end < 0 else line_end + 1)
        if self._refused:
            yield self._take(np.zeros(0, dtype=np.int64))

    def _take(self, ends: NDArray[np.int64]) -> Piece:
        last = int(ends[-1]) if len(ends) else 0
        starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]]) if len(ends) else ends
        rows = np.arange(self._row + 1, self._row + 1 + len(ends), dtype=np.int64)
        piece = Piece(self._carry[:last], starts, ends, rows, self._base, self._refused)
        self._carry, self._base, self._row, self._refused = (
            self._carry[last:],
            self._base + last,
            self._row + len(ends),
            [],
        )
        return piece

    def _drop_line(self, length: int) -> None:
        """A quote that never closes spoils one line, not the rest of the file."""
        self._refuse("unbalanced_quote", "a quote that does not close", self._carry[:length])
        self._carry, self._base = self._carry[length:], self._base + length

    def _begin_skipping(self) -> None:
        self._refuse("line_too_long", f"more than {MAX_RECORD_BYTES} bytes without a line end", self._carry)
        self._skipping = self._refused[-1]
        self._base += len(self._carry)
        self._carry = b""

    def _refuse(self, reason: str, detail: str, content: bytes) -> None:
        self._row += 1
        self._refused.append(
            {"row": self._row, "byte": self._base, "reason": reason, "detail": detail, "raw": show(content[:1000])}
        )


def _parts(piece: Piece) -> Iterator[Piece]:
    """The piece, in several if it has very many records."""
    count = len(piece.starts)
    if count <= MAX_PIECE_RECORDS:
        yield piece
        return
    for first in range(0, count, MAX_PIECE_RECORDS):
        last = min(first + MAX_PIECE_RECORDS, count)
        begin, end = int(piece.starts[first]), int(piece.ends[last - 1])
        yield Piece(
            piece.content[begin:end],
            piece.starts[first:last] - begin,
            piece.ends[first:last] - begin,
            piece.rows[first:last],
            piece.base + begin,
            [] if first else piece.refused,
        )


def blank_records(piece: Piece) -> NDArray[np.int64]:
    """Positions of the records that are nothing but a line end."""
    lengths = piece.ends - piece.starts
    empty, short = np.flatnonzero(lengths == 0), np.flatnonzero((lengths > 0) & (lengths <= len(_LINE_END)))
    content = np.frombuffer(piece.content, dtype=np.uint8)
    ends = (content[piece.starts[short]], content[piece.ends[short] - 1])
    is_blank = np.logical_and(*((byte == NEWLINE) | (byte == RETURN) for byte in ends))
    return np.concatenate([empty, short[is_blank]]).astype(np.int64)


def idle_records(piece: Piece) -> NDArray[np.int64]:
    """Positions of the records that have nothing but white space, or the mark of old systems for the end of a file."""
    content = np.frombuffer(piece.content, dtype=np.uint8)
    is_idle = np.zeros(256, dtype=bool)
    is_idle[list(IDLE)] = True
    some = np.arange(len(piece.starts))
    for place in range(_LOOKED_AT):  # hardly any record begins so
        at = piece.starts[some] + place
        some = some[(at >= piece.ends[some]) | is_idle[content[np.minimum(at, len(content) - 1)]]]
    return np.array([at for at in some if not piece.record(int(at)).strip(IDLE)], dtype=np.int64)


def _record_ends(content: bytes) -> NDArray[np.int64]:
    """Offsets after each line end that is not inside quotes."""
    array = np.frombuffer(content, dtype=np.uint8)
    is_end = array == NEWLINE
    if b'"' in content:
        is_end &= (np.cumsum(array == QUOTE, dtype=np.int64) & 1) == 0
    return np.flatnonzero(is_end).astype(np.int64) + 1


def field_counts(piece: Piece, delimiter: str) -> NDArray[np.int64]:
    """Number of fields of each record; delimiters inside quotes do not count."""
    array = np.frombuffer(piece.content, dtype=np.uint8)
    is_delimiter = array == ord(delimiter)
    if b'"' in piece.content:
        is_delimiter &= (np.cumsum(array == QUOTE, dtype=np.int64) & 1) == 0
    places = np.flatnonzero(is_delimiter)
    counts: NDArray[np.int64] = np.searchsorted(places, piece.ends) - np.searchsorted(places, piece.starts) + 1
    return counts


def marked_records(piece: Piece, byte: int) -> NDArray[np.int64]:
    """Positions of the records that hold a given byte."""
    found = np.flatnonzero(np.frombuffer(piece.content, dtype=np.uint8) == byte)
    return np.unique(np.searchsorted(piece.ends, found, side="right"))


def undecodable_records(piece: Piece) -> NDArray[np.int64]:
    """Positions of the records that are not UTF-8; no character crosses a line's end."""
    beyond_ascii = np.flatnonzero(np.frombuffer(piece.content, dtype=np.uint8) >= FIRST_BEYOND_ASCII)
    records = np.unique(np.searchsorted(piece.ends, beyond_ascii, side="right"))
    starts = np.append(0, piece.ends)
    held = [int(at) for at in records if at < len(piece.ends)]
    bad = [at for at in held if not _is_utf8(piece.content[int(starts[at]) : int(starts[at + 1])])]
    return np.array(bad, dtype=np.int64)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
