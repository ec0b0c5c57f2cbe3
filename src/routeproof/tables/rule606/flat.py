"""A report as tables of texts: one table for the report, for its sections, and for each element that repeats.

Texts stay as filed, to the byte. Keys are ordinals (`rVenue_no`) and section names, so that order and nesting are kept
whatever the texts say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.tables.rule606.layout import Leaf, walk

if TYPE_CHECKING:
    from routeproof.tables.rule606.layout import Group, Layout

REPORT = "report"
SECTION = "section"
EMPTY = "present_but_empty"
"""Column that names optional elements that are there without text; one whose cell is empty otherwise is not there."""
ROOT = "root"
"""Column of the report's table: name of the document element."""
EXTRAS = "xml_extras"
"""Column of the report's table: attributes, namespaces and processing instructions around the report, as JSON."""


@dataclass(frozen=True, slots=True)
class FlatTable:
    """One table of a report.

    Attributes:
        name: of the table: `report`, `section`, or the element.
        keys: columns that say where the row belongs, outermost first; the last one is its own.
        leaves: elements that are columns.
        parent: table of the rows that these belong to; empty for the report.
    """

    name: str
    keys: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    parent: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in order."""
        head = (ROOT,) if self.name == REPORT else self.keys
        tail = (EMPTY,) if any(leaf.optional for leaf in self.leaves) else ()
        return (*head, *(leaf.name for leaf in self.leaves), *tail, *((EXTRAS,) if self.name == REPORT else ()))


@dataclass(slots=True)
class Row:
    """One row: where it belongs, its texts, and the line of the document that it begins on (0 = not from a document).

    An optional element that is not there is not in `texts`.
    """

    key: tuple[int | str, ...]
    texts: dict[str, str]
    line: int = 0


@dataclass(slots=True)
class FlatReport:
    """A report as rows by table, in document order; `extras` as `EXTRAS`, empty where there are none."""

    layout: Layout
    rows: dict[str, list[Row]] = field(default_factory=dict)
    extras: str = ""

    @property
    def head(self) -> dict[str, str]:
        """Texts of the report itself."""
        return self.rows[REPORT][0].texts

    @property
    def counted(self) -> int:
        """Number of rows that the report is counted by."""
        return len(self.rows.get(self.layout.counted, []))


def key_of(group: Group) -> str:
    """Column that tells rows of a group apart."""
    return SECTION if group.is_section else f"{group.name}_no"


def table_of(group: Group, layout: Layout) -> str:
    """Name of the table that holds rows of a group."""
    if group is layout.root:
        return REPORT
    return SECTION if group.is_section else group.name


def tables_of(layout: Layout) -> dict[str, FlatTable]:
    """Tables of a report by name, outermost first."""
    found: dict[str, FlatTable] = {}
    for group, above in walk(layout.root):
        if group is not layout.root and not group.is_row:
            continue
        rows = [item for item in above if item.is_row]
        keys = tuple(key_of(item) for item in (*rows, group) if item is not layout.root)
        parent = table_of(rows[-1], layout) if rows else ("" if group is layout.root else REPORT)
        found.setdefault(table_of(group, layout), FlatTable(table_of(group, layout), keys, group.leaves, parent))
    return found
