"""The ledger whose records are on a PostgreSQL server: the same answers from the same changes."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.ledger.export import export_ledger
from routeproof.app.ledger.notes import append_notes
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.app.ledger.verify import verify_workspace
from tamper import desk

CHANGES = {
    "altered": "UPDATE ledger_entries SET entry = set_byte(entry, 9, 88) WHERE entry_index = 12",
    "deleted": "DELETE FROM ledger_entries WHERE entry_index = 12",
    "truncated": "DELETE FROM ledger_entries WHERE entry_index >= 12",
}


@pytest.fixture
def root(database_url: str, tmp_path: Path) -> Path:
    """A workspace with 30 notes and more."""
    init_workspace(tmp_path / "workspace", people=desk.PEOPLE, records=database_url)
    with open_context(tmp_path / "workspace", person="ann") as context:
        list(append_notes(context, map(str, range(30))))
    return tmp_path / "workspace"


def test_it_verifies_and_its_export_does(root: Path, tmp_path: Path) -> None:
    """By both verifiers; what is shown equals the replay."""
    report = verify_workspace(root)
    assert report.ok, report.problems
    with open_context(root) as context:
        assert rebuild_projections(context, change=False).differences == []
        export_ledger(context, tmp_path / "export")
    theirs = desk.verify_files(desk.offline(), desk.MemoryFiles.of(tmp_path / "export"))
    assert theirs["ok"]
    assert theirs["root"] == report.root


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_by_the_owner_of_the_tables_is_located(kind: str, root: Path) -> None:
    """Triggers are dropped by whoever owns the tables; the leaves still tell."""
    with open_context(root) as context:
        server = context.workspace.server
    assert server is not None
    with psycopg.connect(server.url, options=f"-c search_path={server.schema}") as connection:
        for table in ("ledger_entries", "ledger_leaves"):
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        connection.execute(CHANGES[kind])
    first = verify_workspace(root).ordered[0]
    assert (first.kind, first.index, first.file) == (kind, 12, "records")
