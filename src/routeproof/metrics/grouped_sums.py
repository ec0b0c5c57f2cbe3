"""Exact sums of measured rows by dimension: the fused accumulator where it can, polars for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.metrics.compile_numba import FusedSums, added, can_fuse, fused_sums, sums_of
from routeproof.metrics.compile_polars import partial_sums
from routeproof.tables.measured.coded_rows import combined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from routeproof.metrics.fused_kernel import Int64s
    from routeproof.metrics.metric import Metric
    from routeproof.tables.measured.coded_rows import CodedRows

MOST_GROUPS = 500_000
"""Groups of pieces that wait to be put together."""

_ROW, _GROUP = "__row", "__group"


def group_index(rows: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, Int64s]:
    """The distinct keys, and for each row which of them it has; without keys all rows are one group."""
    if not keys:
        return pl.DataFrame(height=1), np.zeros(rows.height, dtype=np.int64)
    numbered = rows.select(*keys, pl.int_range(pl.len(), dtype=pl.Int64).alias(_ROW))
    grouped = numbered.group_by(keys).agg(pl.col(_ROW))
    lengths = grouped[_ROW].list.len().to_numpy()
    groups = np.empty(rows.height, dtype=np.int64)
    groups[grouped[_ROW].explode(empty_as_null=False).to_numpy()] = np.repeat(np.arange(grouped.height), lengths)
    return grouped.select(keys), groups


def grouped_sums(rows: pl.DataFrame, metrics: Sequence[Metric], keys: Sequence[str]) -> pl.DataFrame:
    """Distinct keys with the sums that the metrics need, as `compile_polars.partial_sums` names and types them."""
    distinct, groups = group_index(rows, keys)
    schema = rows.schema
    fused = {metric.name: metric for metric in metrics if can_fuse(metric, schema)}
    sums = fused_sums(rows, tuple(fused.values()), groups, distinct.height) if fused else None
    if sums is None:
        fused, sums = {}, pl.DataFrame(height=distinct.height)
    rest = partial_sums(metric for metric in metrics if metric.name not in fused)
    if rest:
        by_polars = rows.with_columns(pl.Series(_GROUP, groups)).group_by(_GROUP).agg(rest) if keys else None
        slow = rows.select(rest) if by_polars is None else by_polars.sort(_GROUP).drop(_GROUP)
        sums = pl.concat([sums, slow], how="horizontal")
    return pl.concat([distinct, sums], how="horizontal") if keys else sums


def coded_sums(pieces: Iterable[CodedRows], metrics: Sequence[Metric], keys: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Distinct keys with the sums that the metrics need; sums of pieces that ran one program are put together."""
    made: list[tuple[pl.DataFrame, FusedSums]] = []
    held = 0
    for rows in pieces:
        groups, values = combined([rows.words[key] for key in keys], rows.height)
        distinct = pl.DataFrame([column.alias(key) for key, column in zip(keys, values, strict=True)])
        sums = sums_of(metrics, rows.names, rows.numbers, groups, distinct.height if keys else 1)
        if made and (held > MOST_GROUPS or sums.program is not made[0][1].program):
            yield _joined(made)
            made, held = [], 0
        made.append((distinct, sums))
        held += len(sums.sums)
    if made:
        yield _joined(made)


def _joined(made: Sequence[tuple[pl.DataFrame, FusedSums]]) -> pl.DataFrame:
    """The sums of one program as one frame, beside their keys, each once."""
    keys = pl.concat([item for item, _ in made])
    parts = [item for _, item in made]
    distinct, groups = group_index(keys, keys.columns)
    if not keys.width:
        groups = np.zeros(len(parts), dtype=np.int64)
    sums = added(parts, groups, distinct.height).frame()
    return pl.concat([distinct, sums], how="horizontal") if keys.width else sums
