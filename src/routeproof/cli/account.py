"""`routeproof account`: who may log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import given_passphrase
from routeproof.cli.options import json_option, recorded_workspace_option, workspace_option
from routeproof.cli.printing import print_json, table_lines
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def account() -> None:
    """Accounts of people: a password that is also the passphrase of their key."""


@account.command("make")
@click.argument("person")
@click.option("--password-file", type=click.Path(dir_okay=False), help="Else ROUTEPROOF_PASSPHRASE, else a prompt.")
@recorded_workspace_option
@json_option
def make(person: str, password_file: str | None, workspace: Path, *, as_json: bool) -> None:
    """Give PERSON of the roster an account; their password must open their key.

    Example: routeproof account make ann
    """
    from pathlib import Path as Place  # noqa: PLC0415

    from routeproof.app.access.accounts import make_account, require_uncommon  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    secret = given_passphrase(Place(password_file) if password_file else None, f"Password of {person}")
    if secret is None:
        message = "expected a password, found none: give --password-file, set ROUTEPROOF_PASSPHRASE or type it"
        raise UsageError(message, where="--password-file")
    with open_context(workspace) as context:
        require_uncommon(context, person, secret.decode())
        made = make_account(context, person, secret.decode())
    if as_json:
        print_json(made)
        return
    click.echo(f"{person} can log in.", err=True)


@account.command("forget-factors")
@click.argument("person")
@recorded_workspace_option
@json_option
def forget_factors(person: str, workspace: Path, *, as_json: bool) -> None:
    """Forget authenticator and passkeys of PERSON, who lost them; their sessions end.

    Example: routeproof account forget-factors ann
    """
    from routeproof.app.access.accounts import forget_factors as forget  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        found = forget(context, person)
    if as_json:
        print_json({"person": person, "forgotten": found})
        return
    click.echo(f"{person} logs in by password alone until a new one is set up; forgotten: {found}.", err=True)


@account.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List accounts, without their secrets.

    Example: routeproof account list
    """
    from routeproof.app.access.accounts import accounts_listed  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(workspace) as context:
        found = accounts_listed(context)
    if as_json:
        print_json({"items": found, "total": len(found)})
        return
    for line in table_lines(("person", "second_factor", "disabled", "must_change"), found):
        click.echo(line)
