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


Aside = Callable[[pl.DataFrame], Callable[[], pl.DataFrame]]
"""Puts rows aside, and gives what brings them back."""


def chunk_of(messages: pl.DataFrame) -> Chunk:
    """Messages that are in memory."""
    return lambda names: messages if names is None else messages.select(names)


class Division:
    """Which part each message belongs to.

    With `aside`, messages of several chunks and parts are dealt out to their parts once, since parts may cross all
    chunks and each of them would read them all; so no more than a chunk and a part are in memory.

    Attributes:
        parts: how many there are, at least one.
    """

    def __init__(
        self, chunks: Sequence[Chunk], reading: Reading, part_messages: int, aside: Aside | None = None
    ) -> None:
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
        self._dealt = None if aside is None or self.parts == 1 or len(chunks) == 1 else self._deal(aside)

    def messages(self, part: int) -> pl.DataFrame:
        """The messages of a part, in order."""
        if self._dealt is not None:
            return stacked([bring_back() for bring_back in self._dealt[part]])
        held = [at for at, counts in enumerate(self._held) if counts[part]]
        return stacked([self._some(at, part, slim(self._chunks[at](None))) for at in held] or [self._none()])

    def _none(self) -> pl.DataFrame:
        return self._chunks[0](None).clear()

    def _deal(self, aside: Aside) -> list[list[Callable[[], pl.DataFrame]]]:
        """By part, what brings its messages back, chunk by chunk."""
        dealt: list[list[Callable[[], pl.DataFrame]]] = [[] for _ in range(self.parts)]
        for at, chunk in enumerate(self._chunks):
            messages = slim(chunk(None))
            for part in np.flatnonzero(self._held[at]).tolist():
                dealt[part].append(aside(self._some(at, part, messages)))
        return dealt

    def _some(self, at: int, part: int, messages: pl.DataFrame) -> pl.DataFrame:
        """Of the messages of a chunk those of a part."""
        if self._held[at][part] == messages.height:
            return messages
        places: npt.NDArray[np.intp] = np.flatnonzero(self._buckets[at] == part)
        if places[-1] - places[0] + 1 == places.size:
            return messages.slice(int(places[0]), places.size)
        return messages[pl.Series(places)]
