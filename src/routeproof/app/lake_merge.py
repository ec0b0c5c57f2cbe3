"""Deliveries into lake partitions: only what changes is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.catalog.fix_log import merge_messages
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.stores.manifest import WHOLE
from routeproof.tables.catalog import TABLES
from routeproof.tables.merge import Merged, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.app.delivery import Delivery
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

REJECTS = "rejects"


def merge_deliveries(lake: Lake, deliveries: Sequence[Delivery], reread: frozenset[str]) -> list[Partition]:
    """Merge all deliveries part by part and write the parts that changed; counts what was known or contradicts.

    Args:
        lake: what is known.
        deliveries: files just read.
        reread: sources among them that were read before under another map: their earlier rows are withdrawn.
    """
    by_source = {delivery.source_id: delivery for delivery in deliveries}
    held_parts = lake.manifest().partitions
    withdrawn = _withdrawn(lake, held_parts, reread) if reread else {}
    changed = []
    for table, part in sorted({*_parts(deliveries), *withdrawn}):
        delivered = [_of_part(item.tables[table], part) for item in deliveries if table in item.tables]
        held = held_parts.get((table, part))
        existing = withdrawn.get((table, part), None if held is None else lake.read_partition(held))
        merged = _merge(table, existing, delivered)
        _account(merged, table, part, by_source)
        partition = lake.write_if_changed(table, part, merged.frame, held)
        if partition is not None:
            changed.append(partition)
    rejected = [_write_rejects(lake, item) for item in deliveries if not item.rejects.is_empty()]
    return [*changed, *rejected]


def _withdrawn(
    lake: Lake, held: Mapping[tuple[str, str], Partition], reread: frozenset[str]
) -> dict[tuple[str, str], pl.DataFrame]:
    """Parts without the rows of the sources that are read again; only parts that held some."""
    found = {}
    for (table, part), item in held.items():
        if table not in TABLES:
            continue
        sources = lake.read_partition(item, ["source_id"]).get_column("source_id")
        if sources.is_in(list(reread)).any():
            found[(table, part)] = lake.read_partition(item).filter(~pl.col("source_id").is_in(list(reread)))
    return found


def _merge(table: str, existing: pl.DataFrame | None, delivered: Sequence[pl.DataFrame]) -> Merged:
    schema = FIX_MESSAGES if table == FIX_MESSAGES.name else TABLES[table]
    frame = pl.concat(delivered) if delivered else schema.empty()
    known = schema.empty() if existing is None else existing
    return _merge_messages(known, frame) if schema is FIX_MESSAGES else merge(schema, known, frame)


def _merge_messages(existing: pl.DataFrame, delivered: pl.DataFrame) -> Merged:
    """Distinct messages; a resend of a message that is there is known, whoever's copy stays."""
    frame = merge_messages(existing, delivered)
    keys = list(FIX_MESSAGES.identity)
    fresh = delivered.unique(keys).join(existing.select(keys), on=keys, how="anti", nulls_equal=True)
    counts = delivered.get_column("source_id").value_counts(name="rows")
    added = fresh.get_column("source_id").value_counts(name="added")
    known = counts.join(added, on="source_id", how="left").select(
        pl.col("source_id").repeat_by(pl.col("rows") - pl.col("added").fill_null(0)).explode()
    )
    return Merged(frame, fresh.height, known.get_column("source_id").drop_nulls(), existing.head(0))


def _parts(deliveries: Sequence[Delivery]) -> Iterator[tuple[str, str]]:
    """Tables and parts that the deliveries speak of, in a stable order."""
    found = {(table, part) for item in deliveries for table, frame in item.tables.items() for part in _parts_of(frame)}
    yield from sorted(found)


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
    day = None if part == WHOLE else date.fromisoformat(part)
    for source_id, count in merged.known.value_counts().iter_rows():
        if by_source[source_id].main == table:
            known = by_source[source_id].known
            known[day] = known.get(day, 0) + count
    for (source_id,), rows in merged.conflicts.group_by("source_id"):
        if by_source[str(source_id)].main == table:
            by_source[str(source_id)].refuse_rows(rows, "conflicting_duplicate")


def _write_rejects(lake: Lake, delivery: Delivery) -> Partition:
    frame = delivery.rejects.with_columns(pl.lit(delivery.source_id).alias("source_id")).sort("row", "reason")
    return lake.write(REJECTS, delivery.source_id, frame)
