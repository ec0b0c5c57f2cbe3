"""Make a workspace from a backup, and verify it before it may be used."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from routeproof.app.backup import LIST, RECORDS, STREAM, Backup, read_backup
from routeproof.app.context import open_context
from routeproof.app.init_workspace import make_folders, require_empty, server_of, write_settings
from routeproof.app.ledger.log_key import CREATED, ROTATED, name_file
from routeproof.app.ledger.log_key import STREAM as LOG_STREAM
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.workspace import SETTINGS, Workspace
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact, leaf_hash
from routeproof.ledger.merkle import root_of
from routeproof.stores.files import publish, sha256_of, write_whole
from routeproof.stores.records import Records
from routeproof.stores.records_copy import load_records
from routeproof.vocab.errors import LedgerBrokenError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

EVENT = "workspace.restored"


def restore(folder: Path, root: Path, records: str = "", report: Path | None = None) -> Backup:
    """Make a workspace in `root`, which must be empty or absent, from the backup in `folder`.

    `records` is the URL of a PostgreSQL database that is to hold the records, in place of a file. Every file has the
    hash that the backup lists, every entry the leaf that was kept of it, and the tree its root, or there is no
    workspace afterwards. The restored ledger goes on with an event that says so: from there it is another line than
    that of the workspace which was backed up, if that one lives on. So a drill is shown to that one by `report`, a file
    that says what was restored, verified and when: evidence for closing its duty.

    Raises:
        UsageError: if `folder` is no backup.
        WorkspaceError: if something is in `root`.
        LedgerBrokenError: if the backup is not whole.
    """
    made = read_backup(folder)
    require_empty(root)
    _check_files(folder, made)
    server = server_of(records, root) if records else None
    workspace = Workspace(root=root, firm_id=made.firm_id, version=made.workspace_version, server=server)
    make_folders(workspace)
    for name in made.files:
        _copy(folder / name, root / name)
    if server is not None:
        load_records(root / RECORDS, server)
        (root / RECORDS).unlink()
    _check_records(workspace, made)
    write_settings(workspace)
    with open_context(root, keeps_checkpoints=False) as context:
        _name_log(context)
    _verify(root)
    with open_context(root, keeps_checkpoints=False) as context:
        payload = {"backup": sha256_of(folder / LIST), "entries": made.entries}
        actor = context.actor
        context.records.append([Fact(STREAM, EVENT, payload, actor.business_on, actor.name, actor.role, actor.session)])
        if report is not None:
            told = {**payload, "root": made.root, "files": len(made.files), "with_data": made.with_data}
            done = {"verified": True, "restored_into": str(root), "on": actor.business_on, "by": actor.name}
            write_whole(report, canonical_bytes({**told, **done}))
    return made


def _check_files(folder: Path, made: Backup) -> None:
    for name, sha256 in made.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            message = f"expected files of the backup, found a name that leads out of it: {name!r}"
            raise LedgerBrokenError(message, where=str(folder / LIST))
        found = sha256_of(path) if path.is_file() else "none"
        if found != sha256:
            message = f"expected {name} as it was backed up ({sha256}), found {found}: use another backup"
            raise LedgerBrokenError(message, where=str(path))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + ".part")
    shutil.copyfile(source, temporary)
    publish(temporary, target)


def _name_log(context: Context) -> None:
    """Put the public name of the log's key in place, so that no other key is made while its private one is away."""
    named = [
        str(entry.fact.payload["vkey" if entry.fact.type == CREATED else "new"])
        for entry in context.records.stream(LOG_STREAM)
        if entry.fact.type in {CREATED, ROTATED}
    ]
    if named:
        write_whole(name_file(context), f"{named[-1]}\n".encode())


def _verify(root: Path) -> None:
    """All that `ledger verify` does, documents, signatures and projections among it."""
    report = verify_workspace(root)
    if not report.ok:
        (root / SETTINGS).unlink()
        first = report.problems[0]
        message = f"expected a whole record in the backup, found: {first.kind}: {first.message}: use another backup"
        raise LedgerBrokenError(message, where=str(root))


def _check_records(workspace: Workspace, made: Backup) -> None:
    """Entries, leaves and root, read back from where they are now."""
    records = Records(workspace.records_place, lambda: 0, make=False)
    try:
        leaves = records.leaves()
        derived = [leaf_hash(entry) for entry in records.each_entry()]
    finally:
        records.close()
    if leaves != derived or len(leaves) != made.entries or root_of(leaves).hex() != made.root:
        message = (
            f"expected {made.entries} entries with root {made.root}, found {len(derived)} with root "
            f"{root_of(derived).hex()}: use another backup"
        )
        raise LedgerBrokenError(message, where=str(workspace.root))
