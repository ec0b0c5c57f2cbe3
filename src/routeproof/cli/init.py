"""`routeproof init`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from routeproof.cli.options import json_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--firm", "firm_id", default="firm", show_default=True, help="Legal entity of the workspace.")
@json_option
def init(folder: Path, firm_id: str, *, as_json: bool) -> None:
    """Make a workspace in FOLDER, which must be new or empty.

    Example: routeproof init bestex --firm "Example Securities LLC"
    """
    from routeproof.app.init_workspace import init_workspace  # noqa: PLC0415

    workspace = init_workspace(folder, firm_id=firm_id)
    if as_json:
        click.echo(json.dumps({"workspace": str(workspace.root), "firm_id": workspace.firm_id}))
    else:
        click.echo(
            f"Workspace ready in {workspace.root}. Next: routeproof ingest SOURCE PATH… -w {workspace.root}", err=True
        )
