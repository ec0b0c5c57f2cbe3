"""A report as a tree of frozen values, the same for every renderer.

A number never travels alone: a `Cell` carries its unit, its population and count, its interval, its verdict and the
reason when there is no value. Renderers print what they find here and decide nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Scalar = int | float | str | bool | None
Verdict = Literal["", "better", "worse", "no_material_difference", "cannot_tell", "not_tested"]
Align = Literal["left", "right", "center"]
Tone = Literal["note", "warning", "draft"]

MARKS: Mapping[str, str] = {
    "": "",
    "better": "▲",
    "worse": "▼",
    "no_material_difference": "=",
    "cannot_tell": "?",
    "not_tested": "·",
}
"""Shape, not colour, carries the verdict: the pack is read in black and white."""

VERDICT_WORDS: Mapping[str, str] = {
    "": "",
    "better": "better",
    "worse": "worse",
    "no_material_difference": "no material difference",
    "cannot_tell": "cannot tell",
    "not_tested": "not tested",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One printed value and what stands behind it.

    `value` is in `unit`; null means "no such number" and then `reason` says why. `text` is what is printed.
    `n` counts the rows behind the value, `population` names them. `lower` and `upper` bound the value's 95% interval.
    `difference` is what was judged against the benchmark, with the ends of its own 95% interval, in `unit` too.
    `rows_ref` is a filter that finds the rows again; `note` is a second printed line.

    Raises:
        ValueError: a null value without a reason.
    """

    value: Scalar = None
    text: str = ""
    unit: str = ""
    n: int | None = None
    population: str = ""
    reason: str = ""
    lower: float | None = None
    upper: float | None = None
    difference: float | None = None
    difference_lower: float | None = None
    difference_upper: float | None = None
    verdict: Verdict = ""
    rows_ref: str = ""
    metric: str = ""
    metric_version: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            message = f"a cell without a value needs a reason (metric {self.metric!r}, population {self.population!r})"
            raise ValueError(message)

    @property
    def printed(self) -> str:
        """The text to print: a dash for null, the value itself where no text was given."""
        if self.value is None:
            return "—"
        return self.text or str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A table column. `weight` is its share of the width; `unit` is printed once, under the title."""

    id: str
    title: str
    unit: str = ""
    align: Align = "left"
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table row; `strong` sets totals apart from their parts."""

    id: str
    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names the row.

    A `data_only` table goes to the spreadsheet and the JSON, not to paper; a `together` one is not broken over pages.
    Tables with the same `sheet` share one in the spreadsheet, each row beginning with its table's `subject`.

    Raises:
        ValueError: a row whose cells are not one per column.
    """

    id: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str
    note: str = ""
    landscape: bool = False
    compact: bool = False
    data_only: bool = False
    together: bool = False
    sheet: str = ""
    subject: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                message = f"table {self.id}: row {row.id} has {len(row.cells)} cells for {len(self.columns)} columns"
                raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart as a Vega-Lite specification, with its words for those who cannot see it and its numbers as a table."""

    id: str
    spec: Mapping[str, object]
    caption: str
    alt: str
    data: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of plain text; `lead` opens a section, `note` is set small."""

    text: str
    style: Literal["body", "lead", "note"] = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """A headline, its explanation, and the section that shows the evidence."""

    headline: str
    detail: str = ""
    section_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An ordered list of things to look at, under its title."""

    title: str
    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """One large number with its label."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigures:
    """A band of large numbers."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """A boxed remark."""

    tone: Tone
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceBlock:
    """Labelled values that let somebody else rebuild the document."""

    entries: tuple[tuple[str, str], ...]


Block = Paragraph | Listing | KeyFigures | Table | Figure | Callout | ProvenanceBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of the document; `page_break` starts a new printed page."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    page_break: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The whole report.

    `dated_on` is the only date a renderer may print or stamp into a file. `digest` identifies the inputs and is
    printed on each page. `meta` is carried to the JSON; `extra` holds the machine-readable surfaces of the report.
    """

    title: str
    subtitle: str
    dated_on: date
    version: str
    digest: str
    meta: Mapping[str, object]
    sections: tuple[Section, ...]
    extra: Mapping[str, object]


def words(text: str) -> Cell:
    """A cell of plain words; an empty text is a printed blank, not a missing number."""
    return Cell(value=text, text=text or " ")


def missing(reason: str, *, unit: str = "", population: str = "", metric: str = "") -> Cell:
    """A cell that says why it has no value."""
    return Cell(reason=reason, unit=unit, population=population, metric=metric)


def tables_of(document: Document) -> tuple[Table, ...]:
    """Every table of the document in reading order, the figures' data tables included."""
    found: list[Table] = []
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                found.append(block)
            elif isinstance(block, Figure):
                found.append(block.data)
    return tuple(found)
