"""Which layout a file has: told by its first record alone, never by its name or its date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.streams import blocks, open_stream
from routeproof.sources.text_frames import BYTE_ORDER_MARK
from routeproof.sources.text_records import fields_of
from routeproof.tables.rule605.sums import LAYOUTS
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.tables.rule605.layout import Layout

HEAD_BYTES = 1 << 16
LEAST_NAMES = 3
"""Official names that a first record must have to be a header."""

_LEGACY_MONTH, _LEGACY_TYPE = 2, 4
_MONTH = re.compile(r"\s*\d{6}\s*")
_CODE = re.compile(r"\s*\d{2}\s*")


class UnknownLayoutError(DataRejectedError):
    """The first record is that of no layout that is known."""

    code = "unknown_layout"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the first record says.

    Attributes:
        layout: of the file.
        delimiter: between its fields.
        header: names as written, for layouts that have them.
    """

    layout: Layout
    delimiter: str
    header: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str | None, ...]:
        """Canonical name of each position; none where the header has an unknown name, or one for a second time."""
        if not self.layout.has_header:
            return self.layout.columns()
        known = {
            spelling.lower(): item.column for item in self.layout.fields for spelling in (item.official, *item.aliases)
        }
        found: list[str | None] = []
        for name in self.header:
            column = known.get(name.lower())
            found.append(None if column in found else column)
        return tuple(found)


def sniff(path: Path) -> Sniffed:
    """Layout of a file, plain or packed.

    Raises:
        UnknownLayoutError: if it has none of the layouts.
        DamagedFileError: if it is packed and broken.
    """
    with open_stream(path) as stream:
        head = next(blocks(stream, path), b"")[:HEAD_BYTES]
    first = head.removeprefix(BYTE_ORDER_MARK).lstrip(b"\r\n").split(b"\n", 1)[0].rstrip(b"\r")
    for delimiter in ("|", ","):
        names = tuple(name.strip() for name in fields_of(first, delimiter))
        headed = [layout for layout in LAYOUTS.values() if layout.has_header]
        best = max(headed, key=lambda layout: _known(layout, names))
        if _known(best, names) >= LEAST_NAMES:
            return Sniffed(best, delimiter, names)
    fields = fields_of(first, "|")
    if len(fields) > _LEGACY_TYPE and _MONTH.fullmatch(fields[_LEGACY_MONTH]) and _CODE.fullmatch(fields[_LEGACY_TYPE]):
        return Sniffed(LAYOUTS["legacy"], "|")
    shown = first[:80].decode("utf-8", "replace")
    message = (
        "expected a Rule 605 report: a header row with the names of a detailed or summary report, or a record of the "
        f"26-field layout (month in field 3, order type in field 5), found {shown!r}"
    )
    raise UnknownLayoutError(message, where=path.name)


def _known(layout: Layout, names: tuple[str, ...]) -> int:
    known = {spelling.lower() for item in layout.fields for spelling in (item.official, *item.aliases)}
    return sum(name.lower() in known for name in names)
