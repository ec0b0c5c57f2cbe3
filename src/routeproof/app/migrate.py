"""Bring a workspace of an earlier version to this one; what was done is a ledger event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.context import Context, open_context
from routeproof.app.objects.expiry import EXPIRED
from routeproof.app.review.earlier_builds import EVENT as PACK_BUILT
from routeproof.app.workspace import SETTINGS, WORKSPACE_VERSION, open_workspace
from routeproof.ledger.entry import Fact, read_entry
from routeproof.stores.files import sha256_of, sync_folder, write_whole
from routeproof.stores.migrate_records import migrate_records

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.stores.records import Records

STREAM = "workspace"
EVENT = "workspace.migrated"
NEVER_HELD = "version 1 named the hashes of a pack's files as evidence, but never held them"
_VERSION_LINE = re.compile(r"^workspace_version\s*=.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was done.

    Attributes:
        before: version of the workspace before.
        after: version now; the same if there was nothing to do.
        indexes: ledger entries that say so.
    """

    before: int
    after: int
    indexes: list[int]


def migrate(root: Path) -> Migrated:
    """Migrate the workspace in `root`; a run that was broken off is taken up where it stopped.

    The database changes in one transaction, then files, then the events, and last the version in the settings: until
    then an older program still opens the workspace's settings, and this program asks for the rest of the migration.

    Raises:
        WorkspaceError: no workspace, or one of a newer program.
        BusyError: somebody else writes.
        LedgerBrokenError: an entry cannot be read, or the disk does not take the change.
    """
    before = open_workspace(root, older=True).version
    stood_at = migrate_records(open_workspace(root, older=True).records_place)
    if before == WORKSPACE_VERSION:
        return Migrated(before, before, [])
    with open_context(root, older=True) as context:
        _name_drafts_by_hash(context.workspace.evidence_folder)
        indexes = context.records.decide(lambda records: _facts(records, context, before, stood_at))
    _write_version(root)
    return Migrated(before, WORKSPACE_VERSION, indexes)


def _facts(records: Records, context: Context, before: int, stood_at: str) -> list[Fact]:
    done = any(
        entry.fact.type == EVENT and entry.fact.payload["to"] == WORKSPACE_VERSION for entry in records.stream(STREAM)
    )
    if done:
        return []
    payload: dict[str, object] = {"from": before, "to": WORKSPACE_VERSION, "records_before": stood_at}
    expired = [
        _fact(context, EXPIRED, {"sha256": sha256, "reason": NEVER_HELD}) for sha256 in _never_held(records, context)
    ]
    return [_fact(context, EVENT, payload), *expired]


def _never_held(records: Records, context: Context) -> list[str]:
    """Hashes of pack files that stand as evidence in entries of version 1."""
    hashes: set[str] = set()
    for entry in records.each_entry():
        fact = read_entry(entry).fact
        if fact.type == PACK_BUILT:
            files: Any = fact.payload["files"]
            hashes |= {sha256 for sha256 in files.values() if sha256 in fact.evidence}
    return sorted(sha256 for sha256 in hashes if not context.evidence.has(sha256))


def _name_drafts_by_hash(folder: Path) -> None:
    """Version 1 kept drafts as `HASH.json`; evidence is named by its hash alone."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.json")):
        if sha256_of(path) == path.stem:
            path.rename(folder / path.stem)
    sync_folder(folder)


def _fact(context: Context, kind: str, payload: dict[str, object]) -> Fact:
    actor = context.actor
    return Fact(
        stream=STREAM,
        type=kind,
        payload=payload,
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
    )


def _write_version(root: Path) -> None:
    path = root / SETTINGS
    settings = _VERSION_LINE.sub(f"workspace_version = {WORKSPACE_VERSION}", path.read_text(encoding="utf-8"))
    write_whole(path, settings.encode(), mode=path.stat().st_mode & 0o777)
