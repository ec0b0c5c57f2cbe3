"""Scanned messages gathered in typed column arrays, and those as a polars frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix import typed
from routeproof.sources.fix.tags import FIELDS, Kind

if TYPE_CHECKING:
    import numpy.typing as npt

ROWS = 1 << 16
BLOCK = 1 << 9
"""Messages scanned at a time: their value positions stay in the processor's cache until they are converted."""

_PAD = 8
_SLOTS = 1 << 20
_MOST_WORDS = _SLOTS // 2
_ARENA = 1 << 24
_TEXT = 1 << 21
_SUBSTITUTE = 26
_KINDS = np.array([int(field.kind) for field in FIELDS], dtype=np.int64)


class Columns:
    """Up to 65,536 messages as columns. The dictionary of words lives on between frames until it grows large."""

    def __init__(self) -> None:
        count = len(FIELDS)
        self.rows, self._count = 0, 1
        self.fees = np.full(ROWS, typed.NULL, dtype=np.int64)
        self.hashes = np.zeros((ROWS, 2), dtype=np.uint64)
        self.bad = np.zeros(ROWS, dtype=np.int64)
        self._values = np.zeros((count, ROWS), dtype=np.int64)
        self._codes = np.zeros((count, ROWS), dtype=np.int32)
        self._texts = np.zeros((count, _TEXT + _PAD), dtype=np.uint8)
        self._used = np.zeros(count, dtype=np.int64)
        self._sizes = np.zeros(count, dtype=np.int64)
        self._forget_words()

    def fits(self, spans: npt.NDArray[np.uint64], rows: int) -> bool:
        """Whether a scanned block can be added; if not, take the frame first.

        An empty frame makes the room it needs.
        """
        words = typed.room(spans, self.hashes[self.rows :], rows, _KINDS, self._sizes)
        need = self._sizes + self._used + rows + BLOCK
        full = (
            self._starts[self._count] + words + BLOCK > self._arena.size
            or self._count + rows * len(FIELDS) > _MOST_WORDS
        )
        long = bool(need.max() > self._texts.shape[1])
        if (full or long) and self.rows == 0:
            if full:
                self._forget_words(max(_ARENA, 2 * words))
            if long:
                self._texts = np.zeros((len(FIELDS), 2 * int(need.max())), dtype=np.uint8)
            return True
        return not (full or long)

    def add(self, buf: npt.NDArray[np.uint8], spans: npt.NDArray[np.uint64], places: npt.NDArray[np.int64]) -> None:
        """Convert a scanned block.

        Its hashes already stand behind the rows so far; `places` as the scanner gives them.
        """
        rows = len(places)
        if rows == 0:
            return
        _replace_nuls(buf, int(places[0, 1]), int(places[-1, 1] + places[-1, 2]))
        self._count = typed.convert(
            buf, spans, self.hashes[self.rows :], rows, self.rows, _KINDS, self._values, self._codes, self._texts,
            self._used, self.bad, self._slots, self._keys, self._starts, self._arena, self._count,
        )  # fmt: skip
        self.rows += rows

    def frame(self) -> pl.DataFrame:
        """The messages as a frame of the kept tags that any of them has.

        Also `bad`: the first tag whose value is of a wrong type, 0 = none. The columns are empty again afterwards.
        """
        rows = self.rows
        seen = int(np.bitwise_or.reduce(self.hashes[:rows, 1])) if rows else 0
        words = self._words()
        made, fixes = [], []
        for index, field in enumerate(FIELDS):
            if not seen >> index & 1:
                continue
            column = pl.col(field.name)
            if field.kind is Kind.WORD:
                series = words.gather(self._codes[index, :rows])
            elif field.kind is Kind.TEXT:
                series = _strings(self._texts[index, : self._used[index]])
                fixes.append(pl.when(column != "").then(column))
            else:
                values = self.fees if field.kind is Kind.TOTAL else self._values[index]
                series = pl.Series(values[:rows].copy())
                fixes.append(pl.when(column > typed.BAD).then(column))
            made.append(series.alias(field.name))
        tags = np.array([0, *(field.tag for field in FIELDS)], dtype=np.int64)
        bad = tags[self.bad[:rows]]
        fee = next(field.tag for field in FIELDS if field.kind is Kind.TOTAL)
        bad[(self.fees[:rows] == typed.BAD) & (bad == 0)] = fee
        frame = pl.DataFrame([*made, pl.Series("bad", bad)]).with_columns(fixes)
        self.rows = 0
        self._used[:] = 0
        self.bad[:rows] = 0
        return frame

    def _forget_words(self, size: int = _ARENA) -> None:
        self._slots = np.zeros(_SLOTS, dtype=np.int32)
        self._keys = np.zeros(_SLOTS, dtype=np.uint64)
        self._starts = np.zeros(_MOST_WORDS + 2, dtype=np.int64)
        self._starts[1] = 1  # entry 0 stands for an absent value
        self._arena = np.zeros(size + _PAD, dtype=np.uint8)
        self._count = 1
        self._word_texts = pl.Series([None], dtype=pl.String)

    def _words(self) -> pl.Series:
        if len(self._word_texts) != self._count:
            texts = _strings(self._arena[1 : int(self._starts[self._count])])
            self._word_texts = pl.concat([pl.Series([None], dtype=pl.String), texts.rename("")])
        return self._word_texts


def _replace_nuls(buf: npt.NDArray[np.uint8], start: int, stop: int) -> None:
    """NUL ends a value in a text column, so a NUL inside one becomes SUB, which stands for an unusable character."""
    region = buf[start:stop]
    if region.min() == 0:
        region[region == 0] = _SUBSTITUTE


def _strings(content: npt.NDArray[np.uint8]) -> pl.Series:
    """A String series of values that each end with a NUL; bytes that are no UTF-8 are read as Latin-1.

    Splitting one long text is the fastest public way to hand polars many strings without pyarrow.
    """
    raw = content.tobytes()
    if not raw:
        return pl.Series([], dtype=pl.String)
    try:
        text = raw[:-1].decode("utf-8")
    except UnicodeDecodeError:
        return pl.Series([_text(value) for value in raw[:-1].split(b"\0")], dtype=pl.String)
    return pl.Series([text]).str.split("\0").explode()


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
