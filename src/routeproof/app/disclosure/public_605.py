"""Public Rule 605 reports in the lake: one part a reporter and month, of whichever file speaks of it last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.problems import DUPLICATE_KEY, ROW, Remark, remark
from routeproof.tables.rule605.remarks import REJECTED
from routeproof.tables.rule605.sums import LAYOUTS, additive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition
    from routeproof.tables.rule605.layout import Layout


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one reporter and month before they are written.

    Attributes:
        rows: as they will stand, in canonical order.
        duplicates: source to remarks about rows whose key a row before them has.
        replaced: sources whose rows they replace: a restated file says something about the same keys.
        before: rows that stood there.
    """

    rows: pl.DataFrame
    duplicates: Mapping[str, list[Remark]]
    replaced: tuple[str, ...]
    before: int


def part_name(reporter: str, month: str) -> str:
    """Name of the lake part of a reporter's month."""
    return f"{reporter}-{month}"


def joined(layout: Layout, given: Sequence[pl.DataFrame], held: pl.DataFrame | None) -> Part:
    """Rows of files that were handed in together, and what stood there before.

    Files that speak of other keys than those before them are parts of one report and stand beside them. A file that
    speaks of a key of an earlier file replaces all rows of that file.

    Args:
        layout: of all of them.
        given: rows of one part, with `source_id`, file by file in the order in which they were given.
        held: the part in force, or none.
    """
    table, key = layout.table, list(layout.key)
    new = pl.concat([table.conform(frame) for frame in given])
    ordered, doubled = table.sort(new), new.clear()
    if _has_doubled(ordered, key):
        is_first = new.select(pl.struct(key).is_first_distinct()).to_series()
        doubled, new = new.filter(~is_first), new.filter(is_first)
        ordered = table.sort(new)
    if held is None or held.is_empty():
        return Part(ordered, _duplicates(layout, doubled), (), 0)
    again = held.join(new.select(key), on=key, how="semi", nulls_equal=True).get_column("source_id")
    replaced = sorted({*again, *new.get_column("source_id")} & {*held.get_column("source_id")})
    rows = pl.concat([held.filter(~pl.col("source_id").is_in(replaced)), new])
    others = tuple(name for name in replaced if name not in set(new.get_column("source_id")))
    return Part(table.sort(rows), _duplicates(layout, doubled), others, held.height)


def _has_doubled(ordered: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether two rows, which stand in the order of the key, have one key."""
    as_above = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in key)
    return bool(ordered.select(as_above.any()).item())


def _duplicates(layout: Layout, doubled: pl.DataFrame) -> dict[str, list[Remark]]:
    found: dict[str, list[Remark]] = {}
    for row in doubled.select("source_id", ROW, *layout.key).iter_rows(named=True):
        said = ", ".join(str(row[name]) for name in layout.key if row[name] is not None)
        message = f"expected one row for each key, found another one for {said}: the first one is kept"
        found.setdefault(row["source_id"], []).append(remark(row[ROW], REJECTED, DUPLICATE_KEY, "", message))
    return found


def parts_of(lake: Lake, layout: str, manifest: str | None = None) -> list[Partition]:
    """Parts of one layout, by reporter and month."""
    table = LAYOUTS[layout].table.name
    held = lake.manifest(manifest).partitions
    return [item for (name, _), item in sorted(held.items()) if name == table and item.rows]


def public_rows(lake: Lake, layout: str, manifest: str | None = None) -> pl.LazyFrame:
    """All rows of one layout as files state them, in the table's columns; no rows if nothing was taken in."""
    table = LAYOUTS[layout].table
    frames = [lake.scan_partition(item) for item in parts_of(lake, layout, manifest)]
    return pl.concat(frames) if frames else table.empty().lazy()


def public_sums(lake: Lake, layout: str, manifest: str | None = None) -> pl.LazyFrame:
    """The same as terms that add up; see `tables.rule605.sums`."""
    return additive(LAYOUTS[layout], public_rows(lake, layout, manifest))
