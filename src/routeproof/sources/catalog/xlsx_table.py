"""Excel workbooks to any canonical table by a declared map.

The header is the first row that shows something. Cells are read as the text that they show, numbers as they are stored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.headers import distinct_names, expect_once
from routeproof.sources.instants import NS_PER_UNIT
from routeproof.sources.map_file import nearest
from routeproof.sources.rows import FIXED_KINDS, ROW, canonical_rows, columns_of, positioned, source_columns
from routeproof.sources.source import ReadContext, Source, SourceResult, rejects_frame
from routeproof.sources.workbook_errors import first_error, with_errors_as_text
from routeproof.sources.workbook_numbers import with_stored_numbers
from routeproof.sources.workbook_size import NotWorkbookError, expect_workbook
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fastexcel import ExcelReader

    from routeproof.sources.map_file import FileMap


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:
    """The mapped worksheet, the first one if the map names none.

    Raises:
        MapError: if there is no map, it does not fit, it names a sheet that is not there, or the header names a mapped
            column twice.
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
    yield _rows_of(book, file_map, context)


def _rows_of(book: ExcelReader, file_map: FileMap, context: ReadContext) -> SourceResult:
    """Rows of the worksheet by their number in it, whatever stands or does not stand above them."""
    sheet = file_map.sheet or 0
    cells = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    first = (_blank(cells).arg_min() or 0) + 1
    names, again = distinct_names(cell or "" for line in cells.slice(first - 1, 1).rows() for cell in line)
    expect_once(names, again, file_map, f"row {first}")
    sources = source_columns(file_map, names)
    shown = cells.slice(first).rename(dict(zip(cells.columns, names, strict=bool(names))))
    error, is_blank = first_error(shown, list(sources.values())), _blank(shown)
    places = dict(zip(names, cells.columns, strict=bool(names)))
    numbers = {name: places[name] for name in _number_columns(sources, file_map)}
    rows = positioned(with_stored_numbers(shown, numbers, book, sheet, first), first + 1)
    result = canonical_rows(rows.filter(~is_blank & error.is_null()), file_map, context)
    wrong = rows.select(ROW, error.alias("error")).drop_nulls()
    refused = rejects_frame(
        [{"file": context.file, "row": row, "reason": "error_cell", "detail": text} for row, text in wrong.rows()]
    )
    return replace(
        result,
        rejects=pl.concat([result.rejects, refused]),
        received=result.received + refused.height,
        noise=result.noise + int(is_blank.sum()),
    )


def _blank(frame: pl.DataFrame) -> pl.Series:
    """Rows that show nothing in any cell: like a blank line of a text file, they never claimed to be data."""
    empty = (pl.col(name).str.strip_chars().fill_null("") == "" for name in frame.columns)
    return frame.select(pl.all_horizontal(pl.lit(value=True), *empty).alias("blank")).to_series()


def _number_columns(sources: Mapping[str, str], file_map: FileMap) -> list[str]:
    """Source columns that nothing but numbers are read from, as they are written."""
    kinds = {column.name: column.kind for column in columns_of(TABLES[file_map.table])}
    times = {name for name, time in file_map.times.items() if time.unit in NS_PER_UNIT}
    plain = {
        name for name in sources if (kinds.get(name) in FIXED_KINDS or name in times) and not file_map.values.get(name)
    }
    other = {source for name, source in sources.items() if name not in plain}
    return [source for source in dict.fromkeys(sources[name] for name in plain) if source not in other]


XLSX_TABLE = Source(name="xlsx", read=read, needs_map=True, meaning="Excel workbook by a map")
