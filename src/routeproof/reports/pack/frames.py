"""From a frame to a table of the report: one column description each, nulls with their reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import polars as pl

from routeproof.reports.document import Block, Callout, Cell, Column, Row, Section, Table, missing, words
from routeproof.reports.numbers import UNITS, Kind, interval, printed
from routeproof.reports.pack.inputs import PackInputs

NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A frame column as a table column; `kind` null means words.

    `bounds` names the columns with the interval's ends, `under` a column whose words are printed beneath;
    `reason` stands beside a null.
    """

    name: str
    title: str
    kind: Kind | None = None
    unit: str = ""
    weight: float = 1.0
    bounds: tuple[str, str] | None = None
    under: str = ""
    reason: str = NOT_MEASURED


def number(value: float | None, kind: Kind, *, reason: str = NOT_MEASURED, n: int | None = None) -> Cell:
    """A printed number, or a dash with its reason; NaN and infinities are no numbers."""
    if value is None or not isfinite(value):
        return missing(reason, unit=UNITS[kind])
    return Cell(value=value, text=printed(value, kind), unit=UNITS[kind], n=n)


LONGEST_SYMBOL = 24
"""Characters of a symbol that are printed in a narrow column; those of listed options have 21."""
PAGE_CHARACTERS = 100
"""Capitals of a compact table's size that fit on a line of the page; a column of weight 1 alone takes a fifth of it."""


def symbol(name: str) -> Cell:
    """A security's symbol, whole as value; one that is too long is printed to its 23rd character and an ellipsis."""
    return Cell(value=name, text=name if len(name) <= LONGEST_SYMBOL else f"{name[: LONGEST_SYMBOL - 1]}…")


def symbol_weight(names: Iterable[str], least: float, others: float) -> float:
    """Weight of a column that has room for the longest of these symbols beside columns that weigh `others` together."""
    characters = min(LONGEST_SYMBOL, max((len(name) for name in names), default=0)) + 2
    share = characters / PAGE_CHARACTERS
    return max(least, others * share / (1.0 - share), 5.0 * share)


def _real(value: object) -> float | None:
    return value if isinstance(value, int | float) and isfinite(value) else None


def _cell(row: dict[str, object], entry: Field) -> Cell:
    value = row.get(entry.name)
    if entry.kind is None:
        cell, note = words("" if value is None else str(value)), str(row.get(entry.under) or "")
        return replace(cell, note=note)
    cell = number(_real(value), entry.kind, reason=entry.reason)
    if entry.bounds is None or value is None:
        return cell
    low, high = (_real(row.get(name)) for name in entry.bounds)
    return replace(cell, lower=low, upper=high, note=interval(low, high, entry.kind))


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


def with_columns(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The frame with absent optional columns added as nulls."""
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(n) for n in names if n not in frame.columns)


def section_of(
    inputs: PackInputs, section_id: str, title: str, blocks: list[Block], *, page_break: bool = False
) -> Section:
    """The blocks as a section, or why there are none."""
    if not blocks:
        return empty_section(inputs, section_id, title)
    return Section(id=section_id, title=title, blocks=tuple(blocks), page_break=page_break)
