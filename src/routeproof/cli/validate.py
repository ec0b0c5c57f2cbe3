"""`routeproof validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routeproof.cli.options import json_option, shipped_only
from routeproof.cli.printing import print_json, sentence_lines
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.app.disclosure.validation import Validation

EXIT_REJECTED = 3


@click.command()
@click.argument("rule", type=click.Choice(["605", "606"]))
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--xsd", type=click.Path(path_type=Path, dir_okay=False), help="606: the official schema, judged by too.")
@click.option("--notes", "with_notes", is_flag=True, help="Also in JSON, what is odd about a right file.")
@shipped_only
@json_option
def validate(rule: str, path: Path, xsd: Path | None, *, with_notes: bool, as_json: bool) -> int:
    """Whether FILE is a right public report, and where it is not: row, column, sentence. Exit code 3 if it is wrong.

    605: a legacy, detailed or summary file, told by its first record, plain or packed; a row is a data record. Of
    an archive each file is judged by itself. What rests on readings that are not confirmed is a note: it is shown, and
    makes no file wrong.

    606: a document of 606(a)(1), (b)(1) or (b)(3), plain or packed; a row is a line, a column the path of an element,
    and a document type of any kind is refused. Sums and months that do not fit are notes: wrong in no schema.

    Example: routeproof validate 606 1234_606_NMS_2026_Q3.xml --xsd order-handling.xsd --json
    """
    found = _validated(rule, path, xsd, with_notes=with_notes or not as_json)
    if as_json:
        print_json(found.as_json())
    else:
        _talk(path, found)
    return 0 if found.ok else EXIT_REJECTED


def _validated(rule: str, path: Path, xsd: Path | None, *, with_notes: bool) -> Validation:
    if rule == "606":
        from routeproof.app.disclosure.validate_606 import validate_file as validate_606  # noqa: PLC0415

        return validate_606(path, xsd=xsd, with_notes=with_notes)
    if xsd is not None:
        message = "expected --xsd with 606 alone: reports under Rule 605 have no XML"
        raise UsageError(message, where="--xsd")
    from routeproof.app.disclosure.validate_605 import validate_file as validate_605  # noqa: PLC0415

    return validate_605(path, with_notes=with_notes)


def _talk(path: Path, found: Validation) -> None:
    verdict = "right" if found.ok else "wrong"
    click.echo(f"{path.name}: {found.format or 'unknown format'}, {found.rows:,} rows, {verdict}")
    rows = [
        {
            "member": item.member,
            "row": item.row,
            "column": item.column,
            "code": f"{item.code} (note)" if item.is_note else item.code,
            "message": item.message,
        }
        for item in found.problems
    ]
    if rows:
        several = any(item.member for item in found.problems)
        columns = (*(("member",) if several else ()), "row", "column", "code", "message")
        for line in sentence_lines(columns, rows):
            click.echo(line)
