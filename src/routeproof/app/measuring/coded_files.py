"""Coded rows as plain files: numbers and codes as they lie in memory, and an index that says which."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.tables.measured.coded_rows import CodedRows, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def write_piece(stem: Path, rows: CodedRows, columns: frozenset[str]) -> dict[str, Any]:
    """Write some columns of the rows beside `stem`; returns what `read_pieces` needs to know."""
    names = [name for name in rows.names if name in columns]
    words = {name: item for name, item in rows.words.items() if name in columns}
    with stem.with_suffix(".numbers").open("wb") as file:
        for name in names:
            rows.number(name).tofile(file)
    with stem.with_suffix(".codes").open("wb") as file:
        for item in words.values():
            item.codes.tofile(file)
    return {
        "stem": stem.name,
        "height": rows.height,
        "names": names,
        "words": {name: _plain(item.values) for name, item in words.items()},
    }


def read_pieces(folder: Path, parts: Sequence[dict[str, Any]]) -> Iterator[CodedRows]:
    """The rows again; what is not read is not loaded."""
    for part in parts:
        numbers = _mapped(folder / f"{part['stem']}.numbers", "int64", len(part["names"]), part["height"])
        codes = _mapped(folder / f"{part['stem']}.codes", "int32", len(part["words"]), part["height"])
        words = {
            name: Words(own, _values(values)) for (name, values), own in zip(part["words"].items(), codes, strict=True)
        }
        yield CodedRows(tuple(part["names"]), numbers, words)


def _mapped(path: Path, dtype: str, columns: int, rows: int) -> np.ndarray[Any, np.dtype[Any]]:
    """A file's columns as one array, writable for those who compiled for such arrays, but never written back."""
    if not columns * rows:
        return np.empty((columns, rows), dtype=dtype)
    return np.asarray(np.memmap(path, dtype=dtype, mode="c", shape=(columns, rows)))


def _plain(values: pl.Series) -> list[object]:
    """Type and values as JSON has them; words are texts or days."""
    if values.dtype == pl.Date:
        return ["day", *(None if day is None else day.isoformat() for day in values)]
    return ["text", *values.to_list()]


def _values(plain: list[Any]) -> pl.Series:
    kind, *values = plain
    if kind == "day":
        return pl.Series([None if text is None else date.fromisoformat(text) for text in values], dtype=pl.Date)
    return pl.Series(values, dtype=pl.String)
