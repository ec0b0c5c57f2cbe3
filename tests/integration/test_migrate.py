"""`migrate`: a workspace of an earlier version is refused until it was migrated, and the migration is on record."""

import hashlib
import json
from pathlib import Path

import pytest

from old_workspace import DRAFTS, PACK_FILE, old_workspace
from routeproof.app import migrate as migration
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.migrate import migrate
from routeproof.app.workspace import OldWorkspaceError, WorkspaceError, open_workspace


def test_an_old_workspace_is_asked_to_migrate_and_opens_afterwards(tmp_path: Path) -> None:
    """Its entries stay as they are; the event says from where to where; a second run has nothing to do."""
    entries = old_workspace(tmp_path / "old")
    with pytest.raises(OldWorkspaceError, match="routeproof migrate"):
        open_workspace(tmp_path / "old")
    done = migrate(tmp_path / "old")
    assert (done.before, done.after, done.indexes) == (1, 2, [2, 3])
    assert migrate(tmp_path / "old").indexes == []
    with open_context(tmp_path / "old") as context:
        found = context.records.entries()
    assert found[:2] == entries
    event, expired = (json.loads(entry) for entry in found[2:4])
    assert (event["type"], event["payload"]["from"], event["payload"]["to"]) == ("workspace.migrated", 1, 2)
    assert (expired["type"], expired["payload"]["sha256"]) == ("evidence.expired", PACK_FILE)
    assert (tmp_path / "old" / "routeproof.toml").read_text("utf-8").startswith("# ours\nworkspace_version = 2\n")


def test_drafts_keep_their_bytes_under_their_hash(tmp_path: Path) -> None:
    """What entries of version 1 name by hash is found where evidence is."""
    old_workspace(tmp_path / "old")
    migrate(tmp_path / "old")
    name = hashlib.sha256(DRAFTS).hexdigest()
    assert (tmp_path / "old" / "evidence" / name).read_bytes() == DRAFTS


def test_a_migration_broken_off_before_its_last_step_is_taken_up_again(tmp_path: Path) -> None:
    """The settings come last; the event is not written twice."""
    old_workspace(tmp_path / "old")
    settings = (tmp_path / "old" / "routeproof.toml").read_bytes()
    migrate(tmp_path / "old")
    (tmp_path / "old" / "routeproof.toml").write_bytes(settings)
    assert migrate(tmp_path / "old").indexes == []
    with open_context(tmp_path / "old") as context:
        types = [json.loads(entry)["type"] for entry in context.records.entries()]
    assert [types.count(name) for name in ("workspace.migrated", "evidence.expired")] == [1, 1]


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    """Also by `migrate`."""
    init_workspace(tmp_path / "new")
    settings = tmp_path / "new" / "routeproof.toml"
    newer = f"workspace_version = {migration.WORKSPACE_VERSION + 1}"
    settings.write_text(
        settings.read_text("utf-8").replace(f"workspace_version = {migration.WORKSPACE_VERSION}", newer), "utf-8"
    )
    for open_it in (open_workspace, migrate):
        with pytest.raises(WorkspaceError, match="newer routeproof"):
            open_it(tmp_path / "new")
