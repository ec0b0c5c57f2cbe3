"""Content hashes: one value for the same rows, whatever file, compression or order of arrival brought them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROVENANCE_COLUMNS = ("firm_id", "source_id", "source_row", "sequence")
"""Columns that tell how a row came; the canonical row order already holds what `sequence` decided."""

DIGESTED = {
    "fix_messages": (
        "message_id", "sent_at", "trading_day", "begin_string", "sender", "target", "msg_type", "poss_dup", "seq",
        "sending_at", "poss_resend", "orig_sending_at",
    )
}  # fmt: skip
"""Tables whose rows carry a hash of their own content: it and the fields it leaves out stand for the row."""

BLOCK_ROWS = 1 << 16
"""Rows hashed at a time, counted from the first, so that how rows are handed in does not matter."""

REPEATS = 4
"""Texts that occur this often on average in a block are hashed as codes."""

_ALL_NULL, _ONE_VALUE, _VALUES, _SOME_NULL, _WORDS, _TEXTS = (bytes([mark]) for mark in range(6))


def content_names(columns: Sequence[str], table: str = "") -> list[str]:
    """The columns that say what happened, or that stand for those that do."""
    return [name for name in columns if name in DIGESTED.get(table, columns) and name not in PROVENANCE_COLUMNS]


class ContentHash:
    """SHA-256 over values, nulls, names and types of rows in canonical order, given frame by frame.

    Columns are hashed side by side, so that memory stays within a block.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._hashes = [hashlib.sha256() for _ in columns]
        self._types: list[pl.DataType] = []
        self._held: pl.DataFrame | None = None
        self._rows = 0

    def update(self, frame: pl.DataFrame) -> None:
        """The next rows."""
        chosen = frame.select(self._columns)
        self._types = [pl.String() if isinstance(dtype, pl.Enum) else dtype for dtype in chosen.dtypes]
        self._rows += chosen.height
        held = chosen if self._held is None or self._held.is_empty() else pl.concat([self._held, chosen])
        whole = held.height - held.height % BLOCK_ROWS
        for start in range(0, whole, BLOCK_ROWS):
            self._add(held.slice(start, BLOCK_ROWS))
        self._held = held.slice(whole)

    def hexdigest(self) -> str:
        """Hash of all rows so far, which are then all rows."""
        if self._held is not None and not self._held.is_empty():
            self._add(self._held)
            self._held = None
        digest = hashlib.sha256()
        for name, kind, own in zip(self._columns, self._types, self._hashes, strict=True):
            digest.update(f"{name}:{kind}:{self._rows};".encode())
            digest.update(own.digest())
        return digest.hexdigest()

    def _add(self, block: pl.DataFrame) -> None:
        nulls = block.null_count().row(0)
        for own, column, count in zip(self._hashes, block.iter_columns(), nulls, strict=True):
            if count == block.height:
                own.update(_ALL_NULL)
                continue
            if count:
                own.update(_SOME_NULL)
                own.update(np.packbits(column.is_null().to_numpy()).tobytes())
            for part in _parts(column):
                own.update(part)


def content_hash(frame: pl.DataFrame, columns: Sequence[str]) -> str:
    """Hash of the named columns of one frame."""
    content = ContentHash(columns)
    content.update(frame)
    return content.hexdigest()


def _parts(column: pl.Series) -> Iterator[bytes | memoryview]:
    if column.dtype == pl.String:
        return _text_parts(column)
    if isinstance(column.dtype, pl.Enum):
        return _coded_parts(column)
    return _number_parts(column.cast(pl.Int64))


def _number_parts(values: pl.Series) -> Iterator[bytes | memoryview]:
    filled = (values.fill_null(0) if values.null_count() else values).to_numpy().astype("<i8", copy=False)
    if filled[-1] == filled[0] and (filled == filled[0]).all():
        yield _ONE_VALUE
        yield filled[:1].tobytes()
        return
    yield _VALUES
    yield np.ascontiguousarray(filled).data


def _text_parts(values: pl.Series) -> Iterator[bytes | memoryview]:
    """The words, and codes where there are several; lengths and characters where most texts differ."""
    texts = values.fill_null("") if values.null_count() else values
    if texts.last() == texts.first() and (texts == texts.first()).all():
        yield from _word_parts(texts.head(1), None)
        return
    few = len(texts) // REPEATS
    # where nearly all differ, half of them tell it
    words = None if texts.head(len(texts) // 2).n_unique() > few else texts.unique()
    if words is None or len(words) > few:
        yield _TEXTS
        yield texts.str.len_bytes().to_numpy().astype("<i8").data
        yield texts.str.join("").cast(pl.Binary).item()
    else:
        words = words.sort()
        yield from _word_parts(words, texts.cast(pl.Enum(words)).to_physical().to_numpy())


def _coded_parts(values: pl.Series) -> Iterator[bytes | memoryview]:
    """What the texts would give, of texts that are codes already."""
    known = values.dtype.categories  # type: ignore[attr-defined]
    if len(known) == 1 and not values.null_count():
        yield from _word_parts(known, None)
        return
    codes = values.to_physical()
    used = np.flatnonzero(np.bincount(codes.to_numpy())) if not codes.null_count() else np.zeros(0, dtype=np.int64)
    words = known.gather(used)
    if not len(used) or len(used) * REPEATS > len(values) or not words.is_sorted():
        yield from _text_parts(values.cast(pl.String))
        return
    ranks = np.zeros(int(used[-1]) + 1, dtype=np.int64)
    ranks[used] = np.arange(len(used))
    yield from _word_parts(words, ranks[codes.to_numpy()] if len(used) > 1 else None)


def _word_parts(words: pl.Series, codes: np.ndarray | None) -> Iterator[bytes | memoryview]:
    yield _WORDS
    yield len(words).to_bytes(8, "little")
    spelled = [word.encode() for word in words.to_list()]
    yield np.array([len(word) for word in spelled], dtype="<i8").data
    yield b"".join(spelled)
    if codes is not None:
        yield codes.astype("<i4").data
