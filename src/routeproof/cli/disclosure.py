"""`routeproof disclosure`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, file_option, perform, recording
from routeproof.cli.looking import list_objects, show_object
from routeproof.cli.options import day_option, json_option, on_option, workspace_option
from routeproof.governance.disclosure import DISCLOSURE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

_line = click.argument("line", metavar="ID")


def _evidence(words: str) -> Callable[..., Any]:
    kind = click.Path(dir_okay=False)
    return click.option("--evidence", "evidence", multiple=True, type=kind, help=f"{words}; may be repeated.")


@click.group()
def disclosure() -> None:
    """Registers of disclosure: customers' requests and their clock, notices, filings with FINRA."""


@disclosure.command("request")
@_line
@click.option("--kind", type=click.Choice(["606b1", "606b3"]), help="Report that is asked for.")
@click.option("--customer", help="Account token; it stands in the record by a hash only.")
@day_option("--received-on", words="Day of the request; the business date if omitted.")
@_evidence("The request itself")
@file_option
@recording
def request(
    acts: Acts,
    line: str,
    kind: str | None,
    customer: str | None,
    received_on: date | None,
    evidence: tuple[str, ...],
    document: str | None,
) -> None:
    """Record that a customer asked for a report; its clock begins.

    Example: routeproof disclosure request R7 --kind 606b3 --customer A17 --received-on 2026-10-01 --as ann
    """
    day = received_on.isoformat() if received_on else None
    _record(acts, line, "request", document, kind=kind, customer=customer, received_on=day, evidence=evidence)


@disclosure.command("deliver")
@_line
@click.option("--report", help="Id of the report on record; its last version must be signed.")
@click.option("--how", help="How the customer got it, in words.")
@_evidence("Proof of delivery")
@file_option
@recording
def deliver(
    acts: Acts, line: str, report: str | None, how: str | None, evidence: tuple[str, ...], document: str | None
) -> None:
    """Record that the report of request ID reached the customer, with the proof.

    Example: routeproof disclosure deliver R7 --report 606b3-1 --how "secure mail" --evidence receipt.eml --as ann
    """
    _record(acts, line, "deliver", document, report=report, how=how, evidence=evidence)


@disclosure.command("decline")
@_line
@click.option("--reason", help="Why no report is owed, such as the de minimis figures.")
@_evidence("What shows it")
@file_option
@recording
def decline(acts: Acts, line: str, reason: str | None, evidence: tuple[str, ...], document: str | None) -> None:
    """Record that no report is owed for request ID, and why.

    Example: routeproof disclosure decline R7 --reason "de minimis: 2.10 % not held" --as carl
    """
    _record(acts, line, "decline", document, reason=reason, evidence=evidence)


@disclosure.command("notice")
@_line
@click.option("--rule", type=click.Choice(["606b2", "607"]), help="606(b)(2): reports are available; 607: payments.")
@click.option("--period", help="Year that the notice is for.")
@click.option("--audience", help="Who was told, and how.")
@_evidence("The notice as it was sent")
@file_option
@recording
def notice(
    acts: Acts,
    line: str,
    rule: str | None,
    period: str | None,
    audience: str | None,
    evidence: tuple[str, ...],
    document: str | None,
) -> None:
    """Record a notice to customers, which closes the year's duty.

    Example: routeproof disclosure notice N26 --rule 607 --period 2026 --audience "all" --evidence n.pdf --as ann
    """
    _record(acts, line, "notice", document, rule=rule, period=period, audience=audience, evidence=evidence)


@disclosure.command("filed")
@_line
@click.option("--period", help="Quarter of the report, such as 2026Q3.")
@click.option("--report", help="Id of the report on record; its last version must be signed.")
@click.option("--reference", help="The receiver's number.")
@_evidence("What FINRA answered")
@file_option
@recording
def filed(
    acts: Acts,
    line: str,
    period: str | None,
    report: str | None,
    reference: str | None,
    evidence: tuple[str, ...],
    document: str | None,
) -> None:
    """Record that the public report was submitted under FINRA Rule 6151, which closes the quarter's duty.

    Example: routeproof disclosure filed F1 --period 2026Q3 --report 606a1-2026Q3 --evidence receipt.pdf --as ann
    """
    _record(acts, line, "filed", document, period=period, report=report, reference=reference, evidence=evidence)


def _record(acts: Acts, line: str, verb: str, document: str | None, **given: Any) -> None:  # noqa: ANN401
    from routeproof.app.disclosure.records.registers import record_disclosure  # noqa: PLC0415

    body = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value}
    perform(acts, lambda context, made: record_disclosure(context, line, verb, made), body, document=document)


@disclosure.command("show")
@_line
@on_option
@workspace_option
@json_option
def show(line: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show line ID of the registers.

    Example: routeproof disclosure show R7
    """
    show_object(workspace, DISCLOSURE, line, on, as_json=as_json)


@disclosure.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List requests, notices and filings with their dates.

    Example: routeproof disclosure list --json
    """
    columns = ("line", "kind", "period", "received_on", "due_on", "done_on")
    list_objects(workspace, DISCLOSURE, columns, as_json=as_json)
