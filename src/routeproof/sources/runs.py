"""Runs: rows of quotes or trades on scratch disk, in order, with an index; what an external merge reads from.

A run holds at most one piece of a file. Columns with one value are named once instead of being written, so a run takes
50 to 100 bytes a row; it lives as long as its ingest.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.intake.merge import resequenced
from routeproof.tables.intake.plausibility import price_of, two_sided
from routeproof.tables.registry import TABLES
from routeproof.tables.row_order import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

BLOCK_ROWS = 16_384
"""Most rows of an index entry, which bounds what a cut through a symbol's day reads in vain."""

_ORDER = ("trading_day", "symbol", "at", "sequence")
_BLOCK = "__block"
_PLACED = ("trading_day", "symbol")
_KEPT = ("at", "source_row")


@dataclass(frozen=True, slots=True)
class Run:
    """Rows of one table in order of (trading_day, symbol, at, sequence).

    Attributes:
        table: canonical table.
        path: Arrow file of the columns that differ from row to row.
        constants: value of every other column.
        sequenced: `source_id` of those of its sources whose sequence is not the file row.
        index: one row per block of a symbol: `trading_day, symbol, start, rows, first_at, last_at` and, for judging
            whether the file can be evidence, `priced` (rows with a price level), `price` (their median, fixed point),
            `two_sided`, `crossed` (rows).
    """

    table: str
    path: Path
    constants: Mapping[str, object]
    sequenced: tuple[str, ...]
    index: pl.DataFrame

    def read(self, first: int, blocks: int, words: Mapping[str, pl.DataType] | None = None) -> pl.DataFrame:
        """Canonical rows of consecutive index entries, texts as strings or as the `words` that a column is to have."""
        held = self.index.slice(first, blocks)
        counts = held.get_column("rows").to_numpy()
        start, rows = int(held.get_column("start")[0]), int(counts.sum())
        stored = pl.scan_ipc(self.path, glob=False).slice(start, rows).collect()  # never the whole run
        places = np.repeat(np.arange(blocks), counts)
        dtypes = {**TABLES[self.table].dtypes, **(words or {})}
        frame = stored.with_columns(
            *(held.get_column(name).cast(dtypes[name]).gather(places) for name in _PLACED),
            *(pl.lit(value).cast(dtypes[name]).alias(name) for name, value in self.constants.items()),
        )
        if "sequence" not in frame.columns:
            frame = frame.with_columns(pl.col("source_row").alias("sequence"))
        return frame.select(TABLES[self.table].names)

    def rows(self) -> int:
        """Number of rows."""
        return int(self.index.get_column("rows").sum())


def write_run(table: str, frame: pl.DataFrame, path: Path) -> Run:
    """Put canonical rows in order and on disk; the index is written beside."""
    ordered = in_order(frame, _ORDER)
    index = _index(table, ordered)
    varying = [name for name in ordered.columns if name not in _PLACED and (name in _KEPT or _varies(ordered[name]))]
    constants = {name: ordered[name][0] for name in ordered.columns if name not in (*varying, *_PLACED)}
    sequenced = tuple(resequenced(ordered))
    if not sequenced:
        varying = [name for name in varying if name != "sequence"]
        constants.pop("sequence", None)
    ordered.select(varying).write_ipc(path, compression="uncompressed")
    index.write_ipc(_index_path(path))
    return Run(table, path, constants, sequenced, index)


def run_as_json(run: Run) -> dict[str, object]:
    """What another process needs to open the run."""
    return {
        "table": run.table,
        "file": run.path.name,
        "constants": dict(run.constants),
        "sequenced": list(run.sequenced),
    }


def open_run(folder: Path, told: Mapping[str, object]) -> Run:
    """The run that another process wrote into the folder."""
    path = folder / str(told["file"])
    constants, sequenced = told["constants"], told["sequenced"]
    assert isinstance(constants, dict)  # noqa: S101  # our own child wrote it
    assert isinstance(sequenced, list)  # noqa: S101  # our own child wrote it
    index = pl.read_ipc(_index_path(path))
    return Run(str(told["table"]), path, constants, tuple(sequenced), index)


def _index_path(path: Path) -> Path:
    return path.with_suffix(".index.arrow")


def _varies(column: pl.Series) -> bool:
    if column.null_count() == len(column):
        return False
    return column.null_count() > 0 or not bool((column == column[0]).all())


def _index(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    starts = _block_starts(frame)
    rows = np.diff(np.append(starts, frame.height))
    at = frame.get_column("at").to_numpy()
    blocks = frame.select(_PLACED)[starts].with_columns(
        pl.Series("start", starts, dtype=pl.Int64),
        pl.Series("rows", rows, dtype=pl.Int64),
        pl.Series("first_at", at[starts], dtype=pl.Int64),
        pl.Series("last_at", at[starts + rows - 1], dtype=pl.Int64),
    )
    return blocks.hstack(_evidence(table, frame, np.repeat(np.arange(len(starts)), rows)))


def _block_starts(frame: pl.DataFrame) -> NDArray[np.int64]:
    """First rows of blocks: a new symbol or day, or enough rows of the last one."""
    changes = [frame.get_column(name).ne_missing(frame.get_column(name).shift()).arg_true() for name in _PLACED]
    edges = np.unique(np.concatenate([[0], *(change.to_numpy() for change in changes), [frame.height]]))
    return np.concatenate([np.arange(begin, end, BLOCK_ROWS) for begin, end in pairwise(edges)]).astype(np.int64)


def _evidence(table: str, frame: pl.DataFrame, blocks: NDArray[np.int64]) -> pl.DataFrame:
    price = price_of(table)
    assert price is not None  # noqa: S101  # quotes and trades have one
    crossed = (pl.col("bid") > pl.col("ask")) if table == "quotes" else pl.lit(False)
    both = two_sided() if table == "quotes" else pl.lit(False)
    told = frame.select(
        pl.Series(_BLOCK, blocks), price.alias("price"), both.alias("two_sided"), crossed.alias("crossed")
    )
    return (
        told.group_by(_BLOCK)
        .agg(
            pl.col("price").count().cast(pl.Int64).alias("priced"),
            pl.col("price").median(),
            pl.col("two_sided", "crossed").sum().cast(pl.Int64),
        )
        .sort(_BLOCK)
        .drop(_BLOCK)
    )
