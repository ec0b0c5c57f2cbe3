"""Content hashes: one value for the same rows, whatever file, compression or order of arrival brought them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

PROVENANCE_COLUMNS = ("firm_id", "source_id", "source_row", "sequence")
"""Columns that tell how a row came; the canonical row order already holds what `sequence` decided."""

REPEATS = 4
"""Texts that occur this often on average are hashed as codes."""


def content_hash(frame: pl.DataFrame, columns: Sequence[str]) -> str:
    """SHA-256 over the named columns of rows in canonical order: values, nulls, names and types."""
    digest = hashlib.sha256()
    chosen = frame.select(columns)
    blocks = {} if chosen.is_empty() else {**_number_blocks(chosen), **_text_blocks(chosen.select(pl.col(pl.String)))}
    nulls = chosen.null_count().row(0) if columns else ()
    for column, count in zip(chosen.iter_columns(), nulls, strict=True):
        digest.update(f"{column.name}:{column.dtype}:{len(column)};".encode())
        missing = column.is_null().to_numpy() if count else np.zeros(len(column), dtype=bool)
        digest.update(np.packbits(missing).tobytes())
        for block in blocks.get(column.name, ()):
            digest.update(block)
    return digest.hexdigest()


def _number_blocks(frame: pl.DataFrame) -> dict[str, tuple[bytes, ...]]:
    """Values of all columns but texts; one expression for all of them, because each costs more than its values."""
    numbers = frame.select(pl.exclude(pl.String).to_physical().cast(pl.Int64).fill_null(0))
    return {column.name: (_bytes(column, "<i8"),) for column in numbers.iter_columns()}


def _text_blocks(frame: pl.DataFrame) -> dict[str, tuple[bytes, ...]]:
    """Lengths and characters of a column whose texts differ; of its words, and codes, where they repeat."""
    texts = frame.with_columns(pl.all().fill_null(""))
    if not texts.columns:
        return {}
    counts = dict(zip(texts.columns, texts.select(pl.all().n_unique()).row(0), strict=True))
    many = [name for name, count in counts.items() if count * REPEATS > texts.height]
    few = [name for name in texts.columns if name not in many]
    lengths = texts.select(pl.col(many).str.len_bytes().cast(pl.Int64))
    joined = texts.select(pl.col(many).str.join("")).row(0) if many else ()
    blocks: dict[str, tuple[bytes, ...]] = {
        name: (_bytes(lengths.get_column(name), "<i8"), characters.encode())
        for name, characters in zip(many, joined, strict=True)
    }
    listed = texts.select(pl.col(few).unique().sort().implode()).row(0) if few else ()
    words = dict(zip(few, listed, strict=True))
    codes = texts.select(pl.col(name).cast(pl.Enum(known)).to_physical() for name, known in words.items())
    for name, known in words.items():
        sizes = np.array([len(word.encode()) for word in known], dtype="<i8")
        blocks[name] = (sizes.tobytes(), "".join(known).encode(), _bytes(codes.get_column(name), "<i4"))
    return blocks


def _bytes(column: pl.Series, kind: str) -> bytes:
    return column.to_numpy().astype(kind, copy=False).tobytes()
