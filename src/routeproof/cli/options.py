"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

workspace_option = click.option(
    "--workspace",
    "-w",
    envvar="ROUTEPROOF_WORKSPACE",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="the current folder",
    help="Workspace folder (environment: ROUTEPROOF_WORKSPACE).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
