"""A report file as rows of texts, so that two versions can be compared value by value."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.governance.report import Kind

Rows = dict[str, dict[str, str]]
"""Texts by row and column."""

KEYS_605 = ("DsgntParticipant", "RprtEntityCd", "RptDate", "Sp500", "Symbol", "LotSizeFlag", "OrderSize", "OrderType")
"""Columns that name a row of a 605 file; each layout has some of them."""
LEGACY_KEYS = 6
"""The first six fields name a row of the legacy layout, which has no header."""
NAMES_606: Mapping[str, tuple[str, ...]] = {
    "rMonthly": ("year", "mon"),
    "hMonthly": ("year", "mon"),
    "rVenue": ("mic", "name"),
    "iVenue": ("mic", "venueName"),
    "ioiExposedVenue": ("mic", "venueName"),
    "order": ("orderId",),
    "route": ("mic", "venueName"),
}
"""Elements that repeat, and what names one of them."""
KINDS_606: Mapping[str, Kind] = {
    "heldOrderRoutingPublicReport": "606a1",
    "heldExemptNotHeldOrderRoutingCustomerReport": "606b1",
    "notHeldOrderHandlingCustomerReport": "606b3",
}
MOST_DEPTH = 32
HEAD_LINES = 2
"""A header and a row: enough to know whose file it is, and for which month."""


class _Node:
    """An element: its tag, its text, the elements inside it."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.text: list[str] = []
        self.inside: list[_Node] = []

    def value(self, tag: str) -> str:
        """Text of the first element of that tag inside it."""
        return next(("".join(one.text) for one in self.inside if one.tag == tag), "")


def kind_of(content: bytes) -> Kind:
    """Which report a file is, by what it begins with.

    Raises:
        DataRejectedError: it is none that is known.
    """
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        root = _root(content)
        if root.tag in KINDS_606:
            return KINDS_606[root.tag]
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace")
    if first.startswith("DsgntParticipant|"):
        return "605-detailed"
    if first.startswith("DsgntParticipant,"):
        return "605-summary"
    if first.count("|") >= LEGACY_KEYS:
        return "605-legacy"
    message = f"expected a Rule 605 or 606 report, found a file that begins with {first[:40]!r}"
    raise DataRejectedError(message)


def period_of(kind: Kind, content: bytes) -> tuple[str, str]:
    """Reporter and period that a file names itself; empty where it names none."""
    if kind == "606a1":
        root = _root(content)
        return "", f"{root.value('year')}Q{root.value('qtr')}"
    if kind in ("606b1", "606b3"):
        return "", _root(content).value("endDate")
    for row in _delimited(kind, b"\n".join(content.split(b"\n", HEAD_LINES)[:HEAD_LINES])).values():
        month = row.get("RptDate", row.get("3", ""))
        return row.get("RprtEntityCd", row.get("2", "")), f"{month[:4]}-{month[4:6]}"
    return "", ""


def rows_of(kind: Kind, content: bytes) -> Rows:
    """The file's values.

    Raises:
        DataRejectedError: XML that cannot be read, or has a document type.
    """
    if kind in KINDS_606.values():
        rows: Rows = {}
        root = _root(content)
        _collect(root, root.tag, rows)
        return rows
    return _delimited(kind, content)


def _delimited(kind: Kind, content: bytes) -> Rows:
    text = content.decode("utf-8-sig", "replace")
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter="," if kind == "605-summary" else "|"))
    if kind == "605-legacy":
        header = [str(place) for place in range(1, max(map(len, lines), default=0) + 1)]
        keys = header[:LEGACY_KEYS]
    else:
        header, lines = (lines[0], lines[1:]) if lines else ([], [])
        keys = [name for name in header if name in KEYS_605]
    rows: Rows = {}
    for line in lines:
        if not line:
            continue
        row = dict(zip(header, line, strict=False))
        _put(rows, " ".join(row.get(name, "") for name in keys), row)
    return rows


def _put(rows: Rows, key: str, row: dict[str, str]) -> str:
    """Rows of the same name are told apart by their number."""
    number, name = 1, key
    while name in rows:
        number += 1
        name = f"{key} ({number})"
    rows[name] = row
    return name


def _collect(node: _Node, path: str, rows: Rows) -> None:
    leaves = {one.tag: "".join(one.text) for one in node.inside if not one.inside}
    here = _put(rows, path, leaves)
    for one in node.inside:
        if one.inside:
            _collect(one, f"{here}/{_named(one)}", rows)


def _named(node: _Node) -> str:
    names = NAMES_606.get(node.tag)
    if names is None:
        return node.tag
    found = [value for name in names if (value := node.value(name))]
    label = "-".join(found) if node.tag.endswith("Monthly") else next(iter(found), "")
    return f"{node.tag}[{label}]"


def _root(content: bytes) -> _Node:
    """The tree of an XML file; a document type is refused, so that nothing in it is ever expanded."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = _Node("")
    stack = [top]

    def begin(tag: str, _attributes: Any) -> None:  # noqa: ANN401  # expat's
        if len(stack) > MOST_DEPTH:
            message = f"expected at most {MOST_DEPTH} levels, found more"
            raise DataRejectedError(message)
        node = _Node(tag)
        stack[-1].inside.append(node)
        stack.append(node)

    def end(_tag: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text.append(data)

    def doctype(*_: Any) -> None:  # noqa: ANN401  # expat's
        message = "expected XML without a document type, found one"
        raise DataRejectedError(message)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    try:
        parser.Parse(content, True)  # expat's
    except expat.ExpatError as error:
        message = f"expected well-formed XML, found: {error}"
        raise DataRejectedError(message) from error
    return top.inside[0]
