"""`routeproof people`."""

from __future__ import annotations

from pathlib import Path

import click

from routeproof.cli.acting import (
    Acts,
    acting_context,
    do,
    given_passphrase,
    passphrase_for,
    perform,
    recording,
)
from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json, print_object


@click.group()
def people() -> None:
    """Who works here, in which role: granted by one, approved by another."""


@people.command("show")
@workspace_option
@json_option
def show(workspace: Path, *, as_json: bool) -> None:
    """Show everybody, their roles, and the grants that wait.

    Example: routeproof people show
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.people import people_shown  # noqa: PLC0415

    with open_context(workspace) as context:
        state = people_shown(context)
    print_object(state, as_json=as_json)


@people.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List people and the roles that count today.

    Example: routeproof people list --json
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.firm.people import people_listed  # noqa: PLC0415

    with open_context(workspace) as context:
        found = people_listed(context)
    if as_json:
        print_json(found)
        return
    for person in found["items"]:
        click.echo(f"{person['id']:<12} {person['name']:<28} {', '.join(person['roles']) or 'no role'}")


@people.command("grant")
@click.argument("person_id", metavar="ID")
@click.argument("role")
@click.option("--name", help="Full name of somebody new; a key is made for them.")
@click.option("--new-passphrase-file", type=click.Path(path_type=Path, dir_okay=False), help="For a new person's key.")
@recording
def grant(acts: Acts, person_id: str, role: str, name: str | None, new_passphrase_file: Path | None) -> None:
    """Propose ROLE for person ID; another person approves it, and it counts after the cooling-off.

    Example: routeproof people grant bob supervisor --as cara
    """
    from routeproof.app.firm.people import grant_role  # noqa: PLC0415

    def passphrase() -> bytes | None:
        return given_passphrase(new_passphrase_file, f"New passphrase of {person_id}", twice=True)

    perform(acts, lambda context, _: grant_role(context, person_id, role, name, passphrase))


@people.command("approve")
@click.argument("grant_id", metavar="GRANT")
@recording
def approve(acts: Acts, grant_id: str) -> None:
    """Approve GRANT, which another person proposed for somebody else.

    Example: routeproof people approve G1 --as dan
    """
    from routeproof.app.firm.people import approve_grant  # noqa: PLC0415

    perform(acts, lambda context, _: approve_grant(context, grant_id))


@people.command("revoke")
@click.argument("person_id", metavar="ID")
@click.argument("role")
@recording
def revoke(acts: Acts, person_id: str, role: str) -> None:
    """Take ROLE from person ID, at once.

    Example: routeproof people revoke bob supervisor --as dan
    """
    from routeproof.governance.people import PEOPLE, STREAM_ID  # noqa: PLC0415

    do(acts, PEOPLE, STREAM_ID, "revoke", {"person": person_id, "role": role})


@people.command("key")
@click.option("--new-passphrase-file", type=click.Path(path_type=Path, dir_okay=False), help="For the new key.")
@recording
def key(acts: Acts, new_passphrase_file: Path | None) -> None:
    """Replace one's own key by a new one, which the old one signs for; what the old one signed stays signed.

    Who has no key any more cannot do that, and nobody can do it for them: revoke the roles of their id at once, and
    grant them again to a new id, with `people grant NEWID ROLE --name NAME` by one and `people approve` by another.

    Example: routeproof people key --as bob
    """
    from routeproof.app.firm.people import replace_key  # noqa: PLC0415

    def passphrase() -> bytes | None:
        return given_passphrase(new_passphrase_file, f"Passphrase of the new key of {acts.person}", twice=True)

    with acting_context(acts) as context:
        done = replace_key(context, passphrase)
    if acts.as_json:
        print_json(done)
        return
    click.echo(f"{done['person']} signs with key {done['key_id']} from now on (entry {done['ledger_index']}).")


@people.command("passphrase")
@click.option("--new-passphrase-file", type=click.Path(path_type=Path, dir_okay=False), help="The new passphrase.")
@recording
def passphrase(acts: Acts, new_passphrase_file: Path | None) -> None:
    """Protect one's own key by another passphrase; nothing is recorded, the key stays the same.

    Example: routeproof people passphrase --as bob
    """
    from routeproof.app.acting import key_path  # noqa: PLC0415
    from routeproof.app.workspace import open_workspace  # noqa: PLC0415
    from routeproof.stores.keys import change_passphrase  # noqa: PLC0415

    path = key_path(open_workspace(acts.workspace), acts.person)
    old = passphrase_for(path, acts.passphrase_file)
    change_passphrase(path, old, given_passphrase(new_passphrase_file, "New passphrase", twice=True))
    click.echo(f"The key of {acts.person} has a new passphrase.", err=True)
