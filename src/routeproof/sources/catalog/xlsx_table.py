"""Excel workbooks to any canonical table by a declared map; cells are read as the text that they show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.map_file import nearest
from routeproof.sources.rows import POSITION, ROW, canonical_rows, positioned, source_columns
from routeproof.sources.source import ReadContext, Source, SourceResult, rejects_frame
from routeproof.sources.workbook_errors import first_error, with_errors_as_text
from routeproof.sources.workbook_size import NotWorkbookError, expect_workbook
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.sources.map_file import FileMap

HEADER_ROWS = 1


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:
    """The mapped worksheet, the first one if the map names none.

    Raises:
        MapError: if there is no map, it does not fit, or names a sheet that is not there.
        NotWorkbookError: if the file is no workbook, or would take memory out of all proportion.
    """
    import fastexcel  # noqa: PLC0415  # only where a workbook is read

    if file_map is None or not file_map.table:
        message = 'expected a map with table = "…" (--map FILE.toml), found none'
        raise MapError(message, where=context.file)
    expect_workbook(path, context.file)
    try:
        book = fastexcel.read_excel(with_errors_as_text(path))
    except fastexcel.FastExcelError as error:
        message = f"expected a workbook, found: {str(error)[:200]}"
        raise NotWorkbookError(message, where=context.file) from error
    if file_map.sheet and file_map.sheet not in book.sheet_names:
        message = (
            f"expected sheet {file_map.sheet!r}, found {', '.join(book.sheet_names)}"
            f"{nearest(file_map.sheet, book.sheet_names)}"
        )
        raise MapError(message, where="sheet")
    frame = book.load_sheet(file_map.sheet or 0, dtypes="string").to_polars()
    rows = positioned(frame, HEADER_ROWS + 1)
    is_blank = _blank(frame)
    result = _canonical(rows.filter(~is_blank), file_map, context)
    yield replace(result, noise=result.noise + int(is_blank.sum()))


def _blank(frame: pl.DataFrame) -> pl.Series:
    """Rows that show nothing in any cell: like a blank line of a text file, they never claimed to be data."""
    empty = (pl.col(name).str.strip_chars().fill_null("") == "" for name in frame.columns)
    return frame.select(pl.all_horizontal(pl.lit(value=True), *empty).alias("blank")).to_series()


def _canonical(frame: pl.DataFrame, file_map: FileMap, context: ReadContext) -> SourceResult:
    """Rows of which no mapped cell holds an error; the others are refused, and say which."""
    error = first_error(
        frame, list(source_columns(file_map, [name for name in frame.columns if name not in POSITION]).values())
    )
    if error.null_count() == frame.height:
        return canonical_rows(frame, file_map, context)
    result = canonical_rows(frame.filter(error.is_null()), file_map, context)
    wrong = frame.select(ROW, error.alias("error")).drop_nulls()
    refused = rejects_frame(
        [{"file": context.file, "row": row, "reason": "error_cell", "detail": text} for row, text in wrong.rows()]
    )
    return replace(result, rejects=pl.concat([result.rejects, refused]), received=result.received + refused.height)


XLSX_TABLE = Source(name="xlsx", read=read, needs_map=True, meaning="Excel workbook by a map")
