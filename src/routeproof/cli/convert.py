"""`routeproof convert`."""

from __future__ import annotations

from pathlib import Path

import click

from routeproof.cli.options import json_option, shipped_only
from routeproof.cli.printing import print_json


@click.command()
@click.argument("rule", type=click.Choice(["606"]))
@click.argument("path", metavar="IN", type=click.Path(path_type=Path, exists=True))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of tables, or XML file.")
@shipped_only
@json_option
def convert(rule: str, path: Path, out: Path, *, as_json: bool) -> None:  # noqa: ARG001  # one rule so far
    """A Rule 606 document IN to a folder of CSV tables, or a folder IN back to a document.

    One file per repeating element, with keys; every text stays as it is, to the byte. The way back gives a document
    that is equal to the first, but for comments and white space between elements.

    Example: routeproof convert 606 report.xml --out tables && routeproof convert 606 tables --out again.xml
    """
    from routeproof.app.disclosure.convert_606 import document_to_tables, tables_to_document  # noqa: PLC0415

    written = tables_to_document(path, out) if path.is_dir() else document_to_tables(path, out)
    if as_json:
        print_json({"path": str(out), "tables": written})
        return
    click.echo(f"{out}: " + ", ".join(f"{name} {rows:,}" for name, rows in written.items()))
