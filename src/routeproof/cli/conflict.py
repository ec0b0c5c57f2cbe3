"""`routeproof conflict`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, do, file_option, recording
from routeproof.cli.looking import list_objects, show_object
from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.governance.conflict import CONFLICT

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@click.group()
def conflict() -> None:
    """Payments, rebates, ownership and personal interests: declared, mitigated, ended."""


@conflict.command("declare")
@click.argument("conflict_id", metavar="ID")
@file_option
@recording
def declare(acts: Acts, conflict_id: str, document: str | None) -> None:
    """Declare conflict ID; the body has kind and description, and who is concerned.

    Example: routeproof conflict declare cora-stake --file stake.toml --as cora
    """
    from routeproof.app.provider.conflicts import conflict_around  # noqa: PLC0415

    do(acts, CONFLICT, conflict_id, "declare", document=document, around=conflict_around)


@conflict.command("mitigate")
@click.argument("conflict_id", metavar="ID")
@file_option
@recording
def mitigate(acts: Acts, conflict_id: str, document: str | None) -> None:
    """Record what is done about conflict ID; it still stands, and still bars from voting.

    Example: routeproof conflict mitigate rebates --file mitigation.toml --as sam
    """
    do(acts, CONFLICT, conflict_id, "mitigate", document=document)


@conflict.command("end")
@click.argument("conflict_id", metavar="ID")
@file_option
@recording
def end(acts: Acts, conflict_id: str, document: str | None) -> None:
    """End conflict ID; another person than who declared it, and never into the past.

    Example: routeproof conflict end rebates --file end.toml --as sam
    """
    do(acts, CONFLICT, conflict_id, "end", document=document)


@conflict.command("show")
@click.argument("conflict_id", metavar="ID")
@on_option
@workspace_option
@json_option
def show(conflict_id: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show conflict ID and whether it stands.

    Example: routeproof conflict show rebates
    """
    show_object(workspace, CONFLICT, conflict_id, on, as_json=as_json)


@conflict.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List conflicts with their parties and dates.

    Example: routeproof conflict list --json
    """
    list_objects(workspace, CONFLICT, ("kind", "provider", "venue", "person", "since_on", "until_on"), as_json=as_json)
