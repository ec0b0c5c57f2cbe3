"""Messages of FIX logs into the lake: one distinct set per day, whoever delivered which copy."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.app.intake.shelf import HELD_ROWS
from routeproof.sources.fix.messages import COPIES_LOOKED_AT, FIX_MESSAGES, LOOKED_AT, distinct_rows, rows_in_order
from routeproof.stores.lake_file import ROW_GROUP_ROWS
from routeproof.tables.row_order import all_differ
from routeproof.tables.wide import gathered, kept, stacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from routeproof.app.intake.shelf import Shelved
    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition

    Read = Callable[[Sequence[str] | None], pl.DataFrame]

PIECES_AT_ONCE = 8
"""Pieces of a large day that are in memory at a time."""


@dataclass(slots=True)
class FreshDay:
    """Messages of a day that changed, for whoever reads them next.

    Attributes:
        messages: the new part's rows, if they fit in memory.
        added: (k,) numbers of those of its rows that were not there before, ascending; null where there was nothing,
            or where a copy gave way to another, so that what was there before did not stay.
    """

    messages: pl.DataFrame | None
    added: npt.NDArray[np.int64] | None


def merge_log(
    lake: Lake,
    part: str,
    delivered: Sequence[Shelved],
    held: Partition | None,
    fresh: dict[str, FreshDay],
    *,
    held_rows: int = HELD_ROWS,
) -> tuple[Partition | None, pl.Series]:
    """Merge the messages of a day and write them if they changed.

    Args:
        lake: what is known.
        part: the day.
        delivered: messages in files just read, of any days.
        held: the part in force.
        fresh: is given the day under `part` if it changed.
        held_rows: messages of a day that fit; more are written a row group at a time.

    Returns:
        The new part, and `source_id` of each delivered message that was already known: a resend of a message that is
        there is known, whoever's copy stays.
    """
    day = date.fromisoformat(part)
    old = [] if held is None else [_slice(lake, held, start) for start in range(0, held.rows, ROW_GROUP_ROWS)]
    new = [_of_day(piece, day) for piece in delivered if day in piece.days]
    looked = _looked_at([*old, *new], LOOKED_AT)
    if all_differ(looked.get_column("message_id")):
        rows = rows_in_order(looked)
    else:
        looked = _looked_at([*old, *new], COPIES_LOOKED_AT)
        rows = distinct_rows(looked)
    before = 0 if held is None else held.rows
    known = _known(looked, before) if rows.size < looked.height else pl.Series("source_id", [], dtype=pl.String)
    added = _added(rows, before)
    if rows.size > held_rows:
        partition = lake.write_frames(FIX_MESSAGES.name, part, _frames([*old, *new], rows), held)
        if partition is not None:
            fresh[part] = FreshDay(None, added)
        return partition, known
    both = stacked([read(None) for read in (*old, *new)])
    frame = both if np.array_equal(rows, np.arange(both.height)) else gathered(both, pl.Series(rows))
    partition = lake.write_if_changed(FIX_MESSAGES.name, part, frame, held)
    if partition is not None:
        fresh[part] = FreshDay(frame, added)
    return partition, known


def _added(rows: npt.NDArray[np.int64], before: int) -> npt.NDArray[np.int64] | None:
    """Places of the rows that come after the first `before`, if those are all there."""
    new = np.flatnonzero(rows >= before)
    return new if before and rows.size - new.size == before else None


def _slice(lake: Lake, item: Partition, start: int) -> Read:
    def some(names: Sequence[str] | None) -> pl.DataFrame:
        read = lake.read_rows(item, start, ROW_GROUP_ROWS, names)
        return FIX_MESSAGES.conform(read) if names is None else read

    return some


def _of_day(piece: Shelved, day: date) -> Read:
    if set(piece.days) == {day}:
        return piece.read

    def own(names: Sequence[str] | None) -> pl.DataFrame:
        read = piece.read(None if names is None else [*dict.fromkeys((*names, "trading_day"))])
        chosen = kept(read, pl.col("trading_day") == day)
        return chosen if names is None else chosen.select(names)

    return own


def _looked_at(pieces: Sequence[Read], names: Sequence[str]) -> pl.DataFrame:
    return pl.concat([read(names) for read in pieces])


def _frames(pieces: Sequence[Read], rows: npt.NDArray[np.int64]) -> Iterator[pl.DataFrame]:
    """Rows of those numbers, counted through all pieces, some at a time; few pieces are in memory."""
    ends = np.cumsum([read(("message_id",)).height for read in pieces])
    loaded: OrderedDict[int, pl.DataFrame] = OrderedDict()
    for start in range(0, rows.size, ROW_GROUP_ROWS):
        some = rows[start : start + ROW_GROUP_ROWS]
        needed = np.unique(np.searchsorted(ends, some, side="right"))
        frames, begins, placed = [], np.zeros(ends.size, dtype=np.int64), 0
        for at in needed.tolist():
            loaded[at] = loaded.pop(at) if at in loaded else pieces[at](None)
            frames.append(loaded[at])
            begins[at] = placed
            placed += loaded[at].height
            while len(loaded) > PIECES_AT_ONCE:
                loaded.popitem(last=False)
        of = np.searchsorted(ends, some, side="right")
        own = some - np.concatenate([[0], ends])[of]
        if needed.size == 1 and own[-1] - own[0] + 1 == own.size and (np.diff(own) == 1).all():
            yield frames[0].slice(int(own[0]), own.size)  # what nothing comes between is not moved
        else:
            yield gathered(stacked(frames), pl.Series(own + begins[of]))


def _known(looked: pl.DataFrame, before: int) -> pl.Series:
    keys = list(FIX_MESSAGES.identity)
    existing, new = looked.head(before), looked.slice(before).select(*keys, "source_id")
    fresh = new.unique(keys).join(existing.select(keys), on=keys, how="anti", nulls_equal=True)
    counts = new.get_column("source_id").value_counts(name="rows")
    added = fresh.get_column("source_id").value_counts(name="added")
    known = counts.join(added, on="source_id", how="left").select(
        pl.col("source_id").repeat_by(pl.col("rows") - pl.col("added").fill_null(0)).explode()
    )
    return known.get_column("source_id").drop_nulls()
