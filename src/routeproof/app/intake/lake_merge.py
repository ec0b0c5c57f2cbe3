"""Deliveries into lake partitions: only what changes is written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.intake.delivery import CONFLICT
from routeproof.app.intake.log_merge import merge_log
from routeproof.app.intake.series_merge import SeriesPart, merge_series
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.sequences import FIX_SEQUENCES
from routeproof.stores.manifest import WHOLE
from routeproof.tables.intake.merge import Merged, merge
from routeproof.tables.registry import TABLES
from routeproof.tables.wide import stacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.intake.delivery import Delivery
    from routeproof.app.intake.log_merge import FreshDay
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

REJECTS = "rejects"

PARTS_AT_ONCE = 2
"""Parts merged side by side: hashing and writing one take one core. One of quotes or trades takes a range's memory."""


@dataclass(frozen=True, slots=True)
class _MergedPart:
    """What became of a part: what to commit, delivered rows that were known by source, rows that contradict."""

    partition: Partition | None
    known: Mapping[str, int]
    conflicts: pl.DataFrame | None = None


def merge_deliveries(
    lake: Lake,
    deliveries: Sequence[Delivery],
    reread: Mapping[str, frozenset[str]],
    sequenced: Mapping[tuple[str, str], bool],
    scratch: Path,
    on_rows: Callable[[int], None] = lambda _: None,
    fresh: dict[str, FreshDay] | None = None,
) -> list[Partition]:
    """Merge all deliveries part by part and write the parts that changed; counts what was known or contradicts.

    Args:
        lake: what is known.
        deliveries: files just read.
        reread: table to the sources that were read into it before under another map: their earlier rows are withdrawn.
        sequenced: table and source to whether its rows have sequence numbers of their own, of files read earlier.
        scratch: folder for what does not fit in memory.
        on_rows: told the number of quotes and trades that have been merged since the last call, from any thread.
        fresh: is given each day of messages that changed, by part, where somebody is to read them next.
    """
    held_parts = lake.manifest().partitions
    withdrawn = _with_withdrawn(lake, held_parts, reread) if reread else set()
    frames = [(table, frame, _parts_of(frame)) for item in deliveries for table, frame in item.tables.items()]
    sequenced = {**sequenced, **{(item.main, item.source_id): item.is_sequenced for item in deliveries}}
    told = {(table, part) for table, _, parts in frames for part in parts}

    def merged(key: tuple[str, str]) -> _MergedPart:
        table, part = key
        held = held_parts.get(key)
        gone = reread[table] if key in withdrawn else frozenset()
        if table in TABLES and TABLES[table].is_series:
            runs = [run for item in deliveries for run in item.runs.get(table, ())]
            own = {source_id: is_own for (name, source_id), is_own in sequenced.items() if name == table}
            partition, known = merge_series(lake, SeriesPart(table, part, runs, held, gone, own), scratch, on_rows)
            return _MergedPart(partition, known)
        if table == FIX_MESSAGES.name:
            messages = [piece for item in deliveries for piece in item.messages]
            partition, copies = merge_log(lake, part, messages, held, {} if fresh is None else fresh)
            return _MergedPart(partition, dict(copies.value_counts().iter_rows()))
        delivered = [_of_part(frame, part) for name, frame, parts in frames if name == table and part in parts]
        found = _merge(table, _existing(lake, held, gone), delivered)
        partition = lake.write_if_changed(table, part, found.frame, held)
        return _MergedPart(partition, dict(found.known.value_counts().iter_rows()), found.conflicts)

    keys = sorted({*told, *_parts(deliveries), *withdrawn})
    by_source = {delivery.source_id: delivery for delivery in deliveries}
    changed: list[Partition | None] = []
    with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
        for (table, part), done in zip(keys, pool.map(merged, keys), strict=True):
            _account(done, table, part, by_source)
            changed.append(done.partition)
    rejected = [_write_rejects(lake, item) for item in deliveries if item.rejects or item.refused_runs]
    return [item for item in (*changed, *rejected) if item is not None]


def _with_withdrawn(
    lake: Lake, held: Mapping[tuple[str, str], Partition], reread: Mapping[str, frozenset[str]]
) -> set[tuple[str, str]]:
    """Parts that hold rows of the sources that are read again."""

    def has_some(item: Partition) -> bool:
        some = pl.col("source_id").is_in(list(reread[item.table])).any()
        return bool(lake.scan_partition(item).select(some).collect(engine="streaming").item())

    return {key for key, item in held.items() if item.table in reread and has_some(item)}


def _existing(lake: Lake, held: Partition | None, withdrawn: frozenset[str]) -> pl.DataFrame | None:
    if held is None:
        return None
    frame = lake.read_partition(held)
    return frame.filter(~pl.col("source_id").is_in(list(withdrawn))) if withdrawn else frame


def _merge(table: str, existing: pl.DataFrame | None, delivered: Sequence[pl.DataFrame]) -> Merged:
    known = FIX_SEQUENCES if table == FIX_SEQUENCES.name else TABLES[table]
    frame = stacked(delivered) if delivered else known.empty()
    return merge(known, known.empty() if existing is None else existing, frame)


def _parts(deliveries: Sequence[Delivery]) -> Iterator[tuple[str, str]]:
    """Tables and parts that the deliveries speak of outside memory."""
    for item in deliveries:
        days = {day for piece in item.messages for day in piece.days if day}
        yield from ((FIX_MESSAGES.name, day.isoformat()) for day in days)
        yield from ((table, part) for table, runs in item.runs.items() for run in runs for part in _parts_of(run.index))


def _parts_of(frame: pl.DataFrame) -> list[str]:
    if "trading_day" not in frame.columns:
        return [WHOLE] if frame.height else []
    return [day.isoformat() for day in frame.get_column("trading_day").unique().drop_nulls()]


def _of_part(frame: pl.DataFrame, part: str) -> pl.DataFrame:
    if part == WHOLE or frame.is_empty():
        return frame
    days = frame.get_column("trading_day")
    if days.min() == days.max() == date.fromisoformat(part):
        return frame  # no copy of what is all of one day
    return frame.filter(pl.col("trading_day") == date.fromisoformat(part))


def _account(done: _MergedPart, table: str, part: str, by_source: Mapping[str, Delivery]) -> None:
    day = None if part == WHOLE else date.fromisoformat(part)
    for source_id, count in done.known.items():
        if by_source[source_id].main == table:
            known = by_source[source_id].known
            known[day] = known.get(day, 0) + count
    if done.conflicts is None:
        return
    for (source_id,), rows in done.conflicts.group_by("source_id"):
        if by_source[str(source_id)].main == table:
            by_source[str(source_id)].refuse_rows(rows, CONFLICT, TABLES[table].identity)


def rejects_part(source_id: str, table: str) -> str:
    """The part of the rejects of one file; one file may be read into two tables."""
    return f"{source_id}-{table}"


def _write_rejects(lake: Lake, delivery: Delivery) -> Partition | None:
    own = pl.lit(delivery.source_id).alias("source_id")
    part = rejects_part(delivery.source_id, delivery.main)
    return lake.write_frames(REJECTS, part, (item.with_columns(own) for item in delivery.reject_frames()))
