"""Leaf hashes beside the entries, governed objects, and triggers anew; leaves of older entries are derived from them.

A leaf that is derived here says what the entry was on the day of the migration: what was changed before that day, and
is not shown by a checkpoint kept elsewhere, cannot be told from it. Workspaces of version 1 were SQLite alone.
"""

from alembic import op
from sqlalchemy import text

from routeproof.ledger.entry import leaf_hash, read_entry

revision = "0002"
down_revision = "0001"

BLOCK = 10_000
TABLES = [
    (
        "CREATE TABLE IF NOT EXISTS ledger_leaves (entry_index INTEGER PRIMARY KEY, leaf BLOB NOT NULL, "
        "stream TEXT NOT NULL, type TEXT NOT NULL) STRICT"
    ),
    "CREATE INDEX IF NOT EXISTS ledger_leaves_stream ON ledger_leaves (stream)",
    (
        "CREATE TABLE IF NOT EXISTS governance_objects (noun TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, "
        "version INTEGER NOT NULL, version_hash TEXT NOT NULL, ledger_index INTEGER NOT NULL, "
        "PRIMARY KEY (noun, id)) STRICT"
    ),
    (
        "CREATE TABLE IF NOT EXISTS ledger_head (id INTEGER PRIMARY KEY "
        "CONSTRAINT ledger_head_is_one_row CHECK (id = 1)) STRICT"
    ),
    "INSERT OR IGNORE INTO ledger_head (id) VALUES (1)",
]
TRIGGERS = [
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in ("ledger_entries", "ledger_leaves")
    for verb in ("UPDATE", "DELETE")
] + [
    (
        "CREATE TRIGGER ledger_entries_dense BEFORE INSERT ON ledger_entries "
        "WHEN NEW.entry_index IS NOT (SELECT COALESCE(MAX(entry_index) + 1, 0) FROM ledger_entries) "
        "BEGIN SELECT RAISE(ABORT, 'ledger indexes are dense'); END"
    )
]


def upgrade() -> None:
    """Make them, in blocks so that memory does not grow with the ledger."""
    for statement in TABLES:
        op.execute(statement)
    for trigger in TRIGGERS:
        op.execute(f"DROP TRIGGER IF EXISTS {trigger.split()[2]}")
        op.execute(text(trigger))
    while _derive_block():
        pass


def _derive_block() -> bool:
    connection = op.get_bind()
    rows = connection.execute(
        text(
            "SELECT entry_index, entry FROM ledger_entries WHERE entry_index > "
            "(SELECT COALESCE(MAX(entry_index), -1) FROM ledger_leaves) ORDER BY entry_index LIMIT :block"
        ),
        {"block": BLOCK},
    ).fetchall()
    leaves = []
    for index, entry in rows:
        fact = read_entry(entry).fact
        leaves.append({"index": index, "leaf": leaf_hash(entry), "stream": fact.stream, "type": fact.type})
    if leaves:
        connection.execute(
            text("INSERT INTO ledger_leaves (entry_index, leaf, stream, type) VALUES (:index, :leaf, :stream, :type)"),
            leaves,
        )
    return bool(leaves)
