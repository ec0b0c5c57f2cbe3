"""`routeproof report sign|publish|restate|show|list`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, acting_context, perform, recording
from routeproof.cli.looking import list_objects
from routeproof.cli.options import day_option, json_option, workspace_option
from routeproof.cli.printing import print_json, print_object, table_lines

if TYPE_CHECKING:
    from datetime import date

SHOWN_ROWS = 40
LONGEST_VALUE = 24


@click.command("sign")
@click.argument("file")
@click.option("--version", "version", metavar="SHA256", help="SHA-256 of the file that you have read.")
@recording
def sign(acts: Acts, file: str, version: str | None) -> None:
    """Sign report FILE (or its id), as another person than who made it.

    Example: routeproof report sign 606a1_2026Q3.xml --version 3f9a… --as sam
    """
    from routeproof.app.disclosure.records.sign import sign_report  # noqa: PLC0415

    perform(acts, lambda context, _: sign_report(context, file, version))


@click.command("publish")
@click.argument("file")
@click.option("--at", "where", required=True, help="Where it stands, such as its address.")
@day_option("--published-on", words="Since when; the business date if omitted.")
@recording
def publish(acts: Acts, file: str, where: str, published_on: date | None) -> None:
    """Record where a signed report FILE (or its id) is public, which closes its duty.

    Example: routeproof report publish 606a1_2026Q3.xml --at https://firm.example/606 --as carl
    """
    from routeproof.app.disclosure.records.sign import publish_report  # noqa: PLC0415

    perform(acts, lambda context, _: publish_report(context, file, where, published_on))


@click.command("restate")
@click.argument("file")
@click.option("--reason", required=True, help="Why there is a new version.")
@click.option(
    "--with",
    "new_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The new version, if it is not made here.",
)
@click.option(
    "--material-aspects",
    "aspects",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="TOML with texts about venues, in place of those given before (606a1).",
)
@recording
def restate(acts: Acts, file: str, reason: str, new_file: Path | None, aspects: Path | None) -> None:
    """Make the next version of report FILE (or its id) from the lake as it is now, and list what differs.

    FILE becomes the new version; the old one stays on record. Where FILE was changed since, it is the new version
    itself. The new version is signed and published anew.

    Example: routeproof report restate 606a1_2026Q3.xml --reason "late busts of XNAS" --as ann
    """
    from routeproof.app.disclosure.records.restate import restate_report  # noqa: PLC0415
    from routeproof.cli.documents import read_text  # noqa: PLC0415

    texts = read_text(aspects) if aspects is not None else None
    with acting_context(acts) as context:
        state = restate_report(context, file, reason, new_file, texts)
    if acts.as_json:
        print_json(state)
        return
    rows = [{**item, "from": _short(item["from"]), "to": _short(item["to"])} for item in state["diff"][:SHOWN_ROWS]]
    for line in table_lines(("row", "change", "column", "from", "to"), rows) if rows else ("nothing differs",):
        click.echo(line)
    if len(state["diff"]) > SHOWN_ROWS:
        click.echo(f"… and {len(state['diff']) - SHOWN_ROWS} more: --json lists all")
    print_object({**state, "diff": []}, as_json=False)


def _short(value: Any) -> str | None:  # noqa: ANN401  # JSON
    if value is None:
        return None
    return f"{len(value)} values" if isinstance(value, dict) else str(value)[:LONGEST_VALUE]


@click.command("show")
@click.argument("report_id", metavar="ID")
@workspace_option
@json_option
def show(report_id: str, workspace: Path, *, as_json: bool) -> None:
    """Show report ID: its versions, who signed them, where they stand.

    Example: routeproof report show 606a1-2026Q3
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.disclosure.records.sign import report_shown  # noqa: PLC0415

    with open_context(workspace) as context:
        state = report_shown(context, report_id)
    print_object(state, as_json=as_json)


@click.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List reports on record.

    Example: routeproof report list --json
    """
    from routeproof.governance.report import REPORT  # noqa: PLC0415

    list_objects(workspace, REPORT, ("kind", "period"), as_json=as_json)
