"""Merging deliveries: what was already known adds nothing, what contradicts is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.row_order import in_order

if TYPE_CHECKING:
    from routeproof.tables.schema import Table

PROVENANCE_NAMES = ("firm_id", "source_id", "source_row", "sequence")
_NEW = "__new"
_AT = "__at"


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows of one partition after a delivery.

    Attributes:
        frame: all rows in canonical order.
        added: number of rows that were new.
        known: `source_id` of each delivered row that was already there.
        conflicts: delivered rows whose identity is taken by a row of other content.
    """

    frame: pl.DataFrame
    added: int
    known: pl.Series
    conflicts: pl.DataFrame


def content_columns(table: Table) -> list[str]:
    """Columns that say what happened, not how it was delivered."""
    return [name for name in table.names if name not in PROVENANCE_NAMES]


def identity_columns(table: Table) -> list[str]:
    """Columns that make two rows the same; a bust and its original share an execution identity but are two rows."""
    return [*table.identity, "status"] if table.name == "executions" else list(table.identity)


def merge(table: Table, existing: pl.DataFrame, delivered: pl.DataFrame) -> Merged:
    """Existing rows first, then what the delivery adds.

    Rows of tables without identity are the same if content and occurrence number within their source agree: two equal
    prints in one file are two prints, the same two in an overlapping file add none.
    """
    if not table.identity and existing.is_empty() and delivered.get_column("source_id").n_unique() <= 1:
        # The usual case of a large file: one source alone holds nothing twice.
        nothing = pl.Series("source_id", [], dtype=pl.String)
        frame = table.conform(delivered)
        return Merged(frame=ordered(table, frame), added=frame.height, known=nothing, conflicts=frame.clear())
    both = pl.concat(
        [
            table.conform(existing).with_columns(pl.lit(False).alias(_NEW)),
            table.conform(delivered).with_columns(pl.lit(True).alias(_NEW)),
        ]
    ).with_row_index(_AT)
    kept, conflicts = _by_identity(table, both) if table.identity else (_by_occurrence(table, both), both.head(0))
    added = int(kept.get_column(_NEW).sum())
    dropped = both.filter(pl.col(_NEW)).join(kept, on=_AT, how="anti").join(conflicts, on=_AT, how="anti")
    return Merged(
        frame=ordered(table, kept.drop(_NEW, _AT)),
        added=added,
        known=dropped.get_column("source_id"),
        conflicts=conflicts.drop(_NEW, _AT),
    )


def ordered(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Canonical order; ties of different files break by content, so names and splits of files do not matter."""
    keys = [name for name in (*table.order, "sequence") if name in frame.columns and name != "trading_day"]
    if frame.get_column("source_id").n_unique() > 1:
        keys += [name for name in content_columns(table) if name not in keys]
    keys += [name for name in ("source_row",) if name in frame.columns]
    return in_order(frame, keys)


def _by_identity(table: Table, both: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    key, content = identity_columns(table), content_columns(table)
    arranged = both.sort([_NEW, *content], maintain_order=True)
    kept = arranged.unique(subset=key, keep="first", maintain_order=True)
    same = arranged.unique(subset=content, keep="first", maintain_order=True).join(kept, on=_AT, how="anti")
    if same.is_empty():
        return kept, same.head(0)
    return kept, same.filter(pl.col(_NEW))


def _by_occurrence(table: Table, both: pl.DataFrame) -> pl.DataFrame:
    """Only symbols that several sources speak of can hold the same row twice."""
    shared = both.group_by("symbol").agg(pl.col("source_id").n_unique().alias("sources")).filter(pl.col("sources") > 1)
    if shared.is_empty():
        return both
    doubtful = both.join(shared, on="symbol", how="semi")
    sequenced = pl.when((pl.col("sequence") != pl.col("source_row")).any().over("source_id")).then("sequence")
    content = [*content_columns(table), "__sequence"]
    numbered = doubtful.with_columns(sequenced.alias("__sequence")).with_columns(
        pl.int_range(pl.len()).over(["source_id", *content]).alias("__occurrence")
    )
    kept = numbered.unique(subset=[*content, "__occurrence"], keep="first", maintain_order=True)
    return pl.concat([both.join(shared, on="symbol", how="anti"), kept.select(both.columns)])
