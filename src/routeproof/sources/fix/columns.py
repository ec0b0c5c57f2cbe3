"""From value positions to a polars frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix import typed
from routeproof.sources.fix.tags import FIELDS, Kind

if TYPE_CHECKING:
    import numpy.typing as npt

_ARENA = 1 << 24
_SLOTS = 1 << 20
_MOST_WORDS = _SLOTS // 2
_PAD = 8
_SUBSTITUTE = 26
_MISC_FEE = next(index for index, field in enumerate(FIELDS) if field.kind is Kind.TOTAL)


class Words:
    """The shared dictionary of few-valued columns; it starts anew when it grows large, so memory stays bounded."""

    def __init__(self) -> None:
        self._slots = np.zeros(_SLOTS, dtype=np.int32)
        self._starts = np.zeros(_MOST_WORDS + 1, dtype=np.int64)
        self._arena = np.zeros(_ARENA + _PAD, dtype=np.uint8)
        self._count = 0
        self._texts = pl.Series(dtype=pl.String)

    def column(self, buf: npt.NDArray[np.uint8], spans: npt.NDArray[np.uint64], rows: int, index: int) -> pl.Series:
        """One column as String."""
        size = typed.text_size(spans, rows, index)
        if size == 0:
            return _empty_or_null(spans, rows, index)
        if size > _ARENA or rows > _MOST_WORDS:
            return text_column(buf, spans, rows, index)
        if self._starts[self._count] + size + rows > _ARENA or self._count + rows > _MOST_WORDS:
            self.__init__()  # type: ignore[misc]
        codes = np.empty(rows, dtype=np.int32)
        self._count = typed.intern(buf, spans, rows, index, codes, self._slots, self._starts, self._arena, self._count)
        if self._count != len(self._texts):
            used = int(self._starts[self._count])
            self._texts = _strings(self._arena[:used])
        picks = pl.Series(codes).replace(-1, None) if codes.min() < 0 else pl.Series(codes)
        return self._texts.gather(picks)


def text_column(buf: npt.NDArray[np.uint8], spans: npt.NDArray[np.uint64], rows: int, index: int) -> pl.Series:
    """A many-valued column as String."""
    size = typed.text_size(spans, rows, index)
    if size == 0:
        return _empty_or_null(spans, rows, index)
    out = np.empty(size + rows + _PAD, dtype=np.uint8)
    used = typed.copy_text(buf, spans, rows, index, out)
    return _with_nulls(_strings(out[:used]), spans[:rows, index] != 0)


def number_column(
    buf: npt.NDArray[np.uint8], spans: npt.NDArray[np.uint64], rows: int, index: int
) -> npt.NDArray[np.int64]:
    """(rows,) values of a numeric column, `typed.NULL` where absent, `typed.BAD` where it is no such number."""
    out = np.empty(rows, dtype=np.int64)
    typed.numbers(buf, spans, rows, index, int(FIELDS[index].kind), out)
    return out


def frame_of(
    buf: npt.NDArray[np.uint8], spans: npt.NDArray[np.uint64], fees: npt.NDArray[np.int64], rows: int, words: Words
) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
    """The kept tags of `rows` messages as typed columns, and per message the first tag whose value is not of its type (0 = none)."""
    bad = np.zeros(rows, dtype=np.int64)
    _replace_nuls(buf, spans, rows)
    columns = []
    for index, field in enumerate(FIELDS):
        if field.kind is Kind.WORD:
            series = words.column(buf, spans, rows, index)
        elif field.kind is Kind.TEXT:
            series = text_column(buf, spans, rows, index)
        else:
            values = fees[:rows].copy() if index == _MISC_FEE else number_column(buf, spans, rows, index)
            bad[(values == typed.BAD) & (bad == 0)] = field.tag
            series = _with_nulls(pl.Series(values), values > typed.BAD)
        columns.append(series.alias(field.name))
    return pl.DataFrame(columns), bad


def _replace_nuls(buf: npt.NDArray[np.uint8], spans: npt.NDArray[np.uint64], rows: int) -> None:
    """NUL ends a value on its way into a column, so a NUL inside one becomes SUB, which stands for an unusable character."""
    if rows == 0:
        return
    ends = (spans[rows - 1] >> np.uint64(32)) + (spans[rows - 1] & np.uint64(0xFFFFFFFF))
    region = buf[int(spans[0, 0] >> np.uint64(32)) : int(ends.max())]
    if region.min() == 0:
        region[region == 0] = _SUBSTITUTE


def _with_nulls(series: pl.Series, valid: npt.NDArray[np.bool_]) -> pl.Series:
    if valid.all():
        return series
    return pl.select(pl.when(pl.Series(valid)).then(series)).to_series()


def _empty_or_null(spans: npt.NDArray[np.uint64], rows: int, index: int) -> pl.Series:
    absent = spans[:rows, index] == 0
    if absent.all():
        return pl.Series([None], dtype=pl.String).new_from_index(0, rows)
    return pl.Series([None if missing else "" for missing in absent.tolist()], dtype=pl.String)


def _strings(content: npt.NDArray[np.uint8]) -> pl.Series:
    """A String series of values that each end with a NUL; bytes that are no UTF-8 are read as Latin-1.

    Splitting one long text is the fastest public way to hand polars many strings without pyarrow.
    """
    raw = content.tobytes()
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
