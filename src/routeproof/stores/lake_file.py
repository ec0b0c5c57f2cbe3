"""One Parquet file of the lake, written frame by frame: memory stays within a few frames, whatever the part's size."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Literal

import polars as pl
from polars.io.plugins import register_io_source

from routeproof.stores.content import ContentHash, content_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

ROW_GROUP_ROWS = 100_000
COMPRESSION: Literal["lz4"] = "lz4"
SYMBOL_INDEX = "routeproof.symbols"
"""Parquet key-value metadata: rows of each symbol in a file that is sorted by (symbol, at, sequence)."""

KINDS = "routeproof.kinds"
"""Parquet key-value metadata: the kinds of quote in a file, so that readers need not decode that column."""

_ARROW_SCHEMA = "ARROW:schema"

INDEXED_TABLES = ("quotes", "trades")


class Told:
    """What a file says of itself, gathered while its rows pass.

    Attributes:
        rows: so far.
    """

    def __init__(self, table: str, columns: Sequence[str], content: str = "") -> None:
        self._table = table
        self._known, self._content = content, ContentHash(content_names(columns, table))
        self._symbols: dict[str, list[int]] = {}
        self._kinds: set[str] = set()
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """The next rows, in canonical order."""
        if not self._known:
            self._content.update(frame)
        if self._table in INDEXED_TABLES and not frame.is_empty():
            self._add_symbols(frame)
        if self._table == "quotes":
            self._kinds.update(frame.get_column("kind").drop_nulls().unique())
        self.rows += frame.height

    def _add_symbols(self, frame: pl.DataFrame) -> None:
        runs = frame.select(pl.col("symbol").rle()).unnest("symbol").select("value", "len")
        at = frame.get_column("at")
        start = 0
        for symbol, length in runs.iter_rows():
            instants = at.slice(start, length)
            found = [self.rows + start, length, int(instants.min()), int(instants.max())]  # type: ignore[arg-type]
            held = self._symbols.get(symbol)
            self._symbols[symbol] = _joined(held, found) if held else found
            start += length

    def content(self) -> str:
        """Content hash of all rows."""
        return self._known or self._content.hexdigest()

    def metadata(self) -> dict[str, str]:
        """Key-value metadata of the file."""
        found = {SYMBOL_INDEX: self._symbols, KINDS: sorted(self._kinds)}
        return {key: json.dumps(value, separators=(",", ":")) for key, value in found.items()}


def _joined(held: list[int], found: list[int]) -> list[int]:
    return [held[0], held[1] + found[1], min(held[2], found[2]), max(held[3], found[3])]


def write_file(path: Path, table: str, frames: Iterable[pl.DataFrame], content: str = "") -> Told:
    """Write frames, in canonical order and of one schema, at least one of them, as one Parquet file.

    `content` is the content hash of all rows, where somebody knows it already.
    Text columns may be strings or `Enum`; readers find strings either way.
    """
    rest = iter(frames)
    first = next(rest)
    told = Told(table, first.columns, content)
    schema = _schema_of_texts(first)

    def passing(*_: object) -> Iterator[pl.DataFrame]:
        told.add(first)
        yield first
        for frame in rest:
            told.add(frame)
            yield frame

    # The writer asks for the metadata after the last row.
    register_io_source(passing, schema=dict(first.schema)).sink_parquet(
        path,
        compression=COMPRESSION,
        row_group_size=ROW_GROUP_ROWS,
        metadata=lambda _: {**schema, **told.metadata()},
        maintain_order=True,
        engine="streaming",
    )
    return told


def _schema_of_texts(frame: pl.DataFrame) -> dict[str, str]:
    """Metadata that names codes as the strings that they stand for; in Parquet both are strings with a dictionary."""
    codes = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Enum)]
    if not codes:
        return {}
    file = io.BytesIO()
    frame.clear().cast(dict.fromkeys(codes, pl.String())).write_parquet(file)
    file.seek(0)
    return {_ARROW_SCHEMA: pl.read_parquet_metadata(file)[_ARROW_SCHEMA]}
