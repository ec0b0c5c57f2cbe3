"""`routeproof evidence`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, acting_context, do, file_option, recording
from routeproof.cli.looking import show_object
from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.cli.printing import print_found, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path


@click.group()
def evidence() -> None:
    """Documents of the record: how long they are kept, what holds them, what has expired."""


@evidence.command("list")
@on_option
@workspace_option
@json_option
def list_(*, on: date | None, workspace: Path, as_json: bool) -> None:
    """List documents with their class, until when they are kept, and what holds them.

    Example: routeproof evidence list --on 2033-01-01
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.retention import evidence_listed  # noqa: PLC0415

    with open_context(workspace) as context:
        found = evidence_listed(context, on)
    print_found(found, _lines, as_json=as_json)


@evidence.command("show")
@click.argument("name")
@workspace_option
@json_option
def show(*, name: str, workspace: Path, as_json: bool) -> None:
    """Show the hold NAME, or the expiry of a document by its hash.

    Example: routeproof evidence show inquiry-2027
    """
    from routeproof.governance.evidence import EVIDENCE  # noqa: PLC0415

    show_object(workspace, EVIDENCE, name, None, as_json=as_json)


@evidence.command("hold")
@click.argument("matter")
@file_option
@click.option("--object", "objects", multiple=True, help="NOUN/ID, or NOUN/ for all of a kind; repeatable.")
@click.option("--document", "documents", multiple=True, help="Hash of a document; repeatable.")
@click.option("--everything", is_flag=True, help="All documents, those to come as well.")
@click.option("--reason", help="Why.")
@recording
def hold(
    acts: Acts,
    matter: str,
    document: str | None,
    objects: tuple[str, ...],
    documents: tuple[str, ...],
    everything: bool,  # noqa: FBT001  # click's flag
    reason: str | None,
) -> None:
    """Hold documents for MATTER: nothing of it expires until the hold is released.

    Example: routeproof evidence hold inquiry-2027 --object review/ --reason "Letter of 3 May" --as carl
    """
    from routeproof.app.firm.retention import hold_around  # noqa: PLC0415
    from routeproof.governance.evidence import EVIDENCE  # noqa: PLC0415

    given = {"objects": list(objects), "documents": list(documents), "everything": everything, "reason": reason}
    body: dict[str, Any] = {name: value for name, value in given.items() if value}
    do(acts, EVIDENCE, matter, "hold", body, document=document, around=hold_around)


@evidence.command("release")
@click.argument("matter")
@click.option("--reason", help="Why.")
@file_option
@recording
def release(acts: Acts, matter: str, reason: str | None, document: str | None) -> None:
    """Release the hold for MATTER.

    Example: routeproof evidence release inquiry-2027 --reason "Closed without action" --as carl
    """
    from routeproof.governance.evidence import EVIDENCE  # noqa: PLC0415

    do(acts, EVIDENCE, matter, "release", {"reason": reason} if reason else {}, document=document)


@evidence.command("expire")
@click.argument("documents", nargs=-1)
@recording
def expire(acts: Acts, documents: tuple[str, ...]) -> None:
    """Destroy DOCUMENTS (hashes), or all whose time is over; the record keeps hash, reason and person.

    Example: routeproof evidence expire --as carl
    """
    from routeproof.app.firm.retention import expire_evidence  # noqa: PLC0415

    with acting_context(acts) as context:
        found = expire_evidence(context, documents)
    if acts.as_json:
        print_json(found)
        return
    for item in found["expired"]:
        click.echo(f"{item['id']}  {item['expired_because']}  (entry {item['ledger_index']})")
    click.echo(f"{found['total']} documents expired.")
    if found["completed"]:
        click.echo(f"{len(found['completed'])} files removed whose expiry was on record already.")


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"Documents on {found['on']}: {found['total']}"
    for item in found["items"]:
        held = f", held by {', '.join(item['held_by'])}" if item["held_by"] else ""
        yield f"  {item['state']:<8} until {item['keep_until']}  {item['name']}  [{item['sha256'][:16]}]{held}"
        yield f"           {item['policy']}; last used {item['last_used_on']}; {', '.join(item['objects'])}"
