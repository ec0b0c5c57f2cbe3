"""Quotes and trades into a lake part, range by range: memory is bounded by a range, not by the day."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.runs import Run, write_run
from routeproof.tables.intake.key_ranges import KeyRange, key_ranges
from routeproof.tables.intake.merge import merge
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

RANGE_ROWS = 500_000
"""Rows merged at once; a quote takes about 200 bytes in memory, several times over while it is merged."""


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """One day of quotes or trades before it is merged.

    Attributes:
        table: canonical table.
        part: trading day, ISO 8601.
        runs: delivered rows, in order of delivery; they may speak of other days too.
        held: the part in force.
        withdrawn: sources whose earlier rows do not count any more.
        sequenced: whether a source's rows have sequence numbers of their own; of those that nobody told of, rows tell.
    """

    table: str
    part: str
    runs: Sequence[Run]
    held: Partition | None
    withdrawn: frozenset[str]
    sequenced: Mapping[str, bool]


def merge_series(
    lake: Lake, item: SeriesPart, scratch: Path, on_rows: Callable[[int], None]
) -> tuple[Partition | None, dict[str, int]]:
    """Merge one day and write it if it changed.

    Args:
        lake: what is known, and where the part is written.
        item: what to merge.
        scratch: folder for rows of the part in force while they are merged.
        on_rows: told the number of rows that have been merged since the last call.

    Returns:
        The partition to commit, if any, and the number of delivered rows that were known already, by source.
    """
    known: dict[str, int] = {}
    folder = scratch / f"held-{item.table}-{item.part}"
    folder.mkdir()
    try:
        existing = list(_existing_runs(lake, item, folder))
        frames = _merged(item, existing, known, on_rows)
        return lake.write_frames(item.table, item.part, frames, item.held), known
    finally:
        shutil.rmtree(folder)


def _existing_runs(lake: Lake, item: SeriesPart, folder: Path) -> Iterator[Run]:
    if item.held is None:
        return
    batches = lake.scan_partition(item.held).collect_batches(maintain_order=True, lazy=True)
    for number, batch in enumerate(batches):
        kept = batch.filter(~pl.col("source_id").is_in(list(item.withdrawn))) if item.withdrawn else batch
        if kept.height:
            yield write_run(item.table, TABLES[item.table].conform(kept), folder / f"{number}.arrow")


def _merged(
    item: SeriesPart, existing: Sequence[Run], known: dict[str, int], on_rows: Callable[[int], None]
) -> Iterator[pl.DataFrame]:
    """Frames of the merged day in canonical order, at least one."""
    table = TABLES[item.table]
    runs = [*existing, *item.runs]
    if not runs:
        yield table.empty()  # all that the day had was withdrawn
        return
    told = {source_id for source_id, is_own in item.sequenced.items() if is_own}
    shown = {source_id for run in runs for source_id in run.sequenced}
    sequenced = told | (shown - set(item.sequenced))
    blocks = _blocks(runs, date.fromisoformat(item.part))
    words = _words(item.table, runs, blocks)
    nothing = table.empty().cast(words)  # type: ignore[arg-type]
    if blocks.is_empty():
        yield nothing
    for key_range in key_ranges(blocks, RANGE_ROWS):
        frames = _read(runs, key_range, words)
        old = [frame for run, frame in frames if run < len(existing)]
        new = [frame for run, frame in frames if run >= len(existing)]
        merged = merge(table, pl.concat([nothing, *old]), pl.concat([nothing, *new]), sequenced)
        for source_id, count in merged.known.value_counts().iter_rows():
            known[source_id] = known.get(source_id, 0) + count
        on_rows(sum(frame.height for frame in new))
        yield merged.frame


def _blocks(runs: Sequence[Run], day: date) -> pl.DataFrame:
    """Index entries of a day with `run` and `block`, their places in `runs` and in that run's index."""
    return pl.concat(
        run.index.select("trading_day", "symbol", "rows", "first_at", "last_at")
        .with_columns(pl.lit(number).alias("run"), pl.int_range(pl.len()).alias("block"))
        .filter(pl.col("trading_day") == day)
        for number, run in enumerate(runs)
    )


def _words(table: str, runs: Sequence[Run], blocks: pl.DataFrame) -> dict[str, pl.DataType]:
    """Types of the text columns whose few words the runs know: codes are merged, hashed and written faster."""
    words: dict[str, pl.DataType] = {"symbol": pl.Enum(blocks.get_column("symbol").unique().sort())}
    for name, dtype in TABLES[table].dtypes.items():
        if dtype == pl.String and all(name in run.constants for run in runs):
            words[name] = pl.Enum(sorted({str(value) for run in runs if (value := run.constants[name]) is not None}))
    return words


def _read(runs: Sequence[Run], key_range: KeyRange, words: Mapping[str, pl.DataType]) -> list[tuple[int, pl.DataFrame]]:
    """Rows of a range by run; in a run they lie together, because it has the order of the ranges."""
    places = key_range.blocks.group_by("run").agg(pl.col("block").min(), pl.len().alias("blocks")).sort("run")
    read = [
        (number, key_range.rows_of(runs[number].read(block, blocks, words))) for number, block, blocks in places.rows()
    ]
    return [(number, frame) for number, frame in read if frame.height]
