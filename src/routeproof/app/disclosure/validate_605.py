"""Whether a file is a right Rule 605 report, and where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.validation import Problem, Validation
from routeproof.sources.rule605.problems import NOTE, ROW
from routeproof.sources.rule605.sniff import sniff
from routeproof.sources.rule605.validate_rows import validate_rows
from routeproof.sources.rule605.validate_summary import validate_summary
from routeproof.stores.shipped_disclosure import load_disclosure605
from routeproof.vocab.errors import DataRejectedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routeproof.tables.rule605.layout import Layout


def validate_file(path: Path, *, with_notes: bool = True) -> Validation:
    """Judge a file by the rules of its own layout; figures that are merely hard to believe are no part of this.

    Args:
        path: plain or packed.
        with_notes: also what rests on readings that are not confirmed.

    Raises:
        UsageError: if the path cannot be read.
    """
    try:
        sniffed = sniff(path)
        if sniffed.layout.name == "summary":
            rows, found = validate_summary(path, sniffed)
        else:
            rows, found = validate_rows(path, sniffed, load_disclosure605())
    except DataRejectedError as error:
        problem = Problem(row=0, column="", code=error.code, message=error.message)
        return Validation(format="", rows=0, problems=(problem,))
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        message = f"expected a readable file, found {error.strerror}: {path}"
        raise UsageError(message, where=str(path)) from error
    problems = tuple(_problem(item, sniffed.layout) for item in found if with_notes or item["kind"] != NOTE)
    return Validation(format=sniffed.layout.format, rows=rows, problems=problems)


def _problem(item: Mapping[str, Any], layout: Layout) -> Problem:
    field = item["field"]
    return Problem(
        row=item[ROW],
        column=layout.place(field) if field in layout.columns() else field,
        code=item["code"],
        message=item["message"],
        is_note=item["kind"] == NOTE,
    )
