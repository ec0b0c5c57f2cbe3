"""Canonical parts of the lake in which rows that messages were made into before give way to new ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.intake.fold_days import DERIVED, ROWS_OF_A_MESSAGE
from routeproof.app.intake.shelf import HELD_ROWS
from routeproof.app.intake.weave import Weave
from routeproof.sources.fix.fold.misfits import FIX_MISFITS
from routeproof.sources.fix.fold.touched import SOURCE
from routeproof.tables.intake.merge import merge
from routeproof.tables.wide import is_constant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.intake.fold_days import Derived
    from routeproof.app.intake.heard_before import HeardBefore
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition
    from routeproof.tables.schema import Table

    Parts = Mapping[tuple[str, str], Partition]

WRITERS = 2
"""Tables of a day that fits in memory written at a time, else one: what is written is held twice."""

LARGEST_FIRST = ("executions", "links", "sightings", "routes", "order_versions", "parent_orders", FIX_MISFITS.name)


def is_all_folded(lake: Lake, held: Parts, days: Sequence[str], fix_ids: Sequence[str]) -> bool:
    """Whether all rows of these days in the tables that are made from messages came from these logs."""
    own = pl.col("source_id").is_in(list(fix_ids)).all()
    parts = [held[name, day] for name in DERIVED for day in days if (name, day) in held]
    return all(lake.scan_partition(item).select(own).collect(engine="streaming").item() for item in parts)


def replace_folded(
    lake: Lake, held: Parts, derived: Derived, fix_ids: Sequence[str], heard: HeardBefore
) -> list[Partition]:
    """Parts whose content differs once rows that came from messages are replaced by what these are now.

    What the messages say is kept for the next fold, unless rows cannot be told by the messages that they came from: two
    of them were one and the same, or stay as they were although another copy of their message stands for it now.

    Args:
        lake: where parts are read and written.
        held: parts in force.
        derived: the new rows, and which ones they replace.
        fix_ids: all logs ever delivered.
        heard: what messages said when they were folded before.
    """
    unsure: list[str] = []

    def replaced(table: Table, part: str, delivered: pl.DataFrame) -> Partition | None:
        in_force = held.get((table.name, part))
        if derived.was is not None and part in derived.days and in_force is not None and table.identity:
            weave = Weave(lake, table, in_force, derived.was, delivered)
            if weave.is_plain:
                return lake.write_frames(table.name, part, weave.frames(), in_force)
        existing = table.empty() if in_force is None else table.conform(lake.read_partition(in_force))
        if part in derived.days and not existing.is_empty():
            from_fix = pl.col("source_id").is_in(list(fix_ids))
            delivered = pl.concat([_standing(existing.filter(from_fix), derived), delivered])
            existing = existing.filter(~from_fix)
        both = (existing, delivered)
        frame = merge(table, *both).frame if table.identity else table.sort(pl.concat(both))
        made = lake.write_if_changed(table.name, part, frame, in_force)
        if frame.height < existing.height + delivered.height or not (made or _tells_sources(lake, in_force, frame)):
            unsure.append(part)
        return made

    def written(name: str) -> list[Partition | None]:
        table, frame = DERIVED[name], pl.concat([piece.read() for piece in derived.tables.pop(name)])
        fresh = {day.isoformat(): rows for day, rows in _by_day(frame) if day}
        return [replaced(table, part, fresh.get(part, table.empty())) for part in sorted({*derived.days, *fresh})]

    large = sum(piece.rows for pieces in derived.tables.values() for piece in pieces) > ROWS_OF_A_MESSAGE * HELD_ROWS
    with ThreadPoolExecutor(max_workers=1 if large else WRITERS) as writers:  # one is made while others are written
        made = [item for parts in writers.map(written, LARGEST_FIRST) for item in parts if item is not None]
    if not unsure:
        for provider_id, (made_of, said) in derived.heard.items():
            heard.keep(derived.days, provider_id, made_of, said)
    return made


def _tells_sources(lake: Lake, in_force: Partition | None, frame: pl.DataFrame) -> bool:
    """Whether a part that says the same says also where its rows came from."""
    return in_force is None or lake.read_partition(in_force, SOURCE).equals(frame.select(SOURCE))


def _standing(from_fix: pl.DataFrame, derived: Derived) -> pl.DataFrame:
    """Rows made from messages that were not folded again."""
    if derived.was is not None:
        return from_fix.join(derived.was, on=list(SOURCE), how="anti", maintain_order="left")
    return from_fix.filter(~pl.col("source_id").is_in(list(derived.logs)))


def _by_day(frame: pl.DataFrame) -> Iterator[tuple[date | None, pl.DataFrame]]:
    if is_constant(frame.get_column("trading_day")):
        yield frame.item(0, "trading_day"), frame
        return
    for rows in frame.partition_by("trading_day"):
        yield rows.item(0, "trading_day"), rows
