"""`routeproof migrate`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@workspace_option
@json_option
def migrate(workspace: Path, *, as_json: bool) -> None:
    """Bring a workspace of an earlier version to this one.

    Make a copy first. A run that was broken off is taken up where it stopped; what was done is a ledger event.

    Example: routeproof migrate -w bestex
    """
    from routeproof.app.migrate import migrate as run  # noqa: PLC0415

    done = run(workspace)
    if as_json:
        print_json(asdict(done))
    elif done.before == done.after:
        click.echo(f"Version {done.after}: nothing to do.", err=True)
    else:
        click.echo(f"Version {done.before} is now version {done.after}; ledger entries {done.indexes}.", err=True)
