"""`routeproof suppress`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, do, file_option, perform, recording
from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_found, sentence_lines
from routeproof.governance.suppression import SUPPRESSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@click.group()
def suppress() -> None:
    """Findings that open no case until a day: asked for by one person, approved by another, and still counted."""


@suppress.command("add")
@click.argument("name", metavar="[ID]", required=False)
@click.option("--rule", help="Rule of the catalog.")
@click.option("--scope", "scope", multiple=True, metavar="MEMBER=VALUE", help="provider, venue, symbol or order_id.")
@click.option("--reason", help="Why no case is needed.")
@click.option("--until", help="Last trading day, YYYY-MM-DD.")
@file_option
@recording
def add(
    acts: Acts,
    name: str | None,
    rule: str | None,
    scope: tuple[str, ...],
    reason: str | None,
    until: str | None,
    document: str | None,
) -> None:
    """Ask for a suppression: rule, scope, reason, until; from options, or from a body.

    Example: routeproof suppress add --rule slow_fill --scope symbol=XYZ --reason "Known" --until 2026-09-30 --as ann
    """
    from routeproof.app.cases.suppressing import add_suppression  # noqa: PLC0415

    body: dict[str, Any] = {
        key: value for key, value in (("rule", rule), ("reason", reason), ("until", until)) if value is not None
    }
    if scope:
        body["scope"] = _scope(scope)
    perform(acts, lambda context, given: add_suppression(context, name, given), body, document=document)


def _scope(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [_pair(item) for item in given]
    members = [member for member, _ in pairs]
    if twice := sorted({member for member in members if members.count(member) > 1}):
        message = f"expected each member of --scope once, found several of {', '.join(twice)}"
        raise click.UsageError(message)
    return dict(pairs)


def _pair(text: str) -> tuple[str, str]:
    member, equals, value = text.partition("=")
    if not equals or not value.strip():
        message = f"expected MEMBER=VALUE such as symbol=XYZ, found {text!r}"
        raise click.UsageError(message)
    return member, value


@suppress.command("approve")
@click.argument("name", metavar="ID")
@recording
def approve(acts: Acts, name: str) -> None:
    """Approve suppression ID; another person than who asked for it.

    Example: routeproof suppress approve S-1 --as sam
    """
    do(acts, SUPPRESSION, name, "approve")


@suppress.command("end")
@click.argument("name", metavar="ID")
@recording
def end(acts: Acts, name: str) -> None:
    """End suppression ID before its time, or turn it down; what it kept from a case stays so.

    Example: routeproof suppress end S-1 --as sam
    """
    do(acts, SUPPRESSION, name, "end")


@suppress.command("show")
@click.argument("name", metavar="ID")
@workspace_option
@json_option
def show(name: str, workspace: Path, *, as_json: bool) -> None:
    """Show suppression ID and how many findings it keeps from a case.

    Example: routeproof suppress show S-1
    """
    from routeproof.app.cases.suppressing import suppression_shown  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.cli.printing import print_object  # noqa: PLC0415

    with open_context(workspace) as context:
        state = suppression_shown(context, name)
    print_object(state, as_json=as_json)


@suppress.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List suppressions.

    Example: routeproof suppress list
    """
    from routeproof.app.cases.suppressing import suppressions_listed  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        found = suppressions_listed(context)
    print_found(found, _lines, as_json=as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    columns = ("id", "state", "in_force", "rule", "scope", "until", "suppressed", "reason")
    rows = [{**row, "scope": [f"{k}={v}" for k, v in row["scope"].items()]} for row in found["items"]]
    if rows:
        yield from sentence_lines(columns, rows)
    yield f"{found['total']} suppressions"
