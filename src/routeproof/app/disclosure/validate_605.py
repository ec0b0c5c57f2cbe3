"""Whether a file is a right Rule 605 report, and where it is not."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.validation import Problem, Validation
from routeproof.sources.archive_members import unpacked
from routeproof.sources.rule605.problems import NOTE, ROW
from routeproof.sources.rule605.sniff import UnknownLayoutError, sniff
from routeproof.sources.rule605.validate_rows import validate_rows
from routeproof.sources.rule605.validate_summary import validate_summary
from routeproof.stores.shipped_disclosure import load_disclosure605
from routeproof.vocab.errors import DataRejectedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.sources.archive_members import Member
    from routeproof.tables.rule605.layout import Layout


def validate_file(path: Path, *, with_notes: bool = True) -> Validation:
    """Judge a file by the rules of its own layout; figures that are merely hard to believe are no part of this.

    Args:
        path: plain or packed; each file of an archive of several is judged by itself, and their results are summed.
        with_notes: also what rests on readings that are not confirmed.

    Raises:
        UsageError: if the path cannot be read.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = [(member.name, _member(member, with_notes)) for member in unpacked(path, Path(folder))]
    except DataRejectedError as error:
        return _refused(error)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        message = f"expected a readable file, found {error.strerror}: {path}"
        raise UsageError(message, where=str(path)) from error
    return found[0][1] if len(found) == 1 else _together(found)


def _member(member: Member, with_notes: bool) -> Validation:  # noqa: FBT001 - as it was asked for
    if member.problem is not None:
        return _refused(member.problem)
    try:
        sniffed = sniff(member.path)
        if sniffed.layout.name == "summary":
            rows, found = validate_summary(member.path, sniffed)
        else:
            rows, found = validate_rows(member.path, sniffed, load_disclosure605())
    except DataRejectedError as error:
        return _refused(error)
    problems = tuple(_problem(item, sniffed.layout) for item in found if with_notes or item["kind"] != NOTE)
    return Validation(format=sniffed.layout.format, rows=rows, problems=problems)


def _together(found: Sequence[tuple[str, Validation]]) -> Validation:
    """Sums; each problem says in which member it is. An archive without a report is wrong."""
    formats = sorted({item.format for _, item in found if item.format})
    problems = [replace(problem, member=name) for name, item in found for problem in item.problems]
    if not found:
        message = "expected a Rule 605 report in the archive, found none"
        problems.append(Problem(row=0, column="", code=UnknownLayoutError.code, message=message))
    return Validation(
        format=formats[0] if len(formats) == 1 else "mixed" if formats else "",
        rows=sum(item.rows for _, item in found),
        problems=tuple(problems),
    )


def _refused(error: DataRejectedError) -> Validation:
    problem = Problem(row=0, column="", code=error.code, message=error.message)
    return Validation(format="", rows=0, problems=(problem,))


def _problem(item: Mapping[str, Any], layout: Layout) -> Problem:
    field = item["field"]
    return Problem(
        row=item[ROW],
        column=layout.place(field) if field in layout.columns() else field,
        code=item["code"],
        message=item["message"],
        is_note=item["kind"] == NOTE,
    )
