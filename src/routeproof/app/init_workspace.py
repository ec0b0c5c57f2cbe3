"""Make a workspace."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context, wall_clock
from routeproof.app.firm.found_people import ask_passphrases, check_founding, found_people
from routeproof.app.ledger.log_key import log_key
from routeproof.app.workspace import SETTINGS, WORKSPACE_VERSION, Workspace, WorkspaceError, settings_text
from routeproof.ledger.entry import Fact
from routeproof.stores.files import write_whole
from routeproof.stores.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from routeproof.stores.records_place import Server

PRIVATE_FOLDER_MODE = 0o700
PRIVATE_MODE = 0o600
READABLE_MODE = 0o644
TOKEN_BYTES = 4


def init_workspace(
    root: Path,
    *,
    firm_id: str = "firm",
    people: Mapping[str, Any] | None = None,
    passphrase: Callable[[str], bytes | None] = lambda _: None,
    on: date | None = None,
    records: str = "",
    clock: Callable[[], int] = wall_clock,
) -> Workspace:
    """A new workspace in `root`, which must be empty or absent, with the founding roster `people`.

    `records` is the URL of a PostgreSQL database that is to hold the records, in place of a file of the workspace.

    Raises:
        WorkspaceError: if something is there already.
        UsageError: if the roster is wrong, a passphrase is missing or `records` cannot be used; nothing is made then.
        UnreachableError: if the database server does not answer.
    """
    require_empty(root)
    founding = None if people is None else check_founding(people)
    secrets = {} if founding is None else ask_passphrases(founding, passphrase)
    workspace = Workspace(root=root, firm_id=firm_id, server=server_of(records, root) if records else None)
    make_folders(workspace)
    Records(workspace.records_place, lambda: 0).close()
    with open_context(workspace, clock=clock) as context:
        context.records.append(
            [
                Fact(
                    stream="workspace",
                    type="workspace.created",
                    payload={"workspace_version": WORKSPACE_VERSION, "firm_id": firm_id},
                    business_on=context.actor.business_on,
                    actor=context.actor.name,
                    role=context.actor.role,
                    session=context.actor.session,
                )
            ]
        )
        log_key(context)
        if founding is not None:
            found_people(context, founding, secrets, on or context.business_day)
    # The settings come last: a folder without them is no workspace, so a crash leaves nothing half-made.
    write_settings(workspace)
    return workspace


def require_empty(root: Path) -> None:
    """Refuse to make a workspace where something is already.

    Raises:
        WorkspaceError: if something is.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        message = f"expected an empty or new folder, found something in {root}"
        raise WorkspaceError(message, where=str(root))


def make_folders(workspace: Workspace) -> None:
    """The folders that every workspace has."""
    for folder in (workspace.lake_folder, workspace.raw_folder):
        folder.mkdir(parents=True)
    workspace.keys_folder.mkdir(mode=PRIVATE_FOLDER_MODE)


def server_of(url: str, root: Path) -> Server:
    """Room for the records of the workspace in `root` in the PostgreSQL database at `url`.

    Raises:
        UsageError: if the URL cannot be used.
        UnreachableError: if the server does not answer.
    """
    from routeproof.stores.records_server import prepare_server  # noqa: PLC0415  # only where a server is used

    return prepare_server(url, root, os.urandom(TOKEN_BYTES).hex())


def write_settings(workspace: Workspace) -> None:
    """Write `routeproof.toml`; settings that hold a password are for their owner alone."""
    mode = READABLE_MODE
    if workspace.server is not None:
        from routeproof.stores.records_server import has_password  # noqa: PLC0415

        mode = PRIVATE_MODE if has_password(workspace.server.url) else READABLE_MODE
    write_whole(workspace.root / SETTINGS, settings_text(workspace).encode(), mode=mode)
