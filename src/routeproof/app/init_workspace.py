"""Make a workspace."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.found_people import check_founding, found_people
from routeproof.app.workspace import SETTINGS, WORKSPACE_VERSION, Workspace, WorkspaceError
from routeproof.ledger.entry import Fact
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PRIVATE_FOLDER_MODE = 0o700


def init_workspace(
    root: Path,
    *,
    firm_id: str = "firm",
    people: Mapping[str, Any] | None = None,
    passphrase: Callable[[str], bytes | None] = lambda _: None,
    on: date | None = None,
) -> Workspace:
    """A new workspace in `root`, which must be empty or absent, with the founding roster `people`.

    Raises:
        WorkspaceError: if something is there already.
        UsageError: if the roster does not have its shape; nothing is made then.
    """
    if people is not None:
        check_founding(people)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        message = f"expected an empty or new folder, found something in {root}"
        raise WorkspaceError(message, where=str(root))
    workspace = Workspace(root=root, firm_id=firm_id)
    for folder in (workspace.lake_folder, workspace.raw_folder):
        folder.mkdir(parents=True)
    workspace.keys_folder.mkdir(mode=PRIVATE_FOLDER_MODE)
    # The settings come last: a folder without them is no workspace, so a crash leaves nothing half-made.
    settings = f"workspace_version = {WORKSPACE_VERSION}\nfirm_id = {json.dumps(firm_id)}\n"
    write_whole(root / SETTINGS, settings.encode())
    with open_context(root) as context:
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
        if people is not None:
            found_people(context, people, passphrase, on or date.fromisoformat(context.actor.business_on))
    return workspace
