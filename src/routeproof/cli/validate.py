"""`routeproof validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routeproof.cli.options import json_option, shipped_only
from routeproof.cli.printing import print_json, sentence_lines

if TYPE_CHECKING:
    from routeproof.app.disclosure.validation import Validation

EXIT_REJECTED = 3


@click.command()
@click.argument("rule", type=click.Choice(["605"]))
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--notes", "with_notes", is_flag=True, help="Also in JSON, what is odd about a right document.")
@shipped_only
@json_option
def validate(rule: str, path: Path, *, with_notes: bool, as_json: bool) -> int:  # noqa: ARG001
    """Whether FILE is a right public report, and where it is not: row, column, sentence.

    605: a legacy, detailed or summary file, told by its first record, plain or packed. Exit code 3 if anything is
    wrong. What rests on readings that are not confirmed is a note: it is shown, and makes no file wrong.

    Example: routeproof validate 605 IEXG202608.csv --json
    """
    from routeproof.app.disclosure.validate_605 import validate_file  # noqa: PLC0415

    found = validate_file(path, with_notes=with_notes or not as_json)
    if as_json:
        print_json(found.as_json())
    else:
        _talk(path, found)
    return 0 if found.ok else EXIT_REJECTED


def _talk(path: Path, found: Validation) -> None:
    verdict = "right" if found.ok else "wrong"
    click.echo(f"{path.name}: {found.format or 'unknown format'}, {found.rows:,} rows, {verdict}")
    rows = [
        {
            "row": item.row,
            "column": item.column,
            "code": f"{item.code} (note)" if item.is_note else item.code,
            "message": item.message,
        }
        for item in found.problems
    ]
    if rows:
        for line in sentence_lines(("row", "column", "code", "message"), rows):
            click.echo(line)
