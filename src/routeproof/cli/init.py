"""`routeproof init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import business_day_option, given_passphrase, passphrase_option
from routeproof.cli.documents import read_document
from routeproof.cli.options import json_option
from routeproof.cli.printing import print_json

if TYPE_CHECKING:
    from datetime import date


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--firm", "firm_id", default="firm", show_default=True, help="Legal entity of the workspace.")
@click.option("--people", help="Founding roster as TOML or JSON: [[person]] id, name, roles; quorum; - is stdin.")
@click.option("--records", default="", help="postgresql://… that is to hold the records, in place of a file.")
@passphrase_option
@business_day_option
@json_option
def init(
    folder: Path,
    firm_id: str,
    people: str | None,
    records: str,
    passphrase_file: Path | None,
    on: date | None,
    *,
    as_json: bool,
) -> None:
    """Make a workspace in FOLDER, which must be new or empty.

    Example: routeproof init bestex --firm "Example Securities LLC" --people people.toml
    """
    from routeproof.app.init_workspace import init_workspace  # noqa: PLC0415

    workspace = init_workspace(
        folder,
        firm_id=firm_id,
        people=read_document(people) if people is not None else None,
        passphrase=lambda person: given_passphrase(passphrase_file, f"Passphrase for the key of {person}", twice=True),
        on=on,
        records=records,
    )
    if as_json:
        print_json({"workspace": str(workspace.root), "firm_id": workspace.firm_id})
    else:
        click.echo(
            f"Workspace ready in {workspace.root}. Next: routeproof ingest SOURCE PATH… -w {workspace.root}", err=True
        )
