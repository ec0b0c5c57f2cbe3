"""The latest rows of every group of messages, over a whole day: what rules of windows are judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.watch.flow import Flow
    from routeproof.app.watch.held_messages import Rows

_MARK = "__judged"


class StandingRows:
    """Rows of one provider by name of their frame; rows of a group that was folded again give way to its new ones."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._frames: dict[str, list[pl.DataFrame]] = {}
        self._latest = np.full(0, -1, dtype=np.int64)
        self._mark = 0

    def put(self, rows: Rows, frames: dict[str, pl.DataFrame]) -> None:
        """The frames of some whole groups, in place of what these had.

        Args:
            rows: numbers of all messages of the groups.
            frames: by name, each with `source_row`, the number of a message of its group.
        """
        self._mark += 1
        self._make_room(self._flow.messages)
        self._latest[rows] = self._mark
        for name, frame in frames.items():
            if frame.height:
                self._frames.setdefault(name, []).append(frame.with_columns(pl.lit(self._mark).alias(_MARK)))

    def keep(self, rows: Rows, days: set[date]) -> None:
        """Of the messages only these stay, numbered anew in their order; of the frames' days all but `days`."""
        self._make_room(int(rows[-1]) + 1 if rows.size else 0)
        self._latest = self._latest[rows]
        for name, held in self._frames.items():
            frame = pl.concat(held, how="diagonal_relaxed").filter(
                pl.col("source_row").is_in(rows), ~pl.col("trading_day").is_in(list(days))
            )
            numbers = pl.Series(np.searchsorted(rows, frame["source_row"].to_numpy()), dtype=frame["source_row"].dtype)
            self._frames[name] = [frame.with_columns(numbers.alias("source_row"))]

    def _make_room(self, messages: int) -> None:
        if self._latest.size < messages:
            grown = np.full(max(2 * self._latest.size, messages), -1, dtype=np.int64)
            grown[: self._latest.size] = self._latest
            self._latest = grown

    def rows(self, name: str) -> pl.DataFrame | None:
        """All rows that stand; null if there never were any."""
        held = self._frames.get(name)
        if not held:
            return None
        frame = pl.concat(held, how="diagonal_relaxed") if len(held) > 1 else held[0]
        stands = self._latest[frame["source_row"].to_numpy()] == frame[_MARK].to_numpy()
        kept = frame.filter(pl.Series(stands)).rechunk()  # chunks without rows make `pl.format` panic
        self._frames[name] = [kept]
        return kept.drop(_MARK)
