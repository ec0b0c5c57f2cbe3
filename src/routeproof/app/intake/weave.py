"""New rows woven into a part of the lake that is in order: a row group and the new rows are in memory, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.fold.touched import SOURCE
from routeproof.stores.lake_file import ROW_GROUP_ROWS
from routeproof.tables.intake.merge import identity_columns, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition
    from routeproof.tables.schema import Table

_IS_NEW, _FEWER = "__is_new", "__fewer"


class Weave:
    """A part of a table with an identity, without the rows of some messages and with new ones."""

    def __init__(
        self,
        lake: Lake,
        table: Table,
        held: Partition,
        was: pl.DataFrame,
        new: pl.DataFrame,
        group_rows: int = ROW_GROUP_ROWS,
    ) -> None:
        """What is to be woven.

        Args:
            lake: that holds the part.
            table: whose rows they are.
            held: the part, in canonical order, no identity twice.
            was: `SOURCE` of the messages whose rows go.
            new: rows that come.
            group_rows: rows of the part that are looked at together; it changes no result.
        """
        self._lake, self._table, self._held, self._was, self._group_rows = lake, table, held, was, group_rows
        self._keys = [name for name in table.order if name != "trading_day"]
        standing = lake.scan_partition(held).join(was.lazy(), on=list(SOURCE), how="anti")
        sources = standing.select(pl.col("source_id").unique()).collect(engine="streaming").to_series()
        self._of_several = len({*sources, *new["source_id"]}) > 1
        self._new = ordered(table, new, of_several=self._of_several)
        key = identity_columns(table)
        again = standing.join(new.lazy().select(key), on=key, how="semi", nulls_equal=True).select(pl.len())
        self.is_plain = not new.select(key).is_duplicated().any() and not again.collect(engine="streaming").item()
        """Whether no new row is one that stays: else more than their order is to be settled."""

    def frames(self) -> Iterator[pl.DataFrame]:
        """All rows in canonical order, some at a time, at least one frame."""
        starts = range(0, self._held.rows, self._group_rows)
        firsts = [self._lake.read_rows(self._held, start, 1, self._keys) for start in starts]
        ends = [*self._fewer_than(pl.concat(firsts).slice(1)), self._new.height]
        begin, carried = 0, self._table.empty()
        for number, start in enumerate(starts):
            rows = pl.concat([carried, self._standing(start)])
            if number + 1 < len(starts):  # rows alike in what orders them stay together
                alike = rows.select(
                    pl.all_horizontal(
                        pl.col(name).eq_missing(pl.lit(firsts[number + 1].item(0, name), dtype=rows.schema[name]))
                        for name in self._keys
                    )
                ).to_series()
                rows, carried = rows.filter(~alike), rows.filter(alike)
            coming = self._new.slice(begin, ends[number] - begin)
            begin = ends[number]
            yield ordered(self._table, pl.concat([rows, coming]), of_several=self._of_several)

    def _fewer_than(self, marks: pl.DataFrame) -> list[int]:
        """How many new rows come before each of these keys, which are in order."""
        both = pl.concat(
            [
                marks.with_columns(pl.lit(value=False).alias(_IS_NEW)),
                self._new.select(self._keys).with_columns(pl.lit(value=True).alias(_IS_NEW)),
            ]
        ).sort([*self._keys, _IS_NEW], nulls_last=False)
        counted = both.with_columns(pl.col(_IS_NEW).cum_sum().alias(_FEWER)).filter(~pl.col(_IS_NEW))
        return counted[_FEWER].to_list()

    def _standing(self, start: int) -> pl.DataFrame:
        rows = self._table.conform(self._lake.read_rows(self._held, start, self._group_rows))
        if not rows["source_row"].is_in(self._was["source_row"].implode()).any():
            return rows
        return rows.join(self._was, on=list(SOURCE), how="anti", maintain_order="left")
