"""From a frame to a table of the report: one column description each, nulls with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from routeproof.reports.document import Callout, Cell, Column, Row, Section, Table, missing, words
from routeproof.reports.numbers import UNITS, Kind, printed
from routeproof.reports.pack.inputs import PackInputs

NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A frame column as a table column; `kind` null means words."""

    name: str
    title: str
    kind: Kind | None = None
    unit: str = ""
    weight: float = 1.0


def number(value: float | None, kind: Kind, *, reason: str = NOT_MEASURED, n: int | None = None) -> Cell:
    """A printed number, or a dash with its reason."""
    if value is None:
        return missing(reason, unit=UNITS[kind])
    return Cell(value=value, text=printed(value, kind), unit=UNITS[kind], n=n)


def _cell(row: dict[str, object], entry: Field) -> Cell:
    value = row.get(entry.name)
    if entry.kind is None:
        return words("" if value is None else str(value))
    return number(value if isinstance(value, int | float) else None, entry.kind)


def columns_of(fields: Sequence[Field]) -> tuple[Column, ...]:
    """The table columns: numbers to the right, words to the left."""
    return tuple(
        Column(id=f.name, title=f.title, unit=f.unit, align="right" if f.kind else "left", weight=f.weight)
        for f in fields
    )


def table_of(
    table_id: str,
    frame: pl.DataFrame,
    fields: Sequence[Field],
    caption: str,
    note: str = "",
    *,
    compact: bool = False,
    landscape: bool = False,
    data_only: bool = False,
) -> Table:
    """A frame as a table, rows in the frame's order; columns that the frame does not have are left out."""
    kept = [entry for entry in fields if entry.name in frame.columns]
    rows = tuple(
        Row(id=f"{table_id}-{index}", cells=tuple(_cell(row, entry) for entry in kept))
        for index, row in enumerate(frame.iter_rows(named=True))
    )
    return Table(
        id=table_id,
        columns=columns_of(kept),
        rows=rows,
        caption=caption,
        note=note,
        compact=compact,
        landscape=landscape,
        data_only=data_only,
    )


def empty_section(inputs: PackInputs, section_id: str, title: str) -> Section:
    """A section without data, which says why."""
    why = inputs.reasons.get(section_id, "The workspace holds no data for this section in the period.")
    return Section(id=section_id, title=title, blocks=(Callout(tone="note", title="Nothing to show", text=why),))
