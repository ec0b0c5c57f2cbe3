"""`routeproof sla`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, acting_context, do, file_option, recording
from routeproof.cli.looking import list_objects, show_object
from routeproof.cli.options import json_option, on_option, shipped_only, workspace_option
from routeproof.cli.printing import print_json, print_table
from routeproof.governance.sla.noun import SLA

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@click.group()
def sla() -> None:
    """The agreement with a provider as code: proposed, approved, evaluated."""


@sla.command("template")
@shipped_only
def template() -> None:
    """Print the shipped template of an SLA schedule as TOML; provider and effective_from are to be added.

    Example: routeproof sla template > terms.toml
    """
    from routeproof.stores.provider_documents import sla_template_text  # noqa: PLC0415

    click.echo(sla_template_text(), nl=False)


@sla.command("propose")
@click.argument("sla_id", metavar="ID")
@file_option
@recording
def propose(acts: Acts, sla_id: str, document: str | None) -> None:
    """Propose terms of agreement ID: provider, effective_from, [[clause]], [[delivery]], fee_usd_per_month.

    Example: routeproof sla propose ACME-2026 --file terms.toml --as ann
    """
    from routeproof.app.sla.known import known_terms  # noqa: PLC0415

    do(acts, SLA, sla_id, "propose", document=document, around=known_terms)


@sla.command("approve")
@click.argument("sla_id", metavar="ID")
@file_option
@recording
def approve(acts: Acts, sla_id: str, document: str | None) -> None:
    """Approve the terms of agreement ID that wait; another person than who proposed them.

    Example: routeproof sla approve ACME-2026 --as sam
    """
    do(acts, SLA, sla_id, "approve", document=document)


@sla.command("reject")
@click.argument("sla_id", metavar="ID")
@file_option
@recording
def reject(acts: Acts, sla_id: str, document: str | None) -> None:
    """Reject the terms of agreement ID that wait, with a reason; others can then be proposed.

    Example: routeproof sla reject ACME-2026 --file reason.toml --as sam
    """
    do(acts, SLA, sla_id, "reject", document=document)


@sla.command("evaluate")
@click.option("--provider", required=True, help="Provider of the agreement.")
@click.option("--period", required=True, help="Quarter, such as 2026Q3.")
@click.option("--agreement", help="Agreement, where several are in force.")
@recording
def evaluate(acts: Acts, provider: str, period: str, agreement: str | None) -> None:
    """Measure every clause of the agreement in force; with --as it is recorded, and each breach opens a case.

    Without an approved agreement the shipped template is measured, which binds nobody, and nothing is recorded.

    Example: routeproof sla evaluate --provider ACME --period 2026Q3 --json
    """
    from routeproof.app.sla.evaluate import evaluate_sla  # noqa: PLC0415
    from routeproof.app.sla.record import record_evaluation  # noqa: PLC0415

    with acting_context(acts) as context:
        found = evaluate_sla(context, provider, period, agreement)
        if acts.person and not found["template"]:
            found = record_evaluation(context, found)
    if acts.as_json:
        print_json(found)
        return
    click.echo(found["statement"])
    print_table(("id", "metric", "observed", "side", "threshold", "breached", "n", "credit_usd"), found["clauses"])
    for row in found["clauses"]:
        if row["reason"]:
            click.echo(f"{row['id']}: {row['reason']}")
        elif row["credit_usd"] is None:
            click.echo(f"{row['id']}: no credit is told: {row['credit_reason']}")
    for clause, case in found.get("cases", {}).items():
        click.echo(f"{clause}: case {case}")


@sla.command("deliveries")
@click.option("--provider", required=True, help="Provider of the agreement.")
@click.option("--period", required=True, help="Quarter, such as 2026Q3.")
@workspace_option
@json_option
def deliveries(provider: str, period: str, workspace: Path, *, as_json: bool) -> None:
    """The data-delivery calendar: each expected file, when it was due, when it came, and what is wrong with it.

    Example: routeproof sla deliveries --provider ACME --period 2026Q3
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.sla.evaluate import expected_deliveries  # noqa: PLC0415

    with open_context(workspace) as context:
        found = expected_deliveries(context, provider, period)
    if as_json:
        print_json(found)
        return
    for name, rows in found["deliveries"].items():
        click.echo(f"{name}: {len(rows)} files due")
        print_table(("day", "due_on", "came_on", "accepted", "rejected", "found"), [r for r in rows if r["found"]])


@sla.command("show")
@click.argument("sla_id", metavar="ID")
@on_option
@workspace_option
@json_option
def show(sla_id: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show agreement ID: terms in force, what waits, evaluations.

    Example: routeproof sla show ACME-2026
    """
    show_object(workspace, SLA, sla_id, on, as_json=as_json)


@sla.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List agreements.

    Example: routeproof sla list --json
    """
    list_objects(workspace, SLA, ("provider",), as_json=as_json)
