"""Distinct messages of some days, some at a time, and what became of them since they were folded last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold.division import chunk_of
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.stores.lake_file import ROW_GROUP_ROWS
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from routeproof.app.intake.log_merge import FreshDay
    from routeproof.sources.fix.fold.division import Chunk
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

    Marks = npt.NDArray[np.bool_]

CHUNK_MESSAGES = ROW_GROUP_ROWS
"""Messages read from the lake at a time."""

_TRACE = ("source_id", "message_id")


@dataclass(frozen=True, slots=True)
class DaysOfLogs:
    """Messages of days that are folded together.

    Attributes:
        days: in order; a day may have no messages of its own.
        chunks: distinct messages in canonical order.
        is_new: by chunk, which messages were added since; null where something else changed as well.
        logs: `source_id, messages, sum`: how many messages stand for each log, and the sum of their hashes.
        logs_before: the same of the messages that were not added; without rows where something else changed.
        told: logs that stand for other messages than before.
    """

    days: Sequence[str]
    chunks: Sequence[Chunk]
    is_new: Sequence[Marks] | None
    logs: pl.DataFrame
    logs_before: pl.DataFrame
    told: frozenset[str]

    def of_logs(self, source_ids: Sequence[str]) -> tuple[list[Chunk], list[Marks]]:
        """The messages that stand for these logs, and which of them were added."""
        every = set(source_ids) >= set(self.logs.get_column("source_id"))
        if every:
            return list(self.chunks), list(self.is_new or ())
        marks = []
        for chunk, is_new in zip(self.chunks, self.is_new or (), strict=False):
            own = chunk(("source_id",)).get_column("source_id").is_in(list(source_ids))
            marks.append(is_new[own.to_numpy()])
        return [_of_sources(chunk, source_ids) for chunk in self.chunks], marks


def days_of_logs(
    lake: Lake, now: Mapping[str, Partition], before: Mapping[str, Partition], days: Sequence[str],
    changed: Sequence[str], fresh: dict[str, FreshDay],
) -> DaysOfLogs:  # fmt: skip
    """Messages of some days.

    Args:
        lake: where parts are read.
        now: day to its messages.
        before: day to the messages that were folded last.
        days: that are folded together.
        changed: those of them whose messages, or whose reading, changed.
        fresh: days that changed; those that are among `days` are taken out.
    """
    taken = {day: fresh.pop(day) for day in days if day in fresh}
    chunks, is_new = [], []
    only_added = all(day in taken and taken[day].added is not None for day in changed)
    for day in (day for day in days if day in now):
        own = _chunks(lake, now[day], taken[day].messages if day in taken else None)
        chunks += own
        is_new += _marks(now[day].rows, taken.get(day), len(own))
    traces = pl.concat([chunk(_TRACE) for chunk in chunks])
    logs = _logs(traces)
    if only_added:
        new = pl.Series(np.concatenate(is_new))
        told = frozenset(traces.filter(new).get_column("source_id").unique())
        return DaysOfLogs(days, chunks, is_new, logs, _logs(traces.filter(~new)), told)
    if any(day not in taken for day in changed):  # a map changed, no message
        told = frozenset(logs.get_column("source_id"))
    else:
        told = _told_anew(logs, [lake.read_partition(before[day], _TRACE) for day in days if day in before])
    return DaysOfLogs(days, chunks, None, logs, logs.clear(), told)


def _chunks(lake: Lake, item: Partition, messages: pl.DataFrame | None) -> list[Chunk]:
    """A day's messages, some at a time: from memory, or else from the lake."""
    if messages is not None:
        return [chunk_of(messages)]

    def some(start: int, names: Sequence[str] | None) -> pl.DataFrame:
        rows = lake.read_rows(item, start, CHUNK_MESSAGES, names)
        return FIX_MESSAGES.conform(rows) if names is None else rows

    return [partial(some, start) for start in range(0, item.rows, CHUNK_MESSAGES)]


def _marks(rows: int, day: FreshDay | None, chunks: int) -> list[Marks]:
    """Which messages of a day were added, as many chunks as it is read in."""
    is_new = np.zeros(rows, dtype=np.bool_)
    if day is not None and day.added is not None:
        is_new[day.added] = True
    return [is_new] if chunks == 1 else np.split(is_new, range(CHUNK_MESSAGES, rows, CHUNK_MESSAGES))


def _logs(traces: pl.DataFrame) -> pl.DataFrame:
    return traces.group_by("source_id").agg(pl.len().alias("messages"), pl.col("message_id").sum().alias("sum"))


def _told_anew(logs: pl.DataFrame, earlier: Sequence[pl.DataFrame]) -> frozenset[str]:
    """Logs that stand for other messages than before: new ones, and those whose copies gave way to earlier ones."""
    every = pl.concat([logs, *([_logs(pl.concat(earlier))] if earlier else [])])
    return frozenset(every.filter(~every.is_duplicated()).get_column("source_id"))


def _of_sources(chunk: Chunk, source_ids: Sequence[str]) -> Chunk:
    if set(chunk(("source_id",)).get_column("source_id").unique()) <= set(source_ids):
        return chunk

    def own(names: Sequence[str] | None) -> pl.DataFrame:
        read = chunk(None if names is None else [*dict.fromkeys((*names, "source_id"))])
        chosen = kept(read, pl.col("source_id").is_in(source_ids))
        return chosen if names is None else chosen.select(names)

    return own
