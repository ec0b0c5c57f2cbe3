"""Cutting a day of quotes or trades into ranges of (symbol, instant) that fit in memory one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANGE = "__range"


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Consecutive symbols, or a stretch of one symbol's day.

    Attributes:
        blocks: the blocks that have rows in it.
        from_at: first instant, UTC ns; `None` = from the beginning.
        until_at: first instant after it; `None` = to the end.
    """

    blocks: pl.DataFrame
    from_at: int | None = None
    until_at: int | None = None

    def rows_of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows, of those in its blocks, that lie in it."""
        if self.from_at is not None:
            frame = frame.filter(pl.col("at") >= self.from_at)
        if self.until_at is not None:
            frame = frame.filter(pl.col("at") < self.until_at)
        return frame


def key_ranges(blocks: pl.DataFrame, limit: int) -> Iterator[KeyRange]:
    """Ranges in order of (symbol, at), together all rows, each of about `limit` rows or fewer.

    Args:
        blocks: rows of one symbol that lie together in one place and in order of time: `symbol, rows, first_at,
            last_at`.
        limit: rows. Equal instants of a symbol stay together, and a block counts where it begins, so a range may have
            more.
    """
    totals = blocks.group_by("symbol").agg(pl.col("rows").sum()).sort("symbol")
    numbers: list[int] = []
    number = size = 0
    for rows in totals.get_column("rows"):
        if size and size + rows > limit:
            number, size = number + 1, 0
        size += rows
        numbers.append(number)
    of_symbol = totals.select("symbol", pl.Series(_RANGE, numbers, dtype=pl.Int64))
    numbered = blocks.join(of_symbol, on="symbol", how="left", maintain_order="left").sort(_RANGE, maintain_order=True)
    for part in numbered.partition_by(_RANGE, maintain_order=True, include_key=False):
        if part.get_column("rows").sum() <= limit:
            yield KeyRange(part)
        else:
            yield from _stretches(part, limit)


def _stretches(blocks: pl.DataFrame, limit: int) -> Iterator[KeyRange]:
    """One symbol's day, cut at instants."""
    edges: list[int | None] = [None]
    size = 0
    for first_at, rows in blocks.sort("first_at").select("first_at", "rows").iter_rows():
        if size + rows > limit and size and first_at != edges[-1]:
            edges.append(first_at)
            size = 0
        size += rows
    for from_at, until_at in pairwise([*edges, None]):
        is_in = pl.lit(True)
        if from_at is not None:
            is_in &= pl.col("last_at") >= from_at
        if until_at is not None:
            is_in &= pl.col("first_at") < until_at
        yield KeyRange(blocks.filter(is_in), from_at, until_at)
