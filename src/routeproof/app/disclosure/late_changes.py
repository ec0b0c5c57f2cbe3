"""Busts and corrections that are stamped with another trading day than the execution that they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.tables.wide import among

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource


def late_changes(source: DaySource, days: Sequence[date], first: date, last: date) -> int:
    """Executions made from `first` to `last` that a bust or correction of another day speaks of.

    A day's busts and corrections are folded into the executions of that day alone, so that these count as they were.

    Args:
        source: canonical rows.
        days: that it has flow on.
        first: first day of the period.
        last: last day of the period.
    """
    changes = pl.concat([_changes(source, day) for day in days if day >= first] or [_NOTHING])
    if changes.is_empty():
        return 0
    return sum(_executions(source, day, changes).height for day in days if first <= day <= last)


_NOTHING = pl.DataFrame(schema={"execution_id": pl.String, "changed_on": pl.Date})


def _changes(source: DaySource, day: date) -> pl.DataFrame:
    """`execution_id` that a change of the day speaks of, and `changed_on`."""
    changed = (pl.col("status") != "new") & pl.col("refers_to").is_not_null()
    found = _scan(source, day).filter(changed).select(pl.col("refers_to").alias("execution_id")).unique().collect()
    return found.with_columns(pl.lit(day).alias("changed_on"))


def _executions(source: DaySource, day: date, changes: pl.DataFrame) -> pl.DataFrame:
    """Executions of the day that a change of another day alone speaks of."""
    elsewhere = changes.filter(pl.col("changed_on") != day).select("execution_id").unique()
    if elsewhere.is_empty():
        return elsewhere
    named = _scan(source, day).filter(pl.col("status") == "new").select("execution_id")
    return among(named.collect(), elsewhere, ["execution_id"])


def _scan(source: DaySource, day: date) -> pl.LazyFrame:
    if isinstance(source, LakeSource):
        return source.lake.scan("executions", [day], manifest=source.manifest)
    return source.rows("executions", day).lazy()
