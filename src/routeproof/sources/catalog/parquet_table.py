"""Parquet files to any canonical table by a declared map.

Every plain column is decoded, also those that no map names: a file with one damaged column is a damaged file, and
readers that skip it have been seen to give wrong values for the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.parquet_pages import expect_honest_pages
from routeproof.sources.rows import canonical_rows, positioned, source_columns
from routeproof.sources.source import ReadContext, Source, SourceResult
from routeproof.sources.streams import DamagedFileError
from routeproof.vocab.errors import DataRejectedError, MapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.sources.map_file import FileMap

MAGIC = b"PAR1"
PIECE_ROWS = 500_000
SMALLEST_FILE_BYTES = 12


class NotParquetError(DataRejectedError):
    """The bytes are not a Parquet file."""

    code = "not_parquet"


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:
    """Pieces of a Parquet file.

    Raises:
        MapError: if there is no map, it does not fit, or it names a nested column.
        NotParquetError: if the magic bytes are not there.
        DamagedFileError: if a page says that it is far larger than its column, or if pages give another number of rows
            than the footer promises.
    """
    if file_map is None or not file_map.table:
        message = 'expected a map with table = "…" (--map FILE.toml), found none'
        raise MapError(message, where=context.file)
    _expect_magic(path, context)
    expect_honest_pages(path, context.file)
    scan = pl.scan_parquet(path, glob=False)
    schema = scan.collect_schema()
    wanted = list(dict.fromkeys(source_columns(file_map, schema.names()).values()))
    _expect_flat(schema, wanted)
    flat = [name for name, dtype in schema.items() if not dtype.is_nested()]
    promised = int(scan.select(pl.len()).collect().item())
    found = 0
    for frame in _pieces(scan.select(flat)):
        yield canonical_rows(positioned(frame.select(wanted), found + 1), file_map, context)
        found += frame.height
    if found != promised:
        message = f"expected {promised} rows as the footer says, found {found}"
        raise DamagedFileError(message, where=context.file)


def _pieces(scan: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Rows in file order, decoded once; a file without rows gives one empty frame, which the map must fit too."""
    is_empty = True
    for batch in scan.collect_batches(maintain_order=True, lazy=True):
        yield from batch.iter_slices(PIECE_ROWS)
        is_empty = is_empty and not batch.height
    if is_empty:
        yield scan.head(0).collect()


def _expect_magic(path: Path, context: ReadContext) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
        file.seek(max(size - len(MAGIC), 0))
        tail = file.read(len(MAGIC))
    if size < SMALLEST_FILE_BYTES or head != MAGIC or tail != MAGIC:
        message = f"expected a Parquet file ({MAGIC!r} at both ends), found {head!r} … {tail!r} in {size} bytes"
        raise NotParquetError(message, where=context.file)


def _expect_flat(schema: pl.Schema, wanted: list[str]) -> None:
    """Nested columns are refused before a page is decoded: their level decoding is where readers go wrong."""
    for name in wanted:
        if schema[name].is_nested():
            message = f"expected plain values in column {name!r}, found {schema[name]}"
            raise MapError(message, where="[columns]")


PARQUET_TABLE = Source(name="parquet", read=read, needs_map=True, meaning="Parquet by a map")
