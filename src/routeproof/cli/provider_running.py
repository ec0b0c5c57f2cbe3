"""Commands of `routeproof provider` while it runs: reliance, incidents, fallback, going live, the end."""

from __future__ import annotations

from pathlib import Path

import click

from routeproof.app.provider.file import provider_around
from routeproof.app.provider.go_live import go_live_around
from routeproof.cli.acting import Acts, acting_context, do, file_option, recording
from routeproof.cli.printing import print_json
from routeproof.governance.provider.noun import PROVIDER


@click.command("reliance")
@click.argument("provider_id", metavar="ID")
@file_option
@recording
def reliance(acts: Acts, provider_id: str, document: str | None) -> None:
    """Record what FINRA Rule 5310.09(c) asks of provider ID: agreement, disclosures, our dated look at its method.

    Example: routeproof provider reliance ACME --file look.toml --as sam
    """
    do(acts, PROVIDER, provider_id, "reliance", document=document, around=provider_around)


@click.command("incident")
@click.argument("provider_id", metavar="ID")
@file_option
@recording
def incident(acts: Acts, provider_id: str, document: str | None) -> None:
    """Record an incident of provider ID, or what was not known of it yet.

    The body has incident (its number), started_at, detected_at, ended_at, summary, fallback_used, kill_switch,
    root_cause, follow_up.

    Example: routeproof provider incident ACME --file outage.toml --as ann
    """
    do(acts, PROVIDER, provider_id, "incident", document=document)


@click.command("fallback")
@click.argument("provider_id", metavar="ID")
@file_option
@recording
def fallback(acts: Acts, provider_id: str, document: str | None) -> None:
    """Record the plan for when provider ID does not work: route_to, steps, kill_switch, may_use, tested_on.

    Example: routeproof provider fallback ACME --file plan.toml --as sam
    """
    do(acts, PROVIDER, provider_id, "fallback", document=document)


@click.command("go-live")
@click.argument("provider_id", metavar="ID")
@file_option
@recording
def go_live(acts: Acts, provider_id: str, document: str | None) -> None:
    """Let provider ID go live: only with passes for its settings in force.

    Every script that policy demands must have passed for the version in force.

    Settings that were announced and not rejected need their passes too, so it is refused again after each change
    notice until they are certified. The body may have a note.

    Example: routeproof provider go-live ACME --as sam
    """
    do(acts, PROVIDER, provider_id, "go_live", document=document, around=lambda one: go_live_around(one, provider_id))


@click.command("terminate")
@click.argument("provider_id", metavar="ID")
@file_option
@recording
def terminate(acts: Acts, provider_id: str, document: str | None) -> None:
    """End provider ID: reason and transition_plan; it is never reopened, only added anew under another id.

    Example: routeproof provider terminate ACME --file end.toml --as sam
    """
    do(acts, PROVIDER, provider_id, "terminate", document=document)


@click.command("report")
@click.argument("provider_id", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the report.")
@click.option("--to", default="", help="Who it is issued to; senior management by default.")
@recording
def report(acts: Acts, provider_id: str, out: Path, to: str) -> None:
    """Write the yearly diligence report on provider ID as HTML, PDF and JSON; with --as it is issued on record.

    Example: routeproof provider report ACME --out reports/acme-2026 --as sam
    """
    from routeproof.app.provider.report import report_on  # noqa: PLC0415

    with acting_context(acts) as context:
        found = report_on(context, provider_id, out, to)
    if acts.as_json:
        print_json(found)
        return
    for name in found["files"]:
        click.echo(str(out / name))


RUNNING = (report, reliance, incident, fallback, go_live, terminate)
