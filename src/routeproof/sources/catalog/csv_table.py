"""Delimited text files to any canonical table by a declared map; plain, gzip, zstandard or zipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.rows import POSITION, canonical_rows, source_columns
from routeproof.sources.source import ReadContext, Source, SourceResult, rejects_frame
from routeproof.sources.text_frames import text_frames
from routeproof.sources.text_results import with_refused
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.sources.map_file import FileMap
    from routeproof.sources.text_frames import TextFrame


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
        _expect_once(piece, file_map)
        rows = nothing_read() if is_headless else canonical_rows(piece.frame, file_map, context)
        yield with_refused(rows, piece, context)


def _expect_once(piece: TextFrame, file_map: FileMap) -> None:
    """Of two columns of one name nobody can say which the map means."""
    if not piece.again:
        return
    mapped = source_columns(file_map, [name for name in piece.frame.columns if name not in POSITION])
    for canonical, source in mapped.items():
        if source in piece.again:
            places = " and ".join(map(str, piece.again[source]))
            message = (
                f"expected one column {source!r} for {canonical}, found it at positions {places} of the header: give "
                "each column of the file a name of its own"
            )
            raise MapError(message, where="row 1")


def nothing_read() -> SourceResult:
    """A piece that broke off before its header."""
    return SourceResult(tables={}, rejects=rejects_frame([]), received=0, accepted=0)


CSV_TABLE = Source(name="csv", read=read, needs_map=True, meaning="delimited text by a map")
