"""Deliveries into lake partitions: only what changes is written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.intake.delivery import Delivery
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

REJECTS = "rejects"

SERIES_AT_ONCE = 2
"""Days of quotes or trades merged side by side, each in the memory of one range: hashing and writing take one core."""


def merge_deliveries(
    lake: Lake,
    deliveries: Sequence[Delivery],
    reread: Mapping[str, frozenset[str]],
    scratch: Path,
    on_rows: Callable[[int], None] = lambda _: None,
    fresh: dict[str, pl.DataFrame] | None = None,
) -> list[Partition]:
    """Merge all deliveries part by part and write the parts that changed; counts what was known or contradicts.

    Args:
        lake: what is known.
        deliveries: files just read.
        reread: table to the sources that were read into it before under another map: their earlier rows are withdrawn.
        scratch: folder for what does not fit in memory.
        on_rows: told the number of quotes and trades that have been merged since the last call, from any thread.
        fresh: is given the messages of each day that changed, by part, where somebody is to read them next.
    """
    by_source = {delivery.source_id: delivery for delivery in deliveries}
    held_parts = lake.manifest().partitions
    withdrawn = _with_withdrawn(lake, held_parts, reread) if reread else set()
    changed: list[Partition | None] = []
    series: list[SeriesPart] = []
    frames = [(table, frame, _parts_of(frame)) for item in deliveries for table, frame in item.tables.items()]
    told = {(table, part) for table, _, parts in frames for part in parts}
    for table, part in sorted({*told, *_parts(deliveries), *withdrawn}):
        held = held_parts.get((table, part))
        gone = reread[table] if (table, part) in withdrawn else frozenset()
        if table in TABLES and TABLES[table].is_series:
            runs = [run for item in deliveries for run in item.runs.get(table, ())]
            series.append(SeriesPart(table, part, runs, held, gone))
        elif table == FIX_MESSAGES.name:
            messages = [piece for item in deliveries for piece in item.messages]
            partition, copies = merge_log(lake, part, messages, held, {} if fresh is None else fresh)
            _account_known(copies.value_counts().iter_rows(), table, part, by_source)
            changed.append(partition)
        else:
            delivered = [_of_part(frame, part) for name, frame, parts in frames if name == table and part in parts]
            merged = _merge(table, _existing(lake, held, gone), delivered)
            _account(merged, table, part, by_source)
            partition = lake.write_if_changed(table, part, merged.frame, held)
            changed.append(partition)
    with ThreadPoolExecutor(SERIES_AT_ONCE) as pool:
        done = pool.map(lambda item: merge_series(lake, item, scratch, on_rows), series)
        for item, (partition, known) in zip(series, done, strict=True):
            _account_known(known.items(), item.table, item.part, by_source)
            changed.append(partition)
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


def _account(merged: Merged, table: str, part: str, by_source: dict[str, Delivery]) -> None:
    _account_known(merged.known.value_counts().iter_rows(), table, part, by_source)
    for (source_id,), rows in merged.conflicts.group_by("source_id"):
        if by_source[str(source_id)].main == table:
            by_source[str(source_id)].refuse_rows(rows, CONFLICT, TABLES[table].identity)


def _account_known(counts: Iterable[tuple[str, int]], table: str, part: str, by_source: Mapping[str, Delivery]) -> None:
    day = None if part == WHOLE else date.fromisoformat(part)
    for source_id, count in counts:
        if by_source[source_id].main == table:
            known = by_source[source_id].known
            known[day] = known.get(day, 0) + count


def _write_rejects(lake: Lake, delivery: Delivery) -> Partition | None:
    own = pl.lit(delivery.source_id).alias("source_id")
    part = f"{delivery.source_id}-{delivery.main}"  # one file may be read into two tables
    return lake.write_frames(REJECTS, part, (item.with_columns(own) for item in delivery.reject_frames()))
