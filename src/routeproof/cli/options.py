"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_workspace_option = click.option(
    "--workspace",
    "-w",
    envvar="ROUTEPROOF_WORKSPACE",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="the current folder",
    help="Workspace folder (environment: ROUTEPROOF_WORKSPACE).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")

_looking_as_option = click.option("--as", "looking_as", expose_value=False, hidden=True, help="Looking needs no name.")


def workspace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The workspace of a command that only looks; it takes `--as` as every command does, and needs no name."""
    return _workspace_option(_looking_as_option(command))


def recorded_workspace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The workspace of a command that records; who acts is an option of its own there."""
    return _workspace_option(command)
