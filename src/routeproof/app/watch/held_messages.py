"""Messages in the order of their arrival, held so that some of them are gathered without moving the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.app.watch.resting import RESTS, rested
from routeproof.tables.wide import stacked

if TYPE_CHECKING:
    from collections.abc import Collection
    from concurrent.futures import Future
    from pathlib import Path

Rows = npt.NDArray[np.int64]

SHORT = 8_192
"""Frames of fewer rows are put together as they come; whoever waits for a message does not notice."""


class HeldMessages:
    """Frames of one schema, one after the other: young ones in memory, older ones in files."""

    def __init__(self, scratch: Path, *, short: int = SHORT, rests: int = RESTS) -> None:
        self._scratch, self._short, self._rests = scratch, short, rests
        self._frames: list[pl.DataFrame] = []
        self._old = 0
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="resting")
        self._at_rest: tuple[int, Future[pl.DataFrame]] | None = None
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows at the end."""
        self._frames.append(frame)
        self.rows += frame.height
        while len(self._frames) > self._old + 1:
            before, last = self._frames[-2:]
            if before.height >= min(2 * last.height, self._short):
                break
            self._frames.pop()
            self._frames[-1] = stacked([before, last]).rechunk()
        self._rest()

    def whole(self) -> pl.DataFrame:
        """All rows; those at rest stay in their files."""
        return pl.concat(self._frames)

    def column(self, name: str) -> pl.Series:
        """One column of all rows."""
        return pl.concat([frame.get_column(name) for frame in self._frames])

    def having(self, name: str, values: Collection[str]) -> set[str]:
        """Those of some texts that a column has."""
        columns = [frame.get_column(name) for frame in self._frames]
        return {text for column in columns for text in column.filter(column.is_in(list(values)))}

    def gather(self, rows: Rows) -> pl.DataFrame:
        """Rows of those numbers, ascending."""
        if not rows.size:
            return self._frames[0].clear()
        ends = np.cumsum([frame.height for frame in self._frames])
        cuts = np.searchsorted(rows, ends)
        begins = np.concatenate([[0], cuts[:-1]])
        starts = np.concatenate([[0], ends[:-1]])
        parts = [
            frame[pl.Series(rows[begin:end] - start)]
            for frame, begin, end, start in zip(self._frames, begins, cuts, starts, strict=True)
            if end > begin
        ]
        return parts[0] if len(parts) == 1 else pl.concat(parts)

    def _rest(self) -> None:
        """Have another thread bring the older of the young frames to a file, and take over what it has brought."""
        if self._at_rest is not None and self._at_rest[1].done():
            count, brought = self._at_rest
            at_rest = brought.result()
            self._frames[self._old : self._old + count] = [at_rest]
            self._old, self._at_rest = self._old + 1, None
        if self._at_rest is None:
            full = list(takewhile(lambda frame: frame.height >= self._short, self._frames[self._old :]))
            reached = np.flatnonzero(np.cumsum([frame.height for frame in full]) >= self._rests)
            if reached.size:
                settled = full[: int(reached[0]) + 1]
                self._at_rest = (len(settled), self._beside.submit(_brought_to_rest, settled, self._scratch))


def _brought_to_rest(frames: list[pl.DataFrame], scratch: Path) -> pl.DataFrame:
    return rested(stacked(frames), scratch)
