"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.vocab.times import EARLIEST_DAY, LATEST_DAY, is_sensible

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

_workspace_option = click.option(
    "--workspace",
    "-w",
    envvar="ROUTEPROOF_WORKSPACE",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="the current folder",
    help="Workspace folder (environment: ROUTEPROOF_WORKSPACE).",
)


def _as_day(_context: click.Context, _option: click.Parameter, value: datetime | None) -> date | None:
    if value is not None and not is_sensible(value):
        message = f"expected a day from {EARLIEST_DAY} to {LATEST_DAY}, found {value.date()}"
        raise click.BadParameter(message)
    return value.date() if value is not None else None


def day_option(*names: str, words: str, required: bool = False) -> Callable[..., Any]:
    """An option that takes a day, YYYY-MM-DD, and hands it over as a date."""
    kind = click.DateTime(["%Y-%m-%d"])
    return click.option(*names, type=kind, callback=_as_day, help=words, required=required)


on_option = day_option("--on", words="Day to look at, today if omitted.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")

_looking_as_option = click.option("--as", "looking_as", expose_value=False, hidden=True, help="Looking needs no name.")


def workspace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The workspace of a command that only looks; it takes `--as` as every command does, and needs no name."""
    return _workspace_option(_looking_as_option(command))


def recorded_workspace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The workspace of a command that records; who acts is an option of its own there."""
    return _workspace_option(command)


_any_workspace_option = click.option(
    "--workspace", "-w", "_workspace", expose_value=False, hidden=True, help="This command needs no workspace."
)


def shipped_only(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command that reads only what is shipped: it takes a workspace and `--as` as every command does, unused."""
    return _any_workspace_option(_looking_as_option(command))
