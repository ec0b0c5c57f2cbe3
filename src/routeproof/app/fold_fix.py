"""FIX messages of the lake to canonical tables: the days that changed are folded again and replace what was derived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.fix_days import REFERENCE_COLUMNS, joined_days
from routeproof.sources.fix.fold.fold import FOLDED, fold_messages
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.tables.catalog import TABLES
from routeproof.tables.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Manifest, Partition

BATCH_MESSAGES = 400_000
"""Messages folded at once, where no order joins more days than that."""


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
    references = {day: lake.read_partition(item, REFERENCE_COLUMNS) for day, item in messages.items()}
    groups = [group for group in joined_days(references) if not set(group).isdisjoint(changed_days)]
    written: list[Partition] = []
    for days in _batches(groups, {day: item.rows for day, item in messages.items()}):
        batch = pl.concat([lake.read_partition(messages[day]) for day in days])
        derived = _fold(batch, sources, firm_id)
        written += _replace(lake, view, derived, days, list(sources))
    return written


def _batches(groups: Sequence[list[str]], rows: Mapping[str, int]) -> Iterator[list[str]]:
    batch: list[str] = []
    for group in groups:
        if batch and sum(rows[day] for day in [*batch, *group]) > BATCH_MESSAGES:
            yield batch
            batch = []
        batch = [*batch, *group]
    if batch:
        yield batch


def _fold(messages: pl.DataFrame, sources: Mapping[str, FixSource], firm_id: str) -> dict[str, pl.DataFrame]:
    """One fold per provider."""
    by_provider: dict[str, list[str]] = {}
    for source_id, item in sources.items():
        by_provider.setdefault(item.provider_id, []).append(source_id)
    tables: dict[str, list[pl.DataFrame]] = {name: [] for name in FOLDED}
    for provider_id, source_ids in by_provider.items():
        own = messages.filter(pl.col("source_id").is_in(source_ids))
        if own.is_empty():
            continue
        sections = sources[source_ids[0]].sections
        folded = fold_messages(own, sections, firm_id=firm_id, provider_id=provider_id)
        for name in FOLDED:
            tables[name].append(TABLES[name].conform(folded.tables[name]))
    return {name: pl.concat([TABLES[name].empty(), *frames]) for name, frames in tables.items()}


def _replace(
    lake: Lake, view: Manifest, derived: Mapping[str, pl.DataFrame], days: Sequence[str], fix_ids: Sequence[str]
) -> list[Partition]:
    """Parts whose content differs once the rows that came from FIX are replaced by the new ones."""
    written = []
    for name, frame in derived.items():
        table = TABLES[name]
        own_days = {day.isoformat() for day in frame.get_column("trading_day").unique().drop_nulls()}
        for part in sorted({*days, *own_days}):
            held = view.partitions.get((name, part))
            existing = table.empty() if held is None else lake.read_partition(held)
            if part in days:
                existing = existing.filter(~pl.col("source_id").is_in(list(fix_ids)))
            fresh = frame.filter(pl.col("trading_day") == date.fromisoformat(part))
            merged = merge(table, existing, fresh).frame
            partition = lake.write_if_changed(name, part, merged, held)
            if partition is not None:
                written.append(partition)
    return written
