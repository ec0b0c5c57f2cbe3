"""Rows are chosen, ordered and joined by few columns; wide columns move once, at the end, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_ROW = "__row"
_RESENT = "__resent"


def attach(frame: pl.DataFrame, table: pl.DataFrame, on: str, own: str = "") -> pl.DataFrame:
    """The frame with the other columns of `table` beside it; null where the table has no such key.

    Args:
        frame: any rows.
        table: at most one row per key; keys are row numbers, so they are small and not negative.
        on: the key's column in the table.
        own: the key's column in the frame, if it has another name.
    """
    others = pl.DataFrame([column for column in table.iter_columns() if column.name != on])
    key = frame.get_column(own or on).cast(pl.Int64)
    keys = (key.fill_null(-1) if key.null_count() else key).to_numpy()
    known = table.get_column(on).cast(pl.Int64).to_numpy()
    size = max(int(keys.max(initial=-1)), int(known.max(initial=-1))) + 2
    place = np.full(size, -1, dtype=np.int64)
    place[known] = np.arange(known.size)
    place[-1] = -1  # what key -1 finds
    return frame.with_columns(take(others, place[keys]).iter_columns() if others.height else _nulls(others, ()))


def beside(frame: pl.DataFrame, table: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The frame with the other columns of `table`, which has at most one row per keys; null where it has none."""
    if table.is_empty():
        return frame.with_columns(_nulls(table, keys))
    return frame.join(table, on=keys, how="left", maintain_order="left")


def take(frame: pl.DataFrame, places: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Rows of those numbers, in that order; a row of nulls for -1."""
    rows, frame = pl.Series(places), frame.rechunk()  # a row of many chunks is slow to find
    if places.min(initial=0) >= 0:
        return frame[rows]
    return frame.select(pl.all().gather(rows.set(rows < 0, None)))


def _nulls(table: pl.DataFrame, but: Sequence[str]) -> list[pl.Expr]:
    return [pl.lit(None, dtype=dtype).alias(name) for name, dtype in table.schema.items() if name not in but]


def first_rows(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The first row of each key, rows in their order; the frame itself where no key comes twice."""
    rows = frame.select(keys).with_row_index(_ROW).unique(keys, keep="first", maintain_order=True).get_column(_ROW)
    return frame if len(rows) == frame.height else frame[rows]


def first_told(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """As `first_rows`, of messages; one that may be a copy (43=Y) gives way to one that is none, whenever it was sent.

    A copy should say what the original said. Where it does not, chance must not decide which of the two comes first.
    """
    resent = frame.get_column("poss_dup").cast(pl.String) == "Y"
    if not resent.any():
        return first_rows(frame, keys)
    named = frame.select(*keys, resent.fill_null(value=False).alias(_RESENT)).with_row_index(_ROW)
    told = named.sort(_RESENT, maintain_order=True).unique(keys, keep="first", maintain_order=True)
    return frame if told.height == frame.height else frame[told.get_column(_ROW).sort()]


class Runs:
    """Rows in runs of equal keys, one after the other."""

    def __init__(self, keys: npt.NDArray[np.int64]) -> None:
        first = np.ones(keys.size, dtype=bool)
        first[1:] = keys[1:] != keys[:-1]
        self._rows = np.arange(keys.size)
        self._starts = np.maximum.accumulate(np.where(first, self._rows, 0))

    def sums(self, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """(n,) sum of the values from the run's first row to this one."""
        running = np.cumsum(values)
        return running - (running - values)[self._starts]

    def latest(self, column: pl.Series) -> pl.Series:
        """The last value stated in the run up to each row; null before the first."""
        if column.null_count() in (0, len(column)):
            return column
        last = np.maximum.accumulate(np.where(column.is_not_null().to_numpy(), self._rows, -1))
        return take(column.to_frame(), np.where(last >= self._starts, last, -1)).to_series()
