"""Which layout a file has: told by its first record alone, never by its name or its date."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.line_ends import with_line_feeds
from routeproof.sources.streams import blocks, open_stream
from routeproof.sources.text_frames import BYTE_ORDER_MARK
from routeproof.sources.text_records import IDLE, fields_of
from routeproof.tables.rule605.legacy import LEGACY, ROLLED_UP
from routeproof.tables.rule605.sums import LAYOUTS
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routeproof.tables.rule605.layout import Layout

HEAD_BYTES = 1 << 16
ROLLED_UP_NAMES = {name.lower(): column for name, column in ROLLED_UP.items()}

LEAST_NAMES = 3
"""Official names that a first record must have to be a header."""

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
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
        header: names as written, for files that have them.
        is_rolled_up: legacy rows added up over symbols and sizes, with names of their own.
    """

    layout: Layout
    delimiter: str
    header: tuple[str, ...] = ()
    is_rolled_up: bool = False

    @property
    def may_be_empty(self) -> tuple[str, ...]:
        """Keys that a row need not state."""
        return ("participant", "order_size") if self.is_rolled_up else ("lot_size",)

    @property
    def columns(self) -> tuple[str | None, ...]:
        """Canonical name of each position; none where the header has an unknown name, or one for a second time."""
        if not self.header:
            return self.layout.columns()
        known = ROLLED_UP_NAMES if self.is_rolled_up else _names(self.layout)
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
        head = next(with_line_feeds(blocks(stream, path)))[:HEAD_BYTES]
    if head.startswith(_WIDE_MARKS):
        message = "expected text in UTF-8 or ASCII, found UTF-16 (its byte order mark): save the file as UTF-8"
        raise UnknownLayoutError(message, where=path.name)
    lines = head.removeprefix(BYTE_ORDER_MARK).split(b"\n")
    first = next((line.rstrip(b"\r") for line in lines if line.strip(IDLE)), b"")
    is_whole = first.count(b'"') % 2 == 0  # else its last name may reach into the next record
    for delimiter in ("|", ",") if is_whole else ():
        names = tuple(name.strip() for name in fields_of(first, delimiter))
        headed = [layout for layout in LAYOUTS.values() if layout.has_header]
        best = max(headed, key=lambda layout: _known(_names(layout), names))
        if _known(_names(best), names) >= LEAST_NAMES:
            return Sniffed(best, delimiter, names)
        if _known(ROLLED_UP_NAMES, names) == len(ROLLED_UP):
            return Sniffed(LEGACY, delimiter, names, is_rolled_up=True)
    fields = fields_of(first, "|")
    if len(fields) > _LEGACY_TYPE and _MONTH.fullmatch(fields[_LEGACY_MONTH]) and _CODE.fullmatch(fields[_LEGACY_TYPE]):
        return Sniffed(LEGACY, "|")
    found = f"found {first[:80].decode('utf-8', 'replace')!r}" if first else "found nothing: the file is empty"
    message = (
        "expected a Rule 605 report: a header row with the names of a detailed or summary report, or a record of the "
        f"26-field layout (month in field 3, order type in field 5), {found}"
    )
    raise UnknownLayoutError(message, where=path.name)


def _names(layout: Layout) -> dict[str, str]:
    """Lower-case spellings to canonical names."""
    return {spelling.lower(): item.column for item in layout.fields for spelling in (item.official, *item.aliases)}


def _known(known: Mapping[str, str], names: tuple[str, ...]) -> int:
    return sum(name.lower() in known for name in names)
