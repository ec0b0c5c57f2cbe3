"""The latest rows of every group of messages, over a whole day: what rules of windows are judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.app.watch.resting import RESTS, rested
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from routeproof.app.watch.held_messages import Rows

_MARK = "__judged"

STILL_RESTS = 0.9
"""A frame at rest stays as it is while so much of it stands: to write it again costs more than to leave rows out."""


class StandingRows:
    """Rows of one provider by name of their frame; rows of a group that was folded again give way to its new ones.

    What is asked for comes in frames of which the long ones rest in files: rules read few columns of them at a time.
    """

    def __init__(self, scratch: Path, *, rests: int = RESTS) -> None:
        self._scratch, self._rests = scratch, rests
        self._frames: dict[str, list[pl.DataFrame]] = {}
        self._resting: dict[str, list[pl.DataFrame]] = {}
        self._latest = np.full(0, -1, dtype=np.int32)
        self._mark = 0

    def put(self, rows: Rows, frames: dict[str, pl.DataFrame]) -> None:
        """The frames of some whole groups, in place of what these had.

        Args:
            rows: numbers of all messages of the groups, ascending.
            frames: by name, each with `source_row`, the number of a message of its group.
        """
        self._mark += 1
        self._make_room(int(rows[-1]) + 1 if rows.size else 0)
        self._latest[rows] = self._mark
        for name, frame in frames.items():
            if frame.height:
                marked = frame.with_columns(pl.lit(self._mark, dtype=pl.Int32).alias(_MARK))
                young = self._frames.setdefault(name, [])
                young.append(marked)
                if sum(held.height for held in young) >= 2 * self._rests:
                    self.rows(name)

    def keep(self, rows: Rows, days: set[date]) -> None:
        """Of the messages only these stay, numbered anew in their order; of the frames' days all but `days`."""
        self._make_room(int(rows[-1]) + 1 if rows.size else 0)
        self._latest = self._latest[rows]
        for name in [*self._frames]:
            goes_on = pl.col("source_row").is_in(rows) & ~pl.col("trading_day").is_in(list(days))
            frame = _together(self._held(name)).filter(goes_on)
            numbers = pl.Series(np.searchsorted(rows, frame["source_row"].to_numpy()), dtype=frame["source_row"].dtype)
            self._resting[name], self._frames[name] = [], [frame.with_columns(numbers.alias("source_row"))]

    def _make_room(self, messages: int) -> None:
        if self._latest.size < messages:
            grown = np.full(max(2 * self._latest.size, messages), -1, dtype=np.int32)
            grown[: self._latest.size] = self._latest
            self._latest = grown

    def rows(self, name: str) -> pl.DataFrame | None:
        """All rows that stand; null if there never were any."""
        held = self._held(name)
        if not held:
            return None
        resting: list[pl.DataFrame] = []
        found: list[pl.DataFrame] = []
        others: list[pl.DataFrame] = []
        for frame in self._resting.get(name, ()):
            standing = self._standing(frame)
            if standing.height >= STILL_RESTS * frame.height:
                resting.append(frame)
                found.append(standing)
            else:
                others.append(standing)
        others += map(self._standing, self._frames[name])
        tiers = _tiered([frame for frame in others if frame.height])
        long = [rested(frame, self._scratch) for frame in tiers if frame.height >= self._rests]
        young = [frame for frame in tiers if frame.height < self._rests]
        found += [*long, *young]
        self._resting[name] = [*resting, *long]
        self._frames[name] = young or [held[0].clear()]  # of a name that had rows once there is a frame
        return _together(found or [held[0].clear()]).drop(_MARK)

    def _held(self, name: str) -> list[pl.DataFrame]:
        return [*self._resting.get(name, ()), *self._frames.get(name, ())]

    def _standing(self, frame: pl.DataFrame) -> pl.DataFrame:
        return kept(frame, pl.Series(self._latest[frame["source_row"].to_numpy()] == frame[_MARK].to_numpy()))


def _tiered(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """The same rows in few frames; a long one is copied only once what follows it is half as long."""
    tiers: list[pl.DataFrame] = []
    for frame in frames:
        tiers.append(frame)
        while len(tiers) > 1 and tiers[-2].height <= 2 * tiers[-1].height:
            tiers[-2:] = [_together(tiers[-2:]).rechunk()]
    return tiers


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]
