"""FIX messages of the lake to canonical tables: the days that changed are folded again and replace what was derived."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.fix_days import REFERENCE_COLUMNS, joined_days
from routeproof.app.intake.shelf import HELD_ROWS, Shelf, Shelved, held
from routeproof.sources.fix.fold.division import chunk_of
from routeproof.sources.fix.fold.fold import fold_parts
from routeproof.sources.fix.fold.misfits import FIX_MISFITS
from routeproof.sources.fix.fold.part import FOLDED
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.stores.lake_file import ROW_GROUP_ROWS
from routeproof.tables.intake.merge import merge
from routeproof.tables.registry import TABLES
from routeproof.tables.wide import is_constant, kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.sources.fix.fold.division import Chunk
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Manifest, Partition
    from routeproof.tables.schema import Table

BATCH_MESSAGES = 200_000
"""Messages folded at once, where no order joins more days than that; they are written while the next are folded."""

CHUNK_MESSAGES = ROW_GROUP_ROWS
"""Messages read from the lake at a time."""

DEALT_ROWS = 1 << 18
"""Messages dealt out to parts that stay in memory; the others wait on scratch disk."""

ROWS_OF_A_MESSAGE = 4
"""About how many rows of all tables a message gives."""

WRITERS = 2
"""Tables of a day that fits in memory written at a time, else one: what is written is held twice."""

LARGEST_FIRST = ("executions", "links", "sightings", "routes", "order_versions", "parent_orders", FIX_MISFITS.name)

_TRACE = ("source_id", "message_id")
_TABLES = {**{name: TABLES[name] for name in FOLDED}, FIX_MISFITS.name: FIX_MISFITS}


@dataclass(frozen=True, slots=True)
class FixSource:
    """What a delivered log said about itself.

    Attributes:
        provider_id: provider named at its ingest; empty = the CompID that orders were sent to.
        sections: `[parties]`, `[link]`, `[clock]` in force for its provider; empty if no log came with a map.
    """

    provider_id: str
    sections: Mapping[str, object]


def fix_sources(outcomes: Mapping[str, Any]) -> dict[str, FixSource]:
    """All logs by source id; the latest map of a provider speaks for all logs of that provider."""
    logs = {key: outcome for key, outcome in outcomes.items() if outcome["table"] == FIX_MESSAGES.name}
    latest = {outcome["provider"]: outcome["sections"] for outcome in logs.values() if outcome["sections"]}
    return {
        key: FixSource(provider_id=outcome["provider"], sections=latest.get(outcome["provider"], {}))
        for key, outcome in logs.items()
    }


def fold_changed(
    lake: Lake, view: Manifest, changed_days: Sequence[str], sources: Mapping[str, FixSource], firm_id: str,
    scratch: Path, fresh: dict[str, pl.DataFrame],
) -> list[Partition]:  # fmt: skip
    """Fold every day that changed, with the days joined to it; write the canonical parts that differ.

    Args:
        lake: where parts are read and written.
        view: the lake with the new messages in it.
        changed_days: days whose messages changed.
        sources: by source id, in order of arrival: all logs ever delivered.
        firm_id: legal entity, part of every identity.
        scratch: folder for what does not fit in memory.
        fresh: days whose messages are in memory still; they are let go once they are folded.
    """
    messages = {part: view.partitions[(FIX_MESSAGES.name, part)] for part in view.parts(FIX_MESSAGES.name)}
    references = {day: partial(_references, lake, item, fresh.get(day)) for day, item in messages.items()}
    groups = [group for group in joined_days(references) if not set(group).isdisjoint(changed_days)]
    before = lake.manifest().partitions

    def fold(days: Sequence[str]) -> tuple[dict[str, list[Shelved]], list[str]]:
        """Canonical rows of the days, and the logs that they come from."""
        known = {day: before.get((FIX_MESSAGES.name, day)) for day in days}
        anew = any(known[day] == messages[day] for day in days if day in changed_days)  # a map changed, no message
        earlier = [lake.read_partition(item, _TRACE) for item in known.values() if item is not None]
        told_on = [day for day in days if day in messages]
        chunks = [chunk for day in told_on for chunk in _chunks(lake, messages[day], fresh.pop(day, None))]
        traces = pl.concat([chunk(_TRACE) for chunk in chunks])
        told = set(sources) if anew else _told_anew(traces, earlier)
        providers = {item.provider_id for key, item in sources.items() if key in told}
        own = {key: item for key, item in sources.items() if item.provider_id in providers}
        shelf = Shelf(scratch / "folded", days[0], ROWS_OF_A_MESSAGE * HELD_ROWS)
        try:
            return _fold(chunks, own, firm_id, shelf, Shelf(scratch / "dealt", days[0], DEALT_ROWS)), list(own)
        finally:
            rmtree(scratch / "dealt", ignore_errors=True)

    writing: list[Future[list[Partition]]] = []
    with ThreadPoolExecutor(1) as writer:
        for days in _batches(groups, {day: item.rows for day, item in messages.items()}):
            derived, own_ids = fold(days)
            if writing:
                writing[-1].result()  # no more than two batches are in memory: one is written while the next is folded
            writing.append(writer.submit(_replace, lake, view, derived, days, own_ids, list(sources)))
    return [item for written in writing for item in written.result()]


def _references(lake: Lake, item: Partition, fresh: pl.DataFrame | None) -> pl.DataFrame:
    return lake.read_partition(item, REFERENCE_COLUMNS) if fresh is None else fresh.select(REFERENCE_COLUMNS)


def _chunks(lake: Lake, item: Partition, fresh: pl.DataFrame | None) -> list[Chunk]:
    """A day's messages, some at a time: from memory, or else from the lake."""
    if fresh is not None:
        return [chunk_of(fresh)]

    def some(start: int, names: Sequence[str] | None) -> pl.DataFrame:
        rows = lake.read_rows(item, start, CHUNK_MESSAGES, names)
        return FIX_MESSAGES.conform(rows) if names is None else rows

    return [partial(some, start) for start in range(0, item.rows, CHUNK_MESSAGES)]


def _told_anew(messages: pl.DataFrame, earlier: Sequence[pl.DataFrame]) -> set[str]:
    """Logs that stand for other messages than before: new ones, and those whose copies gave way to earlier ones."""

    def trace(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.group_by("source_id").agg(pl.len(), pl.col("message_id").sum().alias("sum"))

    known = [trace(pl.concat(earlier))] if earlier else []
    every = pl.concat([trace(messages), *known])
    changed = every.filter(~every.is_duplicated())
    return set(changed.get_column("source_id").to_list())


def _batches(groups: Sequence[list[str]], rows: Mapping[str, int]) -> Iterator[list[str]]:
    batch: list[str] = []
    for group in groups:
        if batch and sum(rows.get(day, 0) for day in [*batch, *group]) > BATCH_MESSAGES:
            yield batch
            batch = []
        batch = [*batch, *group]
    if batch:
        yield batch


def _fold(
    chunks: Sequence[Chunk], sources: Mapping[str, FixSource], firm_id: str, shelf: Shelf, dealt: Shelf
) -> dict[str, list[Shelved]]:
    """One fold per provider; the parts of each table."""
    by_provider: dict[str, list[str]] = {}
    for source_id, item in sources.items():
        by_provider.setdefault(item.provider_id, []).append(source_id)
    tables: dict[str, list[Shelved]] = {name: [held(_TABLES[name].empty())] for name in _TABLES}

    def aside(messages: pl.DataFrame) -> Callable[[], pl.DataFrame]:
        return dealt.set_down(messages).read

    for provider_id, source_ids in by_provider.items():
        own = [_of_sources(chunk, source_ids) for chunk in chunks]
        parts: dict[int, dict[str, Shelved]] = {}
        sections = sources[source_ids[0]].sections
        for number, part in fold_parts(own, sections, firm_id, provider_id, aside=aside):
            made = {**part.tables, FIX_MISFITS.name: part.misfits}
            parts[number] = {name: shelf.set_down(frame) for name, frame in made.items()}
        for part_tables in parts.values():
            for name, frame in part_tables.items():
                tables[name].append(frame)
    return tables


def _of_sources(chunk: Chunk, source_ids: Sequence[str]) -> Chunk:
    if set(chunk(("source_id",)).get_column("source_id").unique()) <= set(source_ids):
        return chunk

    def own(names: Sequence[str] | None) -> pl.DataFrame:
        read = chunk(None if names is None else [*dict.fromkeys((*names, "source_id"))])
        chosen = kept(read, pl.col("source_id").is_in(source_ids))
        return chosen if names is None else chosen.select(names)

    return own


def _replace(
    lake: Lake, view: Manifest, derived: dict[str, list[Shelved]], days: Sequence[str], own_ids: Sequence[str],
    fix_ids: Sequence[str],
) -> list[Partition]:  # fmt: skip
    """Parts whose content differs once the rows that came from these logs are replaced by the new ones."""

    def replaced(table: Table, part: str, delivered: pl.DataFrame) -> Partition | None:
        in_force = view.partitions.get((table.name, part))
        existing = table.empty() if in_force is None else lake.read_partition(in_force)
        if part in days and not existing.is_empty():
            from_fix = existing.filter(pl.col("source_id").is_in(fix_ids))
            delivered = pl.concat([from_fix.filter(~pl.col("source_id").is_in(own_ids)), delivered])
            existing = existing.filter(~pl.col("source_id").is_in(fix_ids))
        both = (existing, delivered)
        frame = merge(table, *both).frame if table.identity else table.sort(pl.concat(both))
        return lake.write_if_changed(table.name, part, frame, in_force)

    def written(name: str) -> list[Partition | None]:
        table, frame = _TABLES[name], pl.concat([piece.read() for piece in derived.pop(name)])
        fresh = {day.isoformat(): rows for day, rows in _by_day(frame) if day}
        return [replaced(table, part, fresh.get(part, table.empty())) for part in sorted({*days, *fresh})]

    large = sum(piece.rows for pieces in derived.values() for piece in pieces) > ROWS_OF_A_MESSAGE * HELD_ROWS
    with ThreadPoolExecutor(
        max_workers=1 if large else WRITERS
    ) as writers:  # a part is made while others wait for the disk
        return [item for made in writers.map(written, LARGEST_FIRST) for item in made if item is not None]


def _by_day(frame: pl.DataFrame) -> Iterator[tuple[date | None, pl.DataFrame]]:
    if is_constant(frame.get_column("trading_day")):
        yield frame.item(0, "trading_day"), frame
        return
    for rows in frame.partition_by("trading_day"):
        yield rows.item(0, "trading_day"), rows
