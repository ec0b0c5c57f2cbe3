"""The official schema, where its path is given; it is not part of this product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.problems import Problem, UnreadableXmlError
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
_ELSEWHERE = tuple(f"{_SCHEMA}{name}" for name in ("include", "import", "redefine", "override"))


def load_schema(path: Path) -> etree.XMLSchema:
    """The schema in a file, which must stand alone.

    Raises:
        UsageError: if it cannot be read, is no schema, or refers to other files.
    """
    try:
        root = parse_xml(path.read_bytes(), path.name)
    except OSError as error:
        message = f"expected a readable schema, found: {error.strerror or error}"
        raise UsageError(message, where="--xsd") from error
    except UnreadableXmlError as error:
        message = f"expected a schema, found: {error.message}"
        raise UsageError(message, where="--xsd") from error
    if any(True for _ in root.iter(*_ELSEWHERE)):
        message = "expected a schema that stands alone, found one that includes or imports others"
        raise UsageError(message, where="--xsd")
    try:
        return etree.XMLSchema(root)
    except etree.XMLSchemaParseError as error:
        message = f"expected an XML schema, found: {error}"
        raise UsageError(message, where="--xsd") from error


def schema_problems(root: etree._Element, schema: etree.XMLSchema) -> list[Problem]:
    """What the schema finds, with the code `xsd` and its own words."""
    if schema.validate(root):
        return []
    return [Problem(entry.line, entry.path or "", "xsd", entry.message) for entry in schema.error_log]
