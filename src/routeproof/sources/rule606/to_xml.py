"""Tables of texts into a document: deterministic UTF-8, two blanks a level, every text as it stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from routeproof.tables.rule606.flat import REPORT, table_of
from routeproof.tables.rule606.layout import Leaf
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.tables.rule606.flat import FlatReport, Row
    from routeproof.tables.rule606.layout import Group

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTES = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_BEGINS = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_BEGINS}][{_BEGINS}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*")
"""XML 1.0, productions 4 and 4a, without the colon."""

Children = dict[str, dict[tuple[int | str, ...], list["Row"]]]


class NotXmlError(DataRejectedError):
    """A text or name that no XML document can hold."""

    code = "not_xml_text"


def to_xml(report: FlatReport) -> bytes:
    """The document of a report.

    Raises:
        NotXmlError: for characters that XML has no way to write, and extras that are none.
    """
    extras = _extras(report.extras)
    children: Children = {}
    for table, rows in report.rows.items():
        for row in rows:
            children.setdefault(table, {}).setdefault(row.key[:-1], []).append(row)
    lines = [DECLARATION, *_instructions(extras.get("before", []))]
    root = report.rows[REPORT][0]
    lines += _element(report, report.layout.root, root, children, 0, _attributes(extras))
    lines += _instructions(extras.get("after", []))
    return "".join(lines).encode("utf-8")


def _element(
    report: FlatReport, group: Group, row: Row, children: Children, level: int, attributes: str = ""
) -> Iterator[str]:
    """Lines of one row and of all below it; `row` is the nearest row around a group that is none itself."""
    pad = "  " * level
    inner = list(_inner(report, group, row, children, level + 1))
    if not inner:
        yield f"{pad}<{group.name}{attributes}/>\n"
        return
    yield f"{pad}<{group.name}{attributes}>\n"
    yield from inner
    yield f"{pad}</{group.name}>\n"


def _inner(report: FlatReport, group: Group, row: Row, children: Children, level: int) -> Iterator[str]:
    is_own = group.is_row or group is report.layout.root
    for child in group.children:
        if isinstance(child, Leaf):
            if is_own and child.name in row.texts:
                yield _leaf(child.name, row.texts[child.name], level)
        elif not child.is_row:
            yield from _element(report, child, row, children, level)
        else:
            beside = children.get(table_of(child, report.layout), {}).get(row.key, [])
            for below in beside:
                if not child.is_section or below.key[-1] == child.name:
                    yield from _element(report, child, below, children, level)


def _leaf(name: str, text: str, level: int) -> str:
    pad = "  " * level
    _expect_xml(text, name)
    return f"{pad}<{name}>{text.translate(_ESCAPES)}</{name}>\n" if text else f"{pad}<{name}/>\n"


def _expect_xml(text: str, where: str) -> None:
    found = _NO_XML.search(text)
    if found:
        message = f"expected characters that XML can hold, found U+{ord(found[0]):04X}: remove it"
        raise NotXmlError(message, where=where)


def _extras(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        message = f"expected JSON in xml_extras, or nothing, found: {error}"
        raise NotXmlError(message, where="xml_extras") from error
    if not isinstance(found, dict):
        message = "expected a JSON object in xml_extras, or nothing"
        raise NotXmlError(message, where="xml_extras")
    return found


def _attributes(extras: Mapping[str, object]) -> str:
    namespaces, given = extras.get("namespaces", {}), extras.get("attributes", {})
    if not isinstance(namespaces, dict) or not isinstance(given, dict):
        message = "expected namespaces and attributes by name in xml_extras"
        raise NotXmlError(message, where="xml_extras")
    prefixes = {str(uri): str(prefix) for prefix, uri in namespaces.items()}
    names = [(f"xmlns:{_name(prefix)}", uri) for uri, prefix in prefixes.items()]
    names += [(_prefixed(str(name), prefixes), str(value)) for name, value in given.items()]
    for _, value in names:
        _expect_xml(value, "xml_extras")
    return "".join(f" {name}={quoteattr(value, _IN_ATTRIBUTES)}" for name, value in names)


def _prefixed(name: str, prefixes: Mapping[str, str]) -> str:
    uri, closed, local = name.removeprefix("{").partition("}")
    if not closed:
        return _name(name)
    if uri not in prefixes:
        message = f"expected the namespace of {name} among those of xml_extras"
        raise NotXmlError(message, where="xml_extras")
    return f"{_name(prefixes[uri])}:{_name(local)}"


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        message = f"expected a plain XML name in xml_extras, found {text[:40]!r}"
        raise NotXmlError(message, where="xml_extras")
    return text


def _instructions(found: object) -> Sequence[str]:
    lines = []
    for item in found if isinstance(found, list) else []:
        target, text = (str(part) for part in (*item, "", "")[:2]) if isinstance(item, list) else ("", "")
        if "?>" in text or target.lower() == "xml":
            message = "expected a processing instruction in xml_extras"
            raise NotXmlError(message, where="xml_extras")
        _expect_xml(text, "xml_extras")
        lines.append(f"<?{_name(target)} {text}?>\n" if text else f"<?{_name(target)}?>\n")
    return lines
