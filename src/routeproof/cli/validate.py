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
@click.argument("rule", type=click.Choice(["606"]))
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--xsd", type=click.Path(path_type=Path, dir_okay=False), help="606: the official schema, judged by too.")
@click.option("--notes", "with_notes", is_flag=True, help="606: also in JSON, what is odd about a right document.")
@shipped_only
@json_option
def validate(rule: str, path: Path, xsd: Path | None, *, with_notes: bool, as_json: bool) -> int:  # noqa: ARG001
    """Whether FILE is a right Rule 606 document, and where it is not: line, element, sentence.

    606: a document of 606(a)(1), (b)(1) or (b)(3), plain or packed; a document type of any kind is refused. Exit code 3
    if anything is wrong. Sums and months that do not fit are notes: they are shown, and wrong in no schema.

    Example: routeproof validate 606 1234_606_NMS_2026_Q3.xml --xsd order-handling.xsd --json
    """
    from routeproof.app.disclosure.validate_606 import validate_file  # noqa: PLC0415

    found = validate_file(path, xsd=xsd, with_notes=with_notes or not as_json)
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
