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
    for name in columns:
        column = frame.get_column(name)
        digest.update(f"{name}:{column.dtype}:{len(column)};".encode())
        digest.update(np.packbits(column.is_null().to_numpy()).tobytes())
        for block in _value_blocks(column):
            digest.update(block)
    return digest.hexdigest()


def _value_blocks(column: pl.Series) -> tuple[bytes, ...]:
    if column.dtype == pl.String:
        return _text_blocks(column.fill_null(""))
    if column.dtype == pl.Date:
        column = column.to_physical()
    return (column.cast(pl.Int64).fill_null(0).to_numpy().astype("<i8", copy=False).tobytes(),)


def _text_blocks(column: pl.Series) -> tuple[bytes, ...]:
    """Lengths and characters of a column whose texts differ; of its words, and codes, where they repeat."""
    words = column.unique()
    if len(words) * REPEATS > len(column):
        return _lengths_and_characters(column)
    words = words.sort()
    codes = column.cast(pl.Enum(words)).to_physical().cast(pl.Int32)
    return (*_lengths_and_characters(words), codes.to_numpy().astype("<i4", copy=False).tobytes())


def _lengths_and_characters(words: pl.Series) -> tuple[bytes, bytes]:
    lengths = words.str.len_bytes().cast(pl.Int64).to_numpy().astype("<i8", copy=False)
    return (lengths.tobytes(), "".join(words.to_list()).encode())
