"""Delimited text files to any canonical table by a declared map; plain, gzip, zstandard or zipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.headers import expect_once
from routeproof.sources.rows import POSITION, canonical_rows
from routeproof.sources.source import ReadContext, Source, SourceResult, rejects_frame
from routeproof.sources.text_frames import text_frames
from routeproof.sources.text_results import with_refused
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.sources.map_file import FileMap


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:
    """Pieces of a delimited file.

    Raises:
        MapError: if there is no map, it does not fit the file's header, or the header names a mapped column twice.
    """
    if file_map is None or not file_map.table:
        message = 'expected a map with table = "…" (--map FILE.toml), found none'
        raise MapError(message, where=context.file)
    for piece in text_frames(path, file_map.delimiter):
        is_headless = set(piece.frame.columns) <= set(POSITION)
        expect_once([name for name in piece.frame.columns if name not in POSITION], piece.again, file_map, "row 1")
        rows = nothing_read() if is_headless else canonical_rows(piece.frame, file_map, context)
        yield with_refused(rows, piece, context)


def nothing_read() -> SourceResult:
    """A piece that broke off before its header."""
    return SourceResult(tables={}, rejects=rejects_frame([]), received=0, accepted=0)


CSV_TABLE = Source(name="csv", read=read, needs_map=True, meaning="delimited text by a map")
