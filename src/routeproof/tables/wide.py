"""Wide frames of which many columns are empty: what holds nothing is not stored, moved or gathered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


FEW = 1_000
"""Fewer rows are moved as they are: to find what holds nothing costs more."""


def slim(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame; a column without any value is kept as one null, so that moving rows does not move it."""
    if frame.height < FEW:
        return frame
    empty = [column for column in frame.iter_columns() if column.null_count() == frame.height]
    return frame.with_columns(pl.lit(None, dtype=column.dtype).alias(column.name) for column in empty)


def kept(frame: pl.DataFrame, predicate: pl.Expr | pl.Series) -> pl.DataFrame:
    """Rows for which the predicate is true; the frame itself where that is all of them."""
    chosen = frame.select(predicate.fill_null(value=False)).to_series()
    if len(chosen) != frame.height:  # a literal
        return frame.filter(predicate)
    if not chosen.any():
        return frame.clear()
    return frame if chosen.all() else frame.filter(chosen)


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
    stated = [name for name in schema if any(frame[name].null_count() < frame.height for frame in filled)]
    absent = [pl.lit(None, dtype=schema[name]).alias(name) for name in schema if name not in stated]
    if not stated:
        return pl.concat(filled)
    return pl.concat([frame.select(stated) for frame in filled]).with_columns(absent).select(list(schema))


def gathered(frame: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """The rows of those numbers, column by column: moving all at once would hold the frame in memory three times."""
    moved, fixed = [], []
    for column in frame.iter_columns():
        if _is_constant(column):
            fixed.append(pl.lit(column.first(), dtype=column.dtype).alias(column.name))
        else:
            moved.append(column.rechunk().gather(places))  # a row of many chunks is slow to find
    return pl.DataFrame(moved).with_columns(fixed).select(frame.columns) if moved else frame[places]


def _is_constant(column: pl.Series) -> bool:
    if column.null_count():
        return column.null_count() == len(column)
    return len(column) > 0 and bool((column == column.first()).all())
