"""Messages in the order of their arrival, held so that some of them are gathered without moving the others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.tables.wide import stacked

Rows = npt.NDArray[np.int64]


class HeldMessages:
    """Frames of one schema, one after the other; neighbours of like size are put together as they come."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows at the end."""
        self._frames.append(frame)
        self.rows += frame.height
        while len(self._frames) > 1 and self._frames[-2].height < 2 * self._frames[-1].height:
            last = self._frames.pop()
            self._frames[-1] = stacked([self._frames[-1], last]).rechunk()

    def column(self, name: str) -> pl.Series:
        """One column of all rows."""
        return pl.concat([frame.get_column(name) for frame in self._frames])

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
