"""A set of messages, some at a time, divided into parts that no order crosses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold.buckets import READ, Joins, bucket_of
from routeproof.tables.wide import slim, stacked

if TYPE_CHECKING:
    import numpy.typing as npt

    from routeproof.sources.fix.fold.part import Reading

Chunk = Callable[[Sequence[str] | None], pl.DataFrame]
"""Gives some messages, all columns or those named."""


def chunk_of(messages: pl.DataFrame) -> Chunk:
    """Messages that are in memory."""
    return lambda names: messages if names is None else messages.select(names)


class Division:
    """Which part each message belongs to.

    Attributes:
        parts: how many there are, at least one.
    """

    def __init__(self, chunks: Sequence[Chunk], reading: Reading, part_messages: int) -> None:
        self._chunks = chunks
        heights = [chunk(("message_id",)).height for chunk in chunks]
        self.parts, self._buckets = 1, [np.zeros(rows, dtype=np.int32) for rows in heights]
        if sum(heights) > part_messages:
            joins = Joins(reading.sessions, reading.symbols)
            for chunk in chunks:
                joins.add(chunk(READ))
            buckets = bucket_of(joins.first_rows(), part_messages)
            self.parts = int(buckets.max(initial=0)) + 1
            self._buckets = np.split(buckets, np.cumsum(heights)[:-1])
        self._held = [np.bincount(buckets, minlength=self.parts) for buckets in self._buckets]

    def messages(self, part: int) -> pl.DataFrame:
        """The messages of a part, in order."""
        held = [at for at, counts in enumerate(self._held) if counts[part]]
        return stacked([self._some(at, part) for at in held] or [self._chunks[0](None).clear()])

    def _some(self, at: int, part: int) -> pl.DataFrame:
        messages = slim(self._chunks[at](None))
        if self._held[at][part] == messages.height:
            return messages
        places: npt.NDArray[np.intp] = np.flatnonzero(self._buckets[at] == part)
        if places[-1] - places[0] + 1 == places.size:
            return messages.slice(int(places[0]), places.size)
        return messages[pl.Series(places)]
