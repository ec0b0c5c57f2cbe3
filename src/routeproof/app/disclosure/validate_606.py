"""Validate one Rule 606 document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.disclosure.validation import Problem, Validation
from routeproof.sources.rule606.filings import read_document
from routeproof.sources.rule606.official import load_schema
from routeproof.sources.rule606.read_report import read_report
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def validate_file(path: Path, *, xsd: Path | None = None, with_notes: bool = False) -> Validation:
    """The verdict on a 606(a)(1), (b)(1) or (b)(3) document, plain or packed.

    Args:
        path: the document.
        xsd: the official schema; what it finds has the code `xsd`.
        with_notes: also say what is odd about a right document.

    Raises:
        UsageError: if the file or the schema cannot be read.
    """
    schema = load_schema(xsd) if xsd is not None else None
    try:
        found = read_report(read_document(path, path.name), schema)
    except OSError as error:
        message = f"expected a readable file, found: {error.strerror or error}"
        raise UsageError(message, where=str(path)) from error
    problems = [
        Problem(row=item.row, column=item.column, code=item.code, message=item.message) for item in found.problems
    ]
    if with_notes:
        problems += [
            Problem(row=item.line, column=item.column, code=item.code, message=item.message, is_note=True)
            for item in found.notes
        ]
    return Validation(format=found.format, rows=found.rows, problems=tuple(problems))
