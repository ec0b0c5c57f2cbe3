"""`routeproof config`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, do, file_option, recording
from routeproof.cli.looking import list_objects, show_object
from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.cli.printing import print_json
from routeproof.governance.config import CONFIG

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@click.group()
def config() -> None:
    """The configuration record: a provider's settings in versions, compared and approved."""


@config.command("propose")
@click.argument("config_id", metavar="ID")
@file_option
@recording
def propose(acts: Acts, config_id: str, document: str | None) -> None:
    """Propose settings of record ID: provider, [settings], reason, effective_from, notice_on, notice.

    Example: routeproof config propose ACME --file settings.toml --as ann
    """
    do(acts, CONFIG, config_id, "propose", document=document)


@config.command("approve")
@click.argument("config_id", metavar="ID")
@file_option
@recording
def approve(acts: Acts, config_id: str, document: str | None) -> None:
    """Approve the settings of record ID that wait; another person than who proposed them.

    Example: routeproof config approve ACME --as sam
    """
    do(acts, CONFIG, config_id, "approve", document=document)


@config.command("reject")
@click.argument("config_id", metavar="ID")
@file_option
@recording
def reject(acts: Acts, config_id: str, document: str | None) -> None:
    """Reject the settings of record ID that wait, with a reason.

    Example: routeproof config reject ACME --file reason.toml --as sam
    """
    do(acts, CONFIG, config_id, "reject", document=document)


@config.command("diff")
@click.argument("config_id", metavar="ID")
@click.option("--from", "before", type=int, help="Version; the approved one before by default.")
@click.option("--to", "after", type=int, help="Version; the newest by default.")
@workspace_option
@json_option
def diff(config_id: str, before: int | None, after: int | None, workspace: Path, *, as_json: bool) -> None:
    """Compare two versions of the settings of record ID.

    Example: routeproof config diff ACME --from 1 --to 3
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.provider.configurations import configuration_difference  # noqa: PLC0415

    with open_context(workspace) as context:
        found = configuration_difference(context, config_id, before, after)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found['id']}: version {found['from'] or '-'} to {found['to']}")
    for sign, kind in (("-", "removed"), ("+", "added"), ("~", "changed")):
        for item in found[kind]:
            values = [json.dumps(item[name], ensure_ascii=False) for name in ("before", "after") if name in item]
            click.echo(f"  {sign} {item['setting']}: {' -> '.join(values)}")


@config.command("show")
@click.argument("config_id", metavar="ID")
@on_option
@workspace_option
@json_option
def show(config_id: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show the settings of record ID in force on a day, what waits, and every version.

    Example: routeproof config show ACME --on 2026-09-30
    """
    show_object(workspace, CONFIG, config_id, on, as_json=as_json)


@config.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List configuration records.

    Example: routeproof config list --json
    """
    list_objects(workspace, CONFIG, ("provider",), as_json=as_json)
