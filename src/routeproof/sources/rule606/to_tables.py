"""A document into tables of texts, losing nothing that the report says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from routeproof.sources.rule606.problems import Problem
from routeproof.sources.rule606.structure import elements_of, layout_of, structure_problems, text_of
from routeproof.tables.rule606.flat import FlatReport, Row, table_of, tables_of
from routeproof.tables.rule606.layout import Group, Leaf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

STRUCTURAL = frozenset(
    {
        *("unknown_report", "text_between", "missing_element", "too_many", "wrong_order"),
        *("unexpected_element", "unexpected_attribute", "unconvertible"),
    }
)
"""Problems that a table has no place for; a wrong text is a text all the same."""


def unconvertible(root: etree._Element) -> list[Problem]:
    """What keeps a document from being tables: elements out of place, and marks inside that are no part of a report."""
    found = [item for item in structure_problems(root) if item.code in STRUCTURAL]
    for item in root.iter():
        if not isinstance(item.tag, str):
            message = "expected no processing instruction within the report, found one: remove it"
            found.append(Problem(item.sourceline or 0, "", "unconvertible", message))
        elif item is not root and (item.attrib or item.nsmap != root.nsmap):
            message = "expected attributes and namespaces on the document element only: remove them"
            path = root.getroottree().getpath(item)
            found.append(Problem(item.sourceline or 0, path, "unconvertible", message))
    return found


def to_tables(root: etree._Element) -> FlatReport:
    """The rows of a document without `unconvertible` problems.

    Raises:
        ValueError: if the document element is that of no report.
    """
    layout = layout_of(root)
    if layout is None:
        message = f"expected the document element of a Rule 606 report, found {root.tag}"
        raise ValueError(message)
    report = FlatReport(layout, {name: [] for name in tables_of(layout)}, _extras(root))
    _add(report, root, layout.root, ())
    return report


def _add(report: FlatReport, element: etree._Element, group: Group, key: tuple[int | str, ...]) -> None:
    """Rows of one element and of all below it."""
    if group.is_row or group is report.layout.root:
        row = Row(key, dict(_texts(element, group)), element.sourceline or 0)
        report.rows[table_of(group, report.layout)].append(row)
    numbers: dict[str, int] = {}
    particles = {child.name: child for child in group.groups}
    for child in elements_of(element):
        below = particles.get(str(child.tag))
        if below is None:
            continue
        numbers[below.name] = numbers.get(below.name, 0) + 1
        own: tuple[int | str, ...] = ()
        if below.is_row:
            own = (below.name,) if below.is_section else (numbers[below.name],)
        _add(report, child, below, (*key, *own))


def _texts(element: etree._Element, group: Group) -> Iterator[tuple[str, str]]:
    names = {leaf.name for leaf in group.children if isinstance(leaf, Leaf)}
    for child in elements_of(element):
        if child.tag in names:
            yield str(child.tag), text_of(child)


def _extras(root: etree._Element) -> str:
    """Attributes, namespaces and instructions around the document element, as JSON; empty if there are none."""
    found = {
        "attributes": {str(name): str(value) for name, value in root.attrib.items()},
        "namespaces": {prefix or "": uri for prefix, uri in root.nsmap.items()},
        "before": [_instruction(item) for item in root.itersiblings(preceding=True)][::-1],
        "after": [_instruction(item) for item in root.itersiblings()],
    }
    kept = {name: value for name, value in found.items() if value}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""


def _instruction(item: etree._Element) -> list[str]:
    return [str(getattr(item, "target", "")), item.text or ""]
