"""The document as plain dicts and lists, for JSON and for the templates that print it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from routeproof.reports.document import MARKS, VERDICT_WORDS, Cell, Document


def plain(value: object) -> object:
    """Dataclasses to dicts (blocks with their `type`), tuples to lists, dates to ISO text."""
    if isinstance(value, Cell):
        return _cell(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {"type": type(value).__name__} | {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _cell(cell: Cell) -> dict[str, object]:
    """A cell with its printed text and its verdict mark, empty parts left out."""
    parts = {f.name: getattr(cell, f.name) for f in fields(cell)}
    kept = {name: part for name, part in parts.items() if name == "value" or part not in (None, "")}
    kept["text"] = cell.printed
    if cell.verdict:
        kept |= {"mark": MARKS[cell.verdict], "verdict_words": VERDICT_WORDS[cell.verdict]}
    return kept


def plain_document(document: Document) -> dict[str, object]:
    """The whole document; `extra` surfaces stand at the top level."""
    tree = plain(document)
    if not isinstance(tree, dict):  # pragma: no cover - plain() of a dataclass is a dict
        raise TypeError(type(tree).__name__)
    extra = tree.pop("extra")
    return {**tree, **extra}
