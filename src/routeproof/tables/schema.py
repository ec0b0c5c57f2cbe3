"""What a canonical table is: a name, columns with meaning and unit, and how its rows are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

import polars as pl

from routeproof.tables.row_order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["price", "quantity", "money", "instant", "day", "text", "count", "flag"]

DTYPES: dict[Kind, pl.DataType] = {
    "price": pl.Int64(),
    "quantity": pl.Int64(),
    "money": pl.Int64(),
    "instant": pl.Int64(),
    "day": pl.Date(),
    "text": pl.String(),
    "count": pl.Int64(),
    "flag": pl.Boolean(),
}
"""Storage type of each kind; prices, quantities and money are fixed point at 1e-9, instants UTC nanoseconds."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table.

    Attributes:
        name: canonical name.
        kind: what it holds, which fixes its storage type.
        required: a row without it is rejected.
        default: value for a column that the source does not have; `None` leaves it null.
        words: allowed texts, empty if any.
        meaning: one line for people who write maps.
    """

    name: str
    kind: Kind
    meaning: str = ""
    required: bool = False
    default: str | int | bool | None = None
    words: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """Storage type in polars."""
        return DTYPES[self.kind]


PROVENANCE = (
    Column("firm_id", "text", "legal entity of the workspace", default=""),
    Column("source_id", "text", "first 16 hex digits of the raw file's SHA-256", default=""),
    Column("source_row", "count", "1-based line or row in the source", default=0),
)
SEQUENCE = Column("sequence", "count", "breaks ties of equal instants; the file row unless mapped", default=0)


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table.

    Attributes:
        name: name in maps, lake and manifest.
        columns: own columns, without provenance.
        identity: columns that make a row the same row; empty means whole content plus occurrence number.
        order: canonical row order.
        day_of: instant column whose session day partitions the table, or `None` for reference tables.
        is_event: rows carry `sequence`.
        all_columns: own ones, the tie-breaker, provenance.
        names: of all columns, in order.
        dtypes: column name to storage type.
    """

    name: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    day_of: str | None = None
    is_event: bool = True
    ended_by: str = ""
    all_columns: tuple[Column, ...] = field(init=False)
    names: tuple[str, ...] = field(init=False, compare=False)
    dtypes: dict[str, pl.DataType] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Own columns come first, then the tie-breaker, then provenance."""
        tie = (SEQUENCE,) if self.is_event else ()
        every = self.columns + tie + PROVENANCE
        object.__setattr__(self, "all_columns", every)
        object.__setattr__(self, "names", tuple(column.name for column in every))
        object.__setattr__(self, "dtypes", {column.name: column.dtype for column in every})

    @property
    def is_series(self) -> bool:
        """Rows of symbols over a day, none of which has an identity: quotes and prints, as many as there are."""
        return not self.identity and self.order == ("trading_day", "symbol", "at")

    def empty(self) -> pl.DataFrame:
        """A frame of no rows with the table's columns."""
        return _no_rows(self).clone()

    def column(self, name: str) -> Column:
        """The column of that name; `KeyError` if there is none."""
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with exactly the table's columns in order; absent ones take their default or null."""
        found = dict(zip(frame.columns, frame.dtypes, strict=True))
        if tuple(found) == self.names and found == self.dtypes:
            return frame
        return frame.select(
            (pl.col(column.name) if found[column.name] == column.dtype else pl.col(column.name).cast(column.dtype))
            if column.name in found
            else _absent(column)
            for column in self.all_columns
        )

    def sort(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame in canonical row order."""
        keys = [name for name in (*self.order, "sequence", "source_id", "source_row") if name in frame.columns]
        return in_order(frame, keys)


@cache
def _no_rows(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema=table.dtypes)


@cache
def _absent(column: Column) -> pl.Expr:
    """The column of a source that does not have it."""
    return pl.lit(column.default, dtype=column.dtype).alias(column.name)


def by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """Tables keyed by name."""
    return {table.name: table for table in tables}
