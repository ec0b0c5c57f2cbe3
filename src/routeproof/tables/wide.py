"""Wide frames of which many columns are empty: what holds nothing is not stored, moved or gathered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


FEW = 1_000
"""Fewer rows are moved as they are: to find what holds nothing costs more."""

MANY = 50_000
"""Fewer rows are moved at once, and written as they are: to look at each column first costs more."""


def slim(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame; a column without any value is kept as one null, so that moving rows does not move it."""
    if frame.height < FEW:
        return frame
    empty = [count == frame.height for count in frame.null_count().row(0)]  # a column apart is spelled out
    return frame.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype, is_empty in zip(frame.columns, frame.dtypes, empty, strict=True)
        if is_empty
    )


def kept(frame: pl.DataFrame, predicate: pl.Expr | pl.Series) -> pl.DataFrame:
    """Rows for which the predicate is true; the frame itself where that is all of them."""
    chosen = frame.select(predicate.fill_null(value=False)).to_series()
    if len(chosen) != frame.height:  # a literal
        return frame.filter(predicate)
    if not chosen.any():
        return frame.clear()
    if chosen.all():
        return frame
    found = frame.filter(chosen)
    # a mask leaves chunks without rows, and `pl.format` panics where one of them comes first
    return found.rechunk() if max(found.n_chunks("all"), default=1) > 1 else found


def among(frame: pl.DataFrame, some: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Rows whose key is in another frame; where that has no rows, none is looked at."""
    return frame.clear() if some.is_empty() else frame.join(some, on=key, how="semi")


def but(frame: pl.DataFrame, some: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Rows whose key is not in another frame; the frame itself where that has no rows."""
    return frame if some.is_empty() else frame.join(some, on=key, how="anti")


def stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Frames of one schema, at least one, on top of each other, and slim."""
    filled = [frame for frame in frames if frame.height]
    if len(filled) <= 1:
        return slim(filled[0] if filled else frames[0])
    schema = filled[0].schema
    empty = [dict(zip(frame.columns, frame.null_count().row(0), strict=True)) for frame in filled]
    stated = [
        name for name in schema if any(count[name] < frame.height for count, frame in zip(empty, filled, strict=True))
    ]
    absent = [pl.lit(None, dtype=schema[name]).alias(name) for name in schema if name not in stated]
    if not stated:
        return pl.concat(filled)
    return pl.concat([frame.select(stated) for frame in filled]).with_columns(absent).select(list(schema))


def gathered(frame: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """The rows of those numbers; of many rows column by column: all at once would hold them in memory three times."""
    if frame.height < MANY:
        return frame.rechunk()[places]
    moved, fixed = [], []
    for column in frame.iter_columns():
        if is_constant(column):
            fixed.append(pl.lit(column.first(), dtype=column.dtype).alias(column.name))
        else:
            moved.append(column.rechunk().gather(places))  # a row of many chunks is slow to find
    return pl.DataFrame(moved).with_columns(fixed).select(frame.columns) if moved else frame[places]


def coded(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame; texts that are alike in all rows, or absent from all, are codes, which take less to write."""
    if frame.height < MANY:
        return frame
    texts = [column for column in frame.select(pl.col(pl.String)).iter_columns() if is_constant(column)]
    return frame.with_columns(
        pl.lit(column.first(), dtype=pl.Enum(column.head(1).drop_nulls())).alias(column.name) for column in texts
    )


def is_constant(column: pl.Series) -> bool:
    """Whether all rows, of which there is at least one, have one value, or none has any."""
    if column.null_count():
        return column.null_count() == len(column)
    first = column.first()
    return len(column) > 0 and bool(column.last() == first) and bool((column == first).all())
