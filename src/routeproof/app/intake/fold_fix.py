"""FIX messages of the lake to canonical tables: what changed is folded again and replaces what was derived."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.intake.days_of_logs import days_of_logs
from routeproof.app.intake.fix_days import DayReferences
from routeproof.app.intake.fold_days import fold_days
from routeproof.app.intake.replace_folded import is_all_folded, replace_folded
from routeproof.sources.fix.fold.parties import way
from routeproof.sources.fix.messages import FIX_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.intake.fix_sources import FixSource
    from routeproof.app.intake.heard_before import HeardBefore
    from routeproof.app.intake.log_merge import FreshDay
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Manifest, Partition

BATCH_MESSAGES = 200_000
"""Messages folded at once, where no order joins more days than that; they are written while the next are folded."""


def fold_changed(
    lake: Lake, view: Manifest, changed_days: Sequence[str], sources: Mapping[str, FixSource], heard: HeardBefore,
    scratch: Path, fresh: dict[str, FreshDay],
) -> list[Partition]:  # fmt: skip
    """Fold every day that changed, with the days joined to it; write the canonical parts that differ.

    Where messages were only added, what they touch is folded; all of the days if that does not do.

    Args:
        lake: where parts are read and written.
        view: the lake with the new messages in it.
        changed_days: days whose messages changed.
        sources: by source id, in order of arrival: all logs ever delivered.
        heard: what messages said when they were folded before.
        scratch: folder for what does not fit in memory.
        fresh: days that changed; they are let go once they are folded.
    """
    now = {part: view.partitions[(FIX_MESSAGES.name, part)] for part in view.parts(FIX_MESSAGES.name)}
    held = lake.manifest().partitions
    before = {day: held[FIX_MESSAGES.name, day] for day in now if (FIX_MESSAGES.name, day) in held}
    references = {day: partial(_references, lake, item, fresh.get(day)) for day, item in now.items()}
    earlier = {day: partial(_references, lake, item, None) for day, item in before.items() if item != now[day]}
    told = DayReferences(references, earlier)
    changed = {*changed_days, *told.parted(changed_days)}
    groups = [group for group in told.groups() if not changed.isdisjoint(group)]
    writing: list[Future[list[Partition]]] = []
    with ThreadPoolExecutor(1) as writer:
        for days in _batches(groups, now, partial(_sessions, lake, now, sources)):
            found = days_of_logs(lake, now, before, days, [day for day in days if day in changed], fresh)
            is_untouched = partial(is_all_folded, lake, held, days, list(sources))
            derived = fold_days(found, sources, heard, scratch, is_untouched)
            if writing:
                writing[-1].result()  # no more than two batches are in memory: one is written while the next is folded
            writing.append(writer.submit(replace_folded, lake, view.partitions, derived, list(sources), heard))
    return [item for written in writing for item in written.result()]


def _references(lake: Lake, item: Partition, fresh: FreshDay | None, names: Sequence[str]) -> pl.DataFrame:
    if fresh is not None and fresh.messages is not None:
        return fresh.messages.select(names)
    return lake.read_partition(item, names)


def _sessions(
    lake: Lake, now: Mapping[str, Partition], sources: Mapping[str, FixSource], days: Sequence[str]
) -> frozenset[tuple[str, ...]]:
    """Provider and direction of requests and answers of some days: what parties are taken to be depends on no more."""
    found: set[tuple[str, ...]] = set()
    for day in (day for day in days if day in now):
        told = lake.scan_partition(now[day]).select("source_id", way(), "sender", "target")
        scanned = told.filter(pl.col("way").is_not_null()).unique().collect()
        found |= {(sources[source_id].provider_id, *session) for source_id, *session in scanned.iter_rows()}
    return frozenset(found)


def _batches(
    groups: Sequence[list[str]],
    now: Mapping[str, Partition],
    sessions: Callable[[Sequence[str]], frozenset[tuple[str, ...]]],
) -> Iterator[list[str]]:
    """Groups that are folded together: small ones of the same sessions, so that each becomes what it would alone."""
    batch: list[str] = []
    for group in groups:
        fits = sum(now[day].rows for day in [*batch, *group] if day in now) <= BATCH_MESSAGES
        if batch and not (fits and sessions(batch) == sessions(group)):
            yield batch
            batch = []
        batch = [*batch, *group]
    if batch:
        yield batch
