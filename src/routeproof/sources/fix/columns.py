"""Memory for the messages of a piece, and those messages as a polars frame."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix import arrow, cells
from routeproof.sources.fix.tags import FIELDS
from routeproof.sources.fix.values import PAD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routeproof.sources.fix.values import Longs

ROWS = 1 << 16
FIRST_ROOM = 1 << 16
_SUBSTITUTE = b"\x1a"
_NAMES = (*(field.name for field in FIELDS), "sent_at", "message_id", "source_row")


class Columns:
    """Up to 65,536 messages as columns.

    Attributes:
        cells: what the kernels write.
    """

    def __init__(self) -> None:
        self.cells = cells.Cells(
            memory=np.zeros((cells.COLUMNS, cells.SLOTS), dtype=np.int64),
            seen=np.zeros(ROWS, dtype=np.uint64),
            doubts=np.zeros(ROWS, dtype=np.int16),
            places=np.zeros(ROWS, dtype=np.uint64),
            date=np.zeros(2, dtype=np.int64),
        )
        for column in range(cells.COLUMNS):
            self._renew(column)
        weakref.finalize(self, _release, self.cells.memory).atexit = False

    def make_room(self) -> None:
        """More room for the long texts of each column that was refused some."""
        memory = self.cells.memory
        for column in np.flatnonzero(memory[:, cells.WANTED] > memory[:, cells.ROOM]).tolist():
            size = max(2 * int(memory[column, cells.ROOM]), int(memory[column, cells.WANTED]), FIRST_ROOM)
            memory[column, cells.LONG] = arrow.resize(int(memory[column, cells.LONG]), size)
            memory[column, cells.ROOM] = size

    def write_decoded(self, row: int, column: int, raw: bytes) -> None:
        """Write a text that is not ASCII or holds a NUL, which stands for a character nobody can use."""
        text = _text(raw.replace(b"\0", _SUBSTITUTE)).encode()
        content = np.frombuffer(text + bytes(PAD), dtype=np.uint8)
        while not cells.put_text(content, 0, len(text), column, row, self.cells.memory):
            self.make_room()

    def frame(self, rows: int) -> pl.DataFrame:
        """The first rows as a frame of the kept tags that any of them has, `sent_at`, `message_id` and `source_row`.

        The columns are empty again afterwards.
        """
        seen = self.cells.seen[:rows]
        some = int(np.bitwise_or.reduce(seen)) if rows else 0
        every = int(np.bitwise_and.reduce(seen)) if rows else 0
        facts = 1 << cells.MESSAGE_ID | 1 << cells.SOURCE_ROW
        some, every = some | facts, every | facts
        return pl.DataFrame([self._series(column, rows, full=bool(every >> column & 1)) for column in _bits(some)])

    def _series(self, column: int, rows: int, *, full: bool) -> pl.Series:
        """Give the column's memory away."""
        memory = self.cells.memory
        is_text = column < cells.TEXTS
        width = 16 if is_text else 8
        values = int(memory[column, cells.BASE])
        memory[column, cells.BASE] = 0
        validity, absent = 0, 0
        if not full:
            validity = arrow.resize(0, 8 * (rows // 64 + 1))
            absent = cells.mark_absent(self.cells.seen[:rows], column, values, width, validity)
        if rows < ROWS:
            values = arrow.resize(values, max(1, width * rows))
        text, size = int(memory[column, cells.LONG]), int(memory[column, cells.USED])
        text = arrow.resize(text, size) if size else text
        memory[column, cells.LONG] = 0
        self._renew(column)
        return arrow.Column(rows, values, validity, absent, text, size, is_text).series(_NAMES[column])

    def _renew(self, column: int) -> None:
        width = 16 if column < cells.TEXTS else 8
        self.cells.memory[column] = arrow.resize(0, width * ROWS), 0, 0, 0, 0


def _release(memory: Longs) -> None:
    """Give back what no frame was given."""
    for address in memory[:, [cells.BASE, cells.LONG]].ravel().tolist():
        arrow.free(address)


def _bits(word: int) -> Iterable[int]:
    return (bit for bit in range(word.bit_length()) if word >> bit & 1)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
