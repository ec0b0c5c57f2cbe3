"""One document: parsed, judged, and as tables where it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.official import schema_problems
from routeproof.sources.rule606.problems import Problem, UnreadableXmlError
from routeproof.sources.rule606.structure import layout_of, structure_problems
from routeproof.sources.rule606.to_tables import to_tables
from routeproof.tables.rule606.cross_checks import Note, notes

if TYPE_CHECKING:
    from lxml import etree

    from routeproof.sources.rule606.filings import Document
    from routeproof.tables.rule606.flat import FlatReport


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What is known of a document.

    Attributes:
        format: `606a1`, `606b1`, `606b3`; empty if it is none of them.
        rows: venues, orders or routing venues, by format.
        problems: why it is not taken; empty if it is.
        notes: what is odd about it.
        report: its rows, where there are no problems.
    """

    format: str
    rows: int
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...] = ()
    report: FlatReport | None = None


def read_report(document: Document, schema: etree.XMLSchema | None = None) -> ReadReport:
    """Judge a document by our own rules, and by the official schema where it is given."""
    if document.problem is not None:
        return ReadReport("", 0, (document.problem,))
    try:
        root = parse_xml(document.content, document.name)
    except UnreadableXmlError as error:
        return ReadReport("", 0, (error.problem,))
    layout = layout_of(root)
    problems = [*structure_problems(root), *(schema_problems(root, schema) if schema is not None else ())]
    if layout is None:
        return ReadReport("", 0, tuple(problems))
    rows = sum(1 for _ in root.iter(layout.counted))
    if problems:
        return ReadReport(layout.format, rows, tuple(problems))
    report = to_tables(root)
    return ReadReport(layout.format, rows, (), tuple(notes(report)), report)
