"""`routeproof report 605`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, entitled_context, recording
from routeproof.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from routeproof.app.disclosure.report_605 import Made605


@click.command("605")
@click.argument("kind", type=click.Choice(["detailed", "summary"]))
@click.option("--reporter", required=True, help="Reporter identification code, such as IEXG.")
@click.option("--participant", required=True, help="Code of the designated participant: T is FINRA.")
@click.option("--month", required=True, help="Month of data, YYYY-MM.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the file.")
@click.option(
    "--orders",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of parent_orders.csv, routes.csv, executions.csv, quotes.csv instead of the workspace.",
)
@click.option("--provider", default="", help="Only orders given to this provider: not the firm's report.")
@click.option("--zip", "packed", is_flag=True, help="Write a zip of the file too.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The report for people, with its page of reconciliation.",
)
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="The same as PDF.")
@recording
def rule_605(
    acts: Acts,
    *,
    kind: str,
    reporter: str,
    participant: str,
    month: str,
    out: Path,
    orders: Path | None,
    provider: str,
    packed: bool,
    html: Path | None,
    pdf: Path | None,
) -> None:
    """Make the monthly report of execution quality under Rule 605: the detailed one, or the summary.

    Made from the workspace it is put on record as built; another person signs it.

    Example: routeproof report 605 detailed --reporter FIRM --participant T --month 2026-08 --out reports
    """
    from routeproof.app.disclosure import report_605 as use  # noqa: PLC0415
    from routeproof.app.disclosure.report605_document import write_documents  # noqa: PLC0415

    asked = use.asked_605(
        kind,  # type: ignore[arg-type] # click holds the choices
        reporter, participant, month, out, packed=packed, provider=provider,
    )  # fmt: skip
    if orders is not None:
        made = use.report_605(asked, use.flow_of_folder(orders))
        write_documents(made, None, html=html, pdf=pdf)
    else:
        from routeproof.app.disclosure.records.made_605 import record_605  # noqa: PLC0415

        with entitled_context(acts, "report.build") as context:
            made = record_605(context, use.make_605(asked, use.flow_of_workspace(context)))
            write_documents(made, context, html=html, pdf=pdf)
    for warning in made.warnings:
        click.echo(f"warning: {warning}", err=True)
    if acts.as_json:
        print_json(made.as_json())
        return
    _say(made)


def _say(made: Made605) -> None:
    for file in made.files:
        click.echo(f"{file['path']}  {file['rows']} rows  {file['sha256']}")
    click.echo(f"{made.orders_in} orders in, {made.covered} covered")
    print_table(["reason", "orders"], [{"reason": name, "orders": n} for name, n in made.excluded.items()])
    for note in made.notes:
        click.echo(note, err=True)
    click.echo(f"unconfirmed readings: {', '.join(made.reporting.unconfirmed)}", err=True)
