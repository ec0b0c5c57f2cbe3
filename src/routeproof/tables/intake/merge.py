"""Merging deliveries: what was already known adds nothing, what contradicts is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.row_order import all_differ, in_order
from routeproof.tables.wide import gathered

if TYPE_CHECKING:
    from collections.abc import Collection

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


def merge(
    table: Table, existing: pl.DataFrame, delivered: pl.DataFrame, sequenced: Collection[str] | None = None
) -> Merged:
    """Existing rows first, then what the delivery adds.

    Rows of tables without identity are the same if content and occurrence number within their source agree: two equal
    prints in one file are two prints, the same two in an overlapping file add none. Of two such rows the one of the
    file that says more of the instant stays, since its rows have an order among themselves. Nothing but rows of one
    symbol and instant decides about a row of such a table, so a day may be merged range by range.

    Args:
        table: whose rows they are.
        existing: rows of earlier deliveries.
        delivered: rows of new files.
        sequenced: `source_id` of those whose `sequence` is not the file row, which makes it content; found from the
            rows if omitted, which takes all rows of a source to be right.
    """
    if existing.is_empty() and _holds_nothing_twice(table, delivered):
        nothing = pl.Series("source_id", [], dtype=pl.String)
        frame = _whole(table, delivered)
        return Merged(frame=ordered(table, frame), added=frame.height, known=nothing, conflicts=frame.clear())
    both = pl.concat(
        [
            _whole(table, existing).with_columns(pl.lit(False).alias(_NEW)),
            _whole(table, delivered).with_columns(pl.lit(True).alias(_NEW)),
        ]
    ).with_row_index(_AT)
    if table.identity:
        kept, conflicts = _by_identity(table, both)
        new = kept
    else:
        own = resequenced(both) if sequenced is None else sequenced
        kept, new, conflicts = *_by_occurrence(table, both, own), both.head(0)
    dropped = both.filter(pl.col(_NEW)).join(new, on=_AT, how="anti").join(conflicts, on=_AT, how="anti")
    return Merged(
        frame=ordered(table, kept.drop(_NEW, _AT), sequenced=sequenced),
        added=int(new.get_column(_NEW).sum()),
        known=dropped.get_column("source_id"),
        conflicts=conflicts.drop(_NEW, _AT),
    )


def _holds_nothing_twice(table: Table, frame: pl.DataFrame) -> bool:
    """The usual case of a large file: no identity occurs twice, or there is but one source of rows without identity."""
    if table.identity:
        key = identity_columns(table)
        return any(all_differ(frame.get_column(name)) for name in key) or not frame.select(key).is_duplicated().any()
    return not _has_several(frame.get_column("source_id"))


def _whole(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """All columns of the table; texts may stay the codes that they came as."""
    return frame if tuple(frame.columns) == table.names else table.conform(frame)


def resequenced(frame: pl.DataFrame) -> list[str]:
    """Sources whose `sequence` is not the file row."""
    other = frame.filter(pl.col("sequence") != pl.col("source_row"))
    return other.get_column("source_id").unique().sort().to_list()


def ordered(
    table: Table, frame: pl.DataFrame, *, of_several: bool | None = None, sequenced: Collection[str] | None = None
) -> pl.DataFrame:
    """Canonical order, in which neither names nor splits of files matter.

    Rows alike in what orders them go by content where several files speak of them. Of a table without identity the row
    of one file says nothing about the row of another: at one symbol and instant rows without a sequence of their own
    stand file by file, that of the higher rows first, since a file that was cut ends where the next one begins. Their
    `sequence` is then their place among all rows of the moment, so that it orders rows wherever they are sorted.

    Args:
        table: whose rows they are.
        frame: the rows.
        of_several: whether the part that these rows are of comes from several files; if omitted, they are all of it.
        sequenced: as for `merge`; if omitted, rows alike go by content in a table without identity too.
    """
    keys = [name for name in (*table.order, "sequence") if name in frame.columns and name != "trading_day"]
    frame = in_order(frame, [*keys, "source_row"])
    if not (_has_several(frame.get_column("source_id")) if of_several is None else of_several):
        return frame
    if not table.identity and sequenced is not None:
        return _file_by_file(table, frame, keys[:-1], sequenced)
    is_tied = frame.select(pl.struct(keys).eq_missing(pl.struct(keys).shift()).fill_null(False)).to_series()
    is_tied |= is_tied.shift(-1, fill_value=False)
    return _ties_by_content(table, frame, keys, is_tied.arg_true()) if is_tied.any() else frame


def _has_several(values: pl.Series) -> bool:
    return len(values) > 1 and not bool((values == values[0]).all())


def _ties_by_content(table: Table, frame: pl.DataFrame, keys: list[str], tied: pl.Series) -> pl.DataFrame:
    """Groups of equal keys sorted by content; without identity only those that several files speak of."""
    content = [name for name in content_columns(table) if name not in keys]
    rows = frame.select(*keys, *content, "source_id", "source_row").with_row_index(_AT)[tied]
    if not table.identity:
        mixed = pl.col("source_id").n_unique().over(keys) > 1
        rows = rows.with_columns(pl.when(mixed).then(pl.col(content)))
    return _placed(frame, tied, rows.sort([*keys, *content, "source_row"], maintain_order=True, nulls_last=False))


def _file_by_file(table: Table, frame: pl.DataFrame, moment: list[str], sequenced: Collection[str]) -> pl.DataFrame:
    """Rows of a moment of which several files speak: those with a sequence of their own by it, then file by file.

    The latter are numbered after the former.
    """
    met = _of_several_files(frame, moment)
    if met.is_empty():
        return frame
    content = [name for name in content_columns(table) if name not in moment]
    own = pl.col("source_id").is_in(list(sequenced))
    of_file = [*moment, "source_id"]
    shared = own & (pl.col("source_id").n_unique().over([*moment, "__own"]) > 1)
    rows = frame.select(*moment, *content, "sequence", "source_id", "source_row").with_row_index(_AT)[met]
    ranked = rows.with_columns(pl.when(own).then("sequence").alias("__own")).sort(
        *moment,
        ~own,
        "__own",
        *(pl.when(shared).then(name) for name in content),
        pl.when(~own).then(-pl.col("source_row").min().over(of_file)),
        *(pl.when(~own).then(pl.col(name).sort_by("source_row").first().over(of_file)) for name in content),
        "source_row",
        maintain_order=True,
        nulls_last=False,
    )
    place = pl.col("__own").max().over(moment).fill_null(0) + pl.int_range(1, pl.len() + 1).over(moment)
    numbers = ranked.select(pl.when(own).then("sequence").otherwise(place)).to_series()
    placed = _placed(frame, met, ranked)
    return placed.with_columns(placed.get_column("sequence").scatter(met, numbers))


def _of_several_files(frame: pl.DataFrame, moment: list[str]) -> pl.Series:
    """Numbers of the rows, which are in order, of moments of which several files speak."""
    goes_on = pl.struct(moment).eq_missing(pl.struct(moment).shift()).fill_null(False)
    looked = frame.select(
        (~goes_on).cum_sum().alias("group"),
        (goes_on & (pl.col("source_id") != pl.col("source_id").shift())).alias("changes"),
    )
    groups = looked.filter("changes").get_column("group").unique()
    return looked.get_column("group").is_in(groups.implode()).arg_true()


def _placed(frame: pl.DataFrame, places: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """The frame with the rows of some places in another order, `rows` naming them by `_AT`."""
    order = pl.int_range(frame.height, dtype=pl.UInt32, eager=True).scatter(places, rows.get_column(_AT))
    return gathered(frame, order)


def _by_identity(table: Table, both: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    key, content = identity_columns(table), content_columns(table)
    if table.ended_by:  # whichever was delivered first, a row that tells the end stands for one that could not yet
        ended = pl.col(table.ended_by).is_not_null()
        both = both.filter(ended | ~ended.any().over(key))
    arranged = both.sort([_NEW, *content], maintain_order=True)
    kept = arranged.unique(subset=key, keep="first", maintain_order=True)
    same = arranged.unique(subset=content, keep="first", maintain_order=True).join(kept, on=_AT, how="anti")
    if same.is_empty():
        return kept, same.head(0)
    return kept, same.filter(pl.col(_NEW))


def _by_occurrence(table: Table, both: pl.DataFrame, sequenced: Collection[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that stay, and rows that say what none before them said; the latter tell how much a delivery adds.

    Only moments of which several sources speak can hold the same row twice.
    """
    shared = both.group_by("symbol").agg(pl.col("source_id").n_unique().alias("sources")).filter(pl.col("sources") > 1)
    if shared.is_empty():
        return both, both
    moment = [name for name in table.order if name != "trading_day"]
    several = pl.col("source_id").min().over(moment) != pl.col("source_id").max().over(moment)
    met = both.join(shared, on="symbol", how="semi").filter(several)
    own = pl.col("source_id").is_in(list(sequenced))
    content = [*content_columns(table), "__sequence"]
    numbered = met.with_columns(
        pl.when(own).then("sequence").alias("__sequence"),
        pl.when(~own).then(pl.len().over([*moment, "source_id"])).alias("__rows"),
    ).with_columns(pl.int_range(pl.len()).over(["source_id", *content]).alias("__occurrence"))
    same = [*content, "__occurrence"]
    alone = both.join(met, on=_AT, how="anti")
    new = numbered.unique(subset=same, keep="first", maintain_order=True)
    by_rows = numbered.sort("__rows", descending=True, nulls_last=True, maintain_order=True)
    kept = by_rows.unique(subset=same, keep="first", maintain_order=True)
    return pl.concat([alone, kept.select(both.columns)]), pl.concat([alone, new.select(both.columns)])
