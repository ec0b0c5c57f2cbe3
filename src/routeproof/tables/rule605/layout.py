"""What a layout of Rule 605 reports is: fields in file order, and the table that its rows become."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from routeproof.tables.schema import Column, Kind, Table

LayoutName = Literal["legacy", "detailed", "summary"]
FieldKind = Literal["key", "count", "total", "average"]

STORED: dict[FieldKind, Kind] = {"key": "text", "count": "count", "total": "count", "average": "money"}
"""How a field is stored: texts, whole numbers, averages at 1e-9. Totals are whole numbers of millionths of a share or
dollar, exactly as files state them: a month of an exchange does not fit in 64 bits at 1e-9."""

TOTAL_DIGITS = 6
"""Decimals of stored totals."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layout.

    Attributes:
        official: name in the header row; the field number, as text, where the layout has no header.
        column: canonical name, its unit last.
        kind: `key` a text that says which row it is, `count` of orders, `total` of shares or dollars, `average` any
            other number: per share, a ratio, a time.
        meaning: one line.
        aliases: other spellings of the official name that have been seen.
    """

    official: str
    column: str
    kind: FieldKind
    meaning: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout.

    Attributes:
        name: `legacy`, `detailed` or `summary`.
        delimiter: between fields.
        has_header: the first record names the fields.
        fields: in file order.
        key: canonical names of the fields that make a row the same row.
        table: where its rows are kept.
    """

    name: LayoutName
    delimiter: str
    has_header: bool
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        """The table follows from the fields."""
        columns = tuple(
            Column(item.column, STORED[item.kind], f"{item.official}: {item.meaning}", required=item.column in self.key)
            for item in self.fields
        )
        order = ("reporter", "month", *(name for name in self.key if name not in {"reporter", "month"}))
        table = Table(name=f"rule605_{self.name}", columns=columns, identity=self.key, order=order, is_event=False)
        object.__setattr__(self, "table", table)

    @property
    def format(self) -> str:
        """The word for it in reports: `605-legacy`."""
        return f"605-{self.name}"

    def place(self, column: str) -> str | int:
        """How people name a column: its official name, or its number where the layout has no names."""
        for number, item in enumerate(self.fields, start=1):
            if item.column == column:
                return item.official if self.has_header else number
        raise KeyError(column)

    def named(self, column: str) -> str:
        """The same in a sentence: `AvgEFQPct`, `field 8 (covered_shares)`."""
        place = self.place(column)
        return place if isinstance(place, str) else f"field {place} ({column})"

    def columns(self, *kinds: FieldKind) -> tuple[str, ...]:
        """Canonical names of the fields of these kinds, in file order; of all without any."""
        return tuple(item.column for item in self.fields if not kinds or item.kind in kinds)
