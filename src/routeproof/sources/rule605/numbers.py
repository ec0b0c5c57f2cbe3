"""Columns of a report as integers: counts whole, totals at 1e-6, averages at 1e-9; what is no number is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.problems import NOT_A_NUMBER, ROW, Remark, remark
from routeproof.tables.rule605.layout import TOTAL_DIGITS
from routeproof.tables.rule605.remarks import QUARANTINED, REJECTED
from routeproof.vocab.fixed import SCALE, SCALE_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.tables.rule605.layout import Field, Layout

NANO = pl.Decimal(38, SCALE_DIGITS)
UNITS = {"count": SCALE, "total": 10 ** (SCALE_DIGITS - TOTAL_DIGITS), "average": 1}
"""How many units of 1e-9 one stored unit has."""

THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"
NO_NUMBER_WORDS = r"^[+-]?(?i)(nan|inf)$"
MAY_BE_NO_NUMBER = ("e_over_q", "realized_spread_of_midpoint_15s")
"""Where the SEC's schema names such words as another way to say that there is no value."""

WHAT = {
    "count": "a whole number, 0 or more",
    "total": "a number of at most six decimals, 0 or more",
    "average": "a number",
}


def numbers_of_texts(texts: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, list[Remark]]:
    """The fields of kinds `count`, `total` and `average` as Int64; the others as they are.

    Args:
        texts: `ROW` and stripped text columns, null where empty.
        layout: of the file.

    Returns:
        The frame, where what is no number is null; and a remark for each such value. A row is rejected for a count or a
        total, while an average that is no number is set aside alone. Averages of more than nine decimals are rounded.
    """
    columns, found = [], list[Remark]()
    for item in layout.fields:
        if item.kind == "key" or item.column not in texts.columns:
            continue
        value, is_bad = _number(texts.get_column(item.column), item)
        columns.append(value)
        if is_bad.any():
            found.extend(_remarks(texts.filter(is_bad), layout, item))
    return texts.with_columns(columns), found


def _number(text: pl.Series, item: Field) -> tuple[pl.Series, pl.Series]:
    frame = text.alias("text").to_frame()
    if text.str.contains(",", literal=True).any():
        bare = pl.col("text").str.replace_all(",", "", literal=True)
        frame = frame.select(pl.when(pl.col("text").str.contains(THOUSANDS)).then(bare).otherwise("text"))
    unit = pl.lit(UNITS[item.kind], dtype=pl.Int128())
    frame = frame.with_columns(pl.col("text").cast(NANO, strict=False).to_physical().alias("nano")).with_columns(
        (pl.col("nano") // unit).cast(pl.Int64, strict=False).alias("value"),
        (pl.col("nano") % unit != 0).fill_null(value=False).alias("is_too_fine"),
    )
    is_bad = pl.col("text").is_not_null() & (pl.col("value").is_null() | pl.col("is_too_fine"))
    if item.kind != "average":
        is_bad |= (pl.col("value") < 0).fill_null(value=False)
    if item.column in MAY_BE_NO_NUMBER:
        is_bad &= ~pl.col("text").str.contains(NO_NUMBER_WORDS).fill_null(value=False)
    found = frame.select(is_bad.alias("is_bad"), pl.when(~is_bad).then("value").alias(item.column))
    return found.get_column(item.column), found.get_column("is_bad")


def _remarks(bad: pl.DataFrame, layout: Layout, item: Field) -> Iterator[Remark]:
    kind = QUARANTINED if item.kind == "average" else REJECTED
    name = layout.named(item.column)
    for row, stated in bad.select(ROW, item.column).iter_rows():
        message = f"expected {WHAT[item.kind]} in {name}, found {stated!r}"
        yield remark(row, kind, NOT_A_NUMBER, item.column, message, stated=stated)
