"""Numbers of a worksheet as they are stored; the parser shows a number as text only with nine decimals, rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fields import DOUBLE_MANTISSA_BITS, FLOAT_NOISE_ULPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastexcel import ExcelReader


def with_stored_numbers(
    shown: pl.DataFrame, columns: Mapping[str, str], book: ExcelReader, sheet: str | int, first_row: int
) -> pl.DataFrame:
    """Cells below a header, with numbers at full precision.

    Args:
        shown: all cells as text.
        columns: those that are to hold numbers, each with the parser's name for it in a sheet without a header.
        book: the workbook.
        sheet: name or place of the worksheet.
        first_row: rows of the worksheet above the first one of `shown`.

    Returns:
        The same rows. A column of nothing but numbers holds doubles; one that has text as well stays text, with the
        shortest text of each number that nine decimals do not show.
    """
    for name, place in columns.items():
        column = shown.get_column(name)
        if column.null_count() < shown.height:
            shown = shown.with_columns(_stored(book, sheet, place, first_row, column).alias(name))
    return shown


def _stored(book: ExcelReader, sheet: str | int, place: str, first_row: int, shown: pl.Series) -> pl.Series:
    from fastexcel import UnsupportedColumnTypeCombinationError  # noqa: PLC0415  # only where a workbook is read

    def load(**asked: object) -> pl.Series:
        table = book.load_sheet(sheet, header_row=None, skip_rows=first_row, use_columns=[place], **asked)
        column: pl.Series = table.to_polars().to_series()
        return column

    try:
        found = load(schema_sample_rows=None, dtype_coercion="strict")
    except UnsupportedColumnTypeCombinationError:
        found = None
    if found is not None and found.dtype != pl.Float64:
        return shown
    # Texts such as `n/a` count as nothing where the parser looks for a type.
    if found is None or (found.is_null() & (shown.str.strip_chars() != "")).any():
        return _corrected(shown, load(dtypes="float"))
    return found


def _corrected(shown: pl.Series, stored: pl.Series) -> pl.Series:
    # A text that is a number is stored as what it shows, so only numbers that were rounded can differ.
    off = (shown.cast(pl.Float64, strict=False) - stored).abs()
    is_rounded = off > stored.abs() * (FLOAT_NOISE_ULPS * 2.0**-DOUBLE_MANTISSA_BITS)
    return stored.cast(pl.String).zip_with(is_rounded.fill_null(value=False), shown)
