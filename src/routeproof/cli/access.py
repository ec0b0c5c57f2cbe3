"""`routeproof access`: the matrix of routes, as the server enforces it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json, table_lines

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--examples", is_flag=True, help="With an address that exists in the workspace.")
@workspace_option
@json_option
def access(*, examples: bool, workspace: Path, as_json: bool) -> None:
    """List every route of the application with the roles that may take it.

    Example: routeproof access --json --examples
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.web.listing import ways_in  # noqa: PLC0415

    with open_context(workspace) as context:
        rows = ways_in(context, examples=examples)
    if as_json:
        print_json(rows)
        return
    shown = [{**row, "roles": ", ".join(row["roles"])} for row in rows]
    for line in table_lines(("method", "path", "kind", "scope", "roles"), shown):
        click.echo(line)
