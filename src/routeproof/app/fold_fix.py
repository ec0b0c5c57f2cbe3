"""FIX messages of the lake to canonical tables: the days that changed are folded again and replace what was derived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.fix_days import REFERENCE_COLUMNS, joined_days
from routeproof.sources.fix.fold.fold import FOLDED, fold_messages
from routeproof.sources.fix.fold.misfits import FIX_MISFITS
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.tables.catalog import TABLES
from routeproof.tables.merge import merge
from routeproof.tables.wide import kept, stacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Manifest, Partition
    from routeproof.tables.schema import Table

BATCH_MESSAGES = 400_000
"""Messages folded at once, where no order joins more days than that."""

WRITERS = 3
"""Parts written at a time."""

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
    lake: Lake, view: Manifest, changed_days: Sequence[str], sources: Mapping[str, FixSource], firm_id: str
) -> list[Partition]:
    """Fold every day that changed, with the days joined to it; write the canonical parts that differ.

    Args:
        lake: where parts are read and written.
        view: the lake with the new messages in it.
        changed_days: days whose messages changed.
        sources: by source id, in order of arrival: all logs ever delivered.
        firm_id: legal entity, part of every identity.
    """
    messages = {part: view.partitions[(FIX_MESSAGES.name, part)] for part in view.parts(FIX_MESSAGES.name)}
    alone = len(messages) == 1
    references = {} if alone else {day: lake.read_partition(item, REFERENCE_COLUMNS) for day, item in messages.items()}
    joined = [list(messages)] if alone else joined_days(references)
    groups = [group for group in joined if not set(group).isdisjoint(changed_days)]
    written: list[Partition] = []
    before = lake.manifest().partitions
    for days in _batches(groups, {day: item.rows for day, item in messages.items()}):
        held = {day: before.get((FIX_MESSAGES.name, day)) for day in days}
        anew = any(held[day] == messages[day] for day in days if day in changed_days)  # a map changed, not the messages
        earlier = [lake.read_partition(item, _TRACE) for item in held.values() if item is not None]
        parts = [messages[day] for day in days]
        traces = pl.concat([lake.read_partition(item, _TRACE) for item in parts])
        told = set(sources) if anew else _told_anew(traces, earlier)
        providers = {item.provider_id for key, item in sources.items() if key in told}
        own = {key: item for key, item in sources.items() if item.provider_id in providers}
        written += _replace(lake, view, _fold(lake, parts, own, firm_id), days, list(own), list(sources))
    return written


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
        if batch and sum(rows[day] for day in [*batch, *group]) > BATCH_MESSAGES:
            yield batch
            batch = []
        batch = [*batch, *group]
    if batch:
        yield batch


def _fold(
    lake: Lake, parts: Sequence[Partition], sources: Mapping[str, FixSource], firm_id: str
) -> dict[str, pl.DataFrame]:
    """One fold per provider."""
    messages = stacked([lake.read_partition(item) for item in parts])
    by_provider: dict[str, list[str]] = {}
    for source_id, item in sources.items():
        by_provider.setdefault(item.provider_id, []).append(source_id)
    tables: dict[str, list[pl.DataFrame]] = {name: [_TABLES[name].empty()] for name in _TABLES}
    for provider_id, source_ids in by_provider.items():
        own = kept(messages, pl.col("source_id").is_in(source_ids))
        if own.is_empty():
            continue
        sections = sources[source_ids[0]].sections
        folded = fold_messages(own, sections, firm_id=firm_id, provider_id=provider_id)
        for name, frame in {**folded.tables, FIX_MISFITS.name: folded.misfits}.items():
            tables[name].append(_TABLES[name].conform(frame))
    return {name: pl.concat(frames) for name, frames in tables.items()}


def _replace(
    lake: Lake, view: Manifest, derived: Mapping[str, pl.DataFrame], days: Sequence[str], own_ids: Sequence[str],
    fix_ids: Sequence[str],
) -> list[Partition]:  # fmt: skip
    """Parts whose content differs once the rows that came from these logs are replaced by the new ones."""

    def replaced(item: tuple[Table, str, pl.DataFrame]) -> Partition | None:
        table, part, delivered = item
        held = view.partitions.get((table.name, part))
        existing = table.empty() if held is None else lake.read_partition(held)
        if part in days and not existing.is_empty():
            from_fix = existing.filter(pl.col("source_id").is_in(fix_ids))
            delivered = pl.concat([from_fix.filter(~pl.col("source_id").is_in(own_ids)), delivered])
            existing = existing.filter(~pl.col("source_id").is_in(fix_ids))
        both = (existing, delivered)
        frame = merge(table, *both).frame if table.identity else table.sort(pl.concat(both))
        return lake.write_if_changed(table.name, part, frame, held)

    items = []
    for name, frame in derived.items():
        table = _TABLES[name]
        fresh = {day.isoformat(): rows for day, rows in _by_day(frame) if day}
        items += [(table, part, fresh.get(part, table.empty())) for part in sorted({*days, *fresh})]
    with ThreadPoolExecutor(max_workers=WRITERS) as writers:  # a part is made while others wait for the disk
        return [partition for partition in writers.map(replaced, items) if partition is not None]


def _by_day(frame: pl.DataFrame) -> Iterator[tuple[date | None, pl.DataFrame]]:
    for day in frame.get_column("trading_day").unique():
        yield day, kept(frame, pl.col("trading_day") == day)
