"""`routeproof internalised`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, perform, recording
from routeproof.cli.looking import show_object
from routeproof.cli.options import json_option, workspace_option

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def internalised() -> None:
    """Internalised flow, judged order by order."""


@internalised.command("record")
@click.argument("quarter")
@click.option("--venue", "venues", multiple=True, required=True, help="Venue of the firm or an affiliate; repeatable.")
@recording
def record(acts: Acts, quarter: str, venues: tuple[str, ...]) -> None:
    """Judge every execution of QUARTER at the firm's own venues against the quote, and keep the rows as evidence.

    Example: routeproof internalised record 2026Q3 --venue OWNX --as ann
    """
    from routeproof.app.desk.internalised import record_internalised  # noqa: PLC0415

    perform(acts, lambda context, _: record_internalised(context, quarter.upper(), venues))


@internalised.command("show")
@click.argument("quarter")
@workspace_option
@json_option
def show(quarter: str, workspace: Path, *, as_json: bool) -> None:
    """Show the records of QUARTER.

    Example: routeproof internalised show 2026Q3
    """
    from routeproof.governance.internalised import INTERNALISED  # noqa: PLC0415

    show_object(workspace, INTERNALISED, quarter.upper(), None, as_json=as_json)
