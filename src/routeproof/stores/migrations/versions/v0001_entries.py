"""Entries and the lake, as the first workspaces had them, which were SQLite alone."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = [
    "CREATE TABLE IF NOT EXISTS ledger_entries (entry_index INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT",
    (
        "CREATE TABLE IF NOT EXISTS lake_commits (seq INTEGER PRIMARY KEY, manifest TEXT NOT NULL, parent TEXT, "
        "document TEXT NOT NULL, entry_index INTEGER NOT NULL) STRICT"
    ),
    "CREATE INDEX IF NOT EXISTS lake_commits_manifest ON lake_commits (manifest)",
    (
        "CREATE TABLE IF NOT EXISTS lake_partitions (seq INTEGER NOT NULL, table_name TEXT NOT NULL, "
        "part TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, rows INTEGER NOT NULL, "
        "size INTEGER NOT NULL, content TEXT NOT NULL, "
        "PRIMARY KEY (table_name, part, seq)) STRICT"
    ),
    (
        "CREATE TABLE IF NOT EXISTS lake_sources (source_id TEXT NOT NULL, reading TEXT NOT NULL, "
        "seq INTEGER NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (source_id, reading)) STRICT"
    ),
]


def upgrade() -> None:
    """Make them."""
    for statement in STATEMENTS:
        op.execute(statement)
