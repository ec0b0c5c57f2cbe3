"""`routeproof duties` and `routeproof duty`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, file_option, perform, recording
from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.cli.printing import print_found, print_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


@click.command("duties")
@on_option
@click.option("--ics", type=click.Path(path_type=Path, dir_okay=False), help="Write a calendar file as well.")
@workspace_option
@json_option
def duties(*, on: date | None, ics: Path | None, workspace: Path, as_json: bool) -> None:
    """List what is owed: by which rule, by whom, until when, and what shows that it was done.

    Example: routeproof duties --on 2026-10-31 --ics duties.ics
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.duties import duties_shown  # noqa: PLC0415
    from routeproof.app.firm.duty_calendar import write_calendar  # noqa: PLC0415

    with open_context(workspace) as context:
        found = duties_shown(context, on)
        if ics is not None:
            write_calendar(context, found, ics)
    print_found(found, _lines, as_json=as_json)


@click.group()
def duty() -> None:
    """One duty: shown, closed with evidence, or added by the firm."""


@duty.command("show")
@click.argument("duty_id", metavar="ID")
@on_option
@workspace_option
@json_option
def show(*, duty_id: str, on: date | None, workspace: Path, as_json: bool) -> None:
    """Show duty ID with its evidence.

    Example: routeproof duty show restore_drill:2026Q3
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.duties import duty_shown  # noqa: PLC0415

    with open_context(workspace) as context:
        state = duty_shown(context, duty_id, on)
    print_object(state, as_json=as_json)


@duty.command("close")
@click.argument("duty_id", metavar="ID")
@click.option("--text", help="How it was done.")
@click.option("--evidence", multiple=True, type=click.Path(dir_okay=False), help="File that shows it; repeatable.")
@file_option
@recording
def close(acts: Acts, duty_id: str, text: str | None, evidence: tuple[str, ...], document: str | None) -> None:
    """Close duty ID with evidence: FILE has `text` and `evidence = [PATH]`.

    Example: routeproof duty close restore_drill:2026Q3 --evidence drill.log --as adam
    """
    from routeproof.app.firm.duties import close_duty  # noqa: PLC0415

    given = {"text": text, "evidence": list(evidence) or None}
    body = {name: value for name, value in given.items() if value is not None}
    perform(acts, lambda context, given: close_duty(context, duty_id, given), body, document=document)


@duty.command("add")
@click.argument("duty_id", metavar="ID")
@file_option
@recording
def add(acts: Acts, duty_id: str, document: str | None) -> None:
    """Add a duty of the firm's own: FILE has `title, owner, due_on` and may have `rule, every_months, text`.

    Example: routeproof duty add vendor-visit --file visit.toml --as sam
    """
    from routeproof.app.firm.duties import add_duty  # noqa: PLC0415

    perform(acts, lambda context, given: add_duty(context, duty_id, given), document=document)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"Duties on {found['on']}: {found['overdue']} overdue, {found['due']} due, {found['done']} done"
    for state in ("overdue", "due", "done"):
        for item in found["duties"]:
            if item["state"] == state:
                yield from _duty_lines(item)


def _duty_lines(item: dict[str, Any]) -> Iterator[str]:
    late = " (late)" if item["late"] else ""
    yield f"  {item['state'].upper():<8} {item['due_on']}  {item['title']}  [{item['id']}]"
    unsure = "; period unconfirmed" if item["unconfirmed"] else ""
    yield f"           {item['rule']}; owner {item['owner']}{unsure}"
    for proof in item["evidence"]:
        yield f"           {proof['on']} {proof['type']} by {proof['by']}, entry {proof['ledger_index']}{late}"
