"""Deliveries into lake partitions: only what changes is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.stores.manifest import WHOLE
from routeproof.tables.catalog import TABLES
from routeproof.tables.merge import Merged, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.app.delivery import Delivery
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

REJECTS = "rejects"


def merge_deliveries(lake: Lake, deliveries: Sequence[Delivery]) -> list[Partition]:
    """Merge all deliveries part by part and write the parts that changed; counts what was known or contradicts."""
    by_source = {delivery.source_id: delivery for delivery in deliveries}
    changed = []
    for table, part in _parts(deliveries):
        delivered = [_of_part(item.tables[table], part) for item in deliveries if table in item.tables]
        frame = pl.concat([rows for rows in delivered if not rows.is_empty()])
        merged = merge(TABLES[table], _existing(lake, table, part), frame)
        _account(merged, table, part, by_source)
        if merged.added:
            changed.append(lake.write(table, part, merged.frame))
    rejected = [_write_rejects(lake, item) for item in deliveries if not item.rejects.is_empty()]
    return [*changed, *rejected]


def _parts(deliveries: Sequence[Delivery]) -> Iterator[tuple[str, str]]:
    """Tables and parts that the deliveries speak of, in a stable order."""
    found = {(table, part) for item in deliveries for table, frame in item.tables.items() for part in _parts_of(frame)}
    yield from sorted(found)


def _parts_of(frame: pl.DataFrame) -> list[str]:
    if "trading_day" not in frame.columns:
        return [WHOLE] if frame.height else []
    return [day.isoformat() for day in frame.get_column("trading_day").unique().drop_nulls()]


def _of_part(frame: pl.DataFrame, part: str) -> pl.DataFrame:
    if part == WHOLE:
        return frame
    return frame.filter(pl.col("trading_day") == pl.lit(part).str.to_date())


def _existing(lake: Lake, table: str, part: str) -> pl.DataFrame:
    held = lake.manifest().partitions.get((table, part))
    return TABLES[table].empty() if held is None else lake.read_partition(held)


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
