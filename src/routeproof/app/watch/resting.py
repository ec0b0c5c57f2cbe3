"""Rows that rest in a file: memory has only what is looked at of them, and the system may have it back.

The file has no name from the moment it is made, so that nothing of it is left however the program ends; its room on the
disk is free again once no frame refers to it.
"""

from __future__ import annotations

import ctypes
import mmap
import tempfile
from functools import cache
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.sources.fix.arrow import Column
from routeproof.tables.wide import is_constant

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]

RESTS = 65_536
"""So many rows rest in a file: of most orders nothing comes any more."""

MOST_TEXT = (1 << 31) - 1
"""Bytes of texts in one column at most: places in them are 32 bits wide."""

_VIEW, _INLINE, _PREFIX = 16, 12, 4
_LENGTH_AT, _TEXT_AT, _PLACE_AT = 0, 4, 12


def rested(frame: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The same frame; columns of numbers and texts lie in a file without a name, others stay where they are.

    Args:
        frame: rows; columns that have one value in all rows are kept as one.
        folder: scratch folder on a disk.

    Returns:
        The frame as it is, where disk or memory do not take it.
    """
    if frame.is_empty():
        return frame
    try:
        return _in_file(frame.rechunk(), folder)
    except (OSError, MemoryError, pl.exceptions.PanicException):
        return frame


def _in_file(frame: pl.DataFrame, folder: Path) -> pl.DataFrame:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        columns = [_rested(column, file) for column in frame.iter_columns()]
    moved = [column for column in columns if isinstance(column, pl.Series)]
    alike = [column for column in columns if isinstance(column, pl.Expr)]
    return (pl.DataFrame(moved) if moved else frame).with_columns(alike)[frame.columns]


def _rested(column: pl.Series, file: IO[bytes]) -> pl.Series | pl.Expr:
    if is_constant(column):
        return pl.lit(column.first(), dtype=column.dtype).alias(column.name)
    if column.dtype == pl.Int64:
        return _mapped(column, column.fill_null(0).to_numpy().view(np.uint8), b"", file)
    if column.dtype == pl.String:
        views, text = _views(column)
        return column if len(text) > MOST_TEXT else _mapped(column, views.reshape(-1), text, file)
    return column


def _views(column: pl.Series) -> tuple[Bytes, bytes]:
    """(n, 16) views of the texts, and the bytes of those that a view does not hold.

    Layout: https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-view-layout
    """
    lengths = column.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    starts = np.cumsum(lengths) - lengths
    every = np.frombuffer(column.drop_nulls().str.join("").item().encode(), dtype=np.uint8)
    views = np.zeros((lengths.size, _VIEW), dtype=np.uint8)
    views[:, _LENGTH_AT:_TEXT_AT] = lengths.astype("<i4").view(np.uint8).reshape(-1, 4)
    is_long = lengths > _INLINE
    for place in range(_INLINE):
        held = (lengths > place) & (~is_long | (place < _PREFIX))
        views[held, _TEXT_AT + place] = every[starts[held] + place]
    ends = np.cumsum(lengths[is_long])
    views[is_long, _PLACE_AT:] = (ends - lengths[is_long]).astype("<u4").view(np.uint8).reshape(-1, 4)
    return views, every[np.repeat(is_long, lengths)].tobytes()


def _mapped(column: pl.Series, values: Bytes, text: bytes, file: IO[bytes]) -> pl.Series:
    """A part of the file, from a whole page on: values, texts, and a bit per row where some are absent."""
    begin = file.seek(0, 2)
    begin += -begin % mmap.ALLOCATIONGRANULARITY
    file.seek(begin)
    is_there = np.packbits(column.is_not_null().to_numpy(), bitorder="little") if column.null_count() else None
    valid = b"" if is_there is None else is_there.tobytes()
    text_at, valid_at = values.size, values.size + len(text)
    for part in (values.data, text, valid):
        file.write(part)
    size = valid_at + len(valid)
    file.flush()
    address = _map(file.fileno(), begin, size)
    return Column(
        rows=len(column),
        values=address,
        validity=address + valid_at if len(valid) else 0,
        absent=column.null_count(),
        text=address + text_at if text else 0,
        text_size=len(text),
        is_text=column.dtype == pl.String,
        mapped=address,
        mapped_bytes=size,
    ).series(column.name)


def _map(descriptor: int, begin: int, size: int) -> int:
    """Address at which a part of a file is read; whoever holds it lets it go.

    Nobody writes there; if somebody did, pages would be memory of this process instead of an error that ends it.
    """
    found = _system_map()(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE, descriptor, begin)
    if found in {None, ctypes.c_void_p(-1).value}:
        number = ctypes.get_errno()
        message = f"expected to map {size} bytes of a file of {begin + size} or more"
        raise OSError(number, message)
    return int(found)


@cache
def _system_map() -> Any:  # noqa: ANN401  # ctypes' own types
    given = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64)
    return ctypes.CFUNCTYPE(ctypes.c_void_p, *given, use_errno=True)(("mmap", ctypes.CDLL(None, use_errno=True)))
