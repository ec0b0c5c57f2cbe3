"""`routeproof case`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, do, file_option, recording
from routeproof.cli.looking import list_objects, show_object
from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.governance.case import CASE

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@click.group()
def case() -> None:
    """Cases that people work: opened with evidence, disposed by another person."""


@case.command("open")
@click.argument("case_id", metavar="ID")
@file_option
@recording
def open_(acts: Acts, case_id: str, document: str | None) -> None:
    """Open case ID; the body has kind and title.

    Example: routeproof case open C-17 --file case.toml --as ann
    """
    do(acts, CASE, case_id, "open", document=document)


@case.command("assign")
@click.argument("case_id", metavar="ID")
@click.argument("assignee", metavar="PERSON")
@recording
def assign(acts: Acts, case_id: str, assignee: str) -> None:
    """Give case ID to PERSON.

    Example: routeproof case assign C-17 abe --as sam
    """
    do(acts, CASE, case_id, "assign", {"to": assignee})


@case.command("note")
@click.argument("case_id", metavar="ID")
@file_option
@recording
def note(acts: Acts, case_id: str, document: str | None) -> None:
    """Add what was found out about case ID: text, evidence.

    Example: routeproof case note C-17 --file note.toml --as abe
    """
    do(acts, CASE, case_id, "note", document=document)


@case.command("dispose")
@click.argument("case_id", metavar="ID")
@file_option
@recording
def dispose(acts: Acts, case_id: str, document: str | None) -> None:
    """End case ID: outcome and rationale; another person than who opened or works it.

    Example: routeproof case dispose C-17 --file end.toml --as sam
    """
    do(acts, CASE, case_id, "dispose", document=document)


@case.command("show")
@click.argument("case_id", metavar="ID")
@on_option
@workspace_option
@json_option
def show(case_id: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show case ID with its rows, notes and disposition.

    Example: routeproof case show C-17
    """
    show_object(workspace, CASE, case_id, on, as_json=as_json)


@case.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List cases.

    Example: routeproof case list --json
    """
    list_objects(workspace, CASE, ("kind", "title", "provider", "period", "assigned_to", "due_on"), as_json=as_json)
