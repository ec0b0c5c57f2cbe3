"""Delimited text files to any canonical table by a declared map; plain, gzip, zstandard or zipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rows import POSITION, canonical_rows
from routeproof.sources.source import ReadContext, Source, SourceResult, rejects_frame, show
from routeproof.sources.text_frames import TextFrame, text_frames
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.sources.map_file import FileMap


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:
    """Pieces of a delimited file.

    Raises:
        MapError: if there is no map, or it does not fit the file's header.
    """
    if file_map is None or not file_map.table:
        message = 'expected a map with table = "…" (--map FILE.toml), found none'
        raise MapError(message, where=context.file)
    for piece in text_frames(path, file_map.delimiter):
        is_headless = set(piece.frame.columns) <= set(POSITION)
        rows = nothing_read() if is_headless else canonical_rows(piece.frame, file_map, context)
        yield with_refused(rows, piece, context)


def nothing_read() -> SourceResult:
    """A piece that broke off before its header."""
    return SourceResult(tables={}, rejects=rejects_frame([]), received=0, accepted=0)


def with_refused(result: SourceResult, piece: TextFrame, context: ReadContext) -> SourceResult:
    """The result with the records that never became rows, and with the text of every refused row."""
    refused = [{**row, "file": context.file} for row in piece.refused]
    rejects = result.rejects.with_columns(pl.Series("raw", _texts(result.rejects, piece), dtype=pl.String))
    return SourceResult(
        tables=result.tables,
        rejects=pl.concat([rejects, rejects_frame(refused)]),
        received=result.received + len(refused),
        accepted=result.accepted,
        noise=result.noise + piece.noise,
        notes=result.notes,
    )


def _texts(rejects: pl.DataFrame, piece: TextFrame) -> list[str]:
    first = int(piece.piece.rows[0]) if len(piece.piece.rows) else 0
    return [show(piece.piece.record(row - first)) for row in rejects.get_column("row")]


CSV_TABLE = Source(name="csv", read=read, needs_map=True, meaning="delimited text by a map")
