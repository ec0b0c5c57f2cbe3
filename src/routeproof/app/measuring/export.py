"""A measurement as a file: CSV, JSON, Parquet or a workbook; no text in it runs when a spreadsheet opens it."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.vocab.errors import UsageError
from routeproof.vocab.sheet_text import inert_cell, inert_text

if TYPE_CHECKING:
    from routeproof.app.measuring.measure import Measurement

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SAFE_INTEGER = 2**53


def exported(found: Measurement, layout: str) -> bytes:
    """The file; every format carries every metric that was asked for.

    Raises:
        UsageError: another layout.
    """
    match layout:
        case "csv":
            return _inert(found.rows).write_csv().encode()
        case "json":
            return (json.dumps(found.as_plain(), indent=1, ensure_ascii=False) + "\n").encode()
        case "parquet":
            buffer = io.BytesIO()
            found.rows.write_parquet(buffer, metadata={"routeproof": json.dumps(found.meta, ensure_ascii=False)})
            return buffer.getvalue()
        case "xlsx":
            return _workbook(found)
    message = f"expected one of {', '.join(MEDIA_TYPES)}, found {layout!r}"
    raise UsageError(message, where="format")


def _inert(rows: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, kind in rows.schema.items() if kind == pl.String()]
    return rows.with_columns(pl.col(name).map_elements(inert_text, pl.String) for name in texts)


def _workbook(found: Measurement) -> bytes:
    import xlsxwriter  # noqa: PLC0415  # only where a workbook is written

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    figures, about = book.add_worksheet("Figures"), book.add_worksheet("About")
    for place, name in enumerate(found.rows.columns):
        figures.set_column(place, place, 16)
        figures.write_string(0, place, name, bold)
    for line, row in enumerate(found.rows.iter_rows(), 1):
        for place, value in enumerate(row):
            _write(figures, line, place, value)
    figures.freeze_panes(1, len(found.meta["by"]))
    about.set_column(0, 0, 20)
    for line, (name, value) in enumerate(found.meta.items()):
        about.write_string(line, 0, name, bold)
        about.write_string(line, 1, inert_cell(value if isinstance(value, str) else json.dumps(value)))
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, line: int, place: int, value: Any) -> None:  # noqa: ANN401  # a cell of any kind
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_string(line, place, value.isoformat())
    elif isinstance(value, bool | str) or (isinstance(value, int) and abs(value) > SAFE_INTEGER):
        sheet.write_string(line, place, inert_cell(str(value)))
    else:
        sheet.write_number(line, place, value)
