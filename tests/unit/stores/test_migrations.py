"""Migrations: an old database becomes what a new one is, all of it or nothing."""

import sqlite3
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from old_workspace import old_workspace
from routeproof.ledger.entry import leaf_hash
from routeproof.stores.migrate_records import migrate_records
from routeproof.stores.records import OldRecordsError, Records
from routeproof.stores.records_tables import REVISION
from routeproof.vocab.errors import LedgerBrokenError

Shape = dict[str, list[tuple[object, ...]]]


def test_the_newest_migration_is_the_one_new_databases_say() -> None:
    """A migration without its line in `records_tables.py` would leave new databases behind."""
    config = Config()
    config.set_main_option("script_location", "routeproof.stores:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_a_migrated_database_has_the_shape_of_a_new_one(tmp_path: Path) -> None:
    """Same tables, columns, types, keys, indexes and triggers."""
    old_workspace(tmp_path / "old")
    migrate_records(tmp_path / "old" / "records.sqlite")
    Records(tmp_path / "new.sqlite", lambda: 1).close()
    assert shape(tmp_path / "old" / "records.sqlite") == shape(tmp_path / "new.sqlite")


def test_leaves_are_derived_from_the_entries(tmp_path: Path) -> None:
    """Before the migration the database is refused, after it every entry has its leaf and stream."""
    entries = old_workspace(tmp_path / "old", notes=3)
    path = tmp_path / "old" / "records.sqlite"
    with pytest.raises(OldRecordsError, match="routeproof migrate"):
        Records(path, lambda: 1)
    assert migrate_records(path) == "0001"
    assert migrate_records(path) == REVISION
    records = Records(path, lambda: 1)
    assert records.entries() == entries
    assert records.leaves() == [leaf_hash(entry) for entry in entries]
    assert [entry.fact.payload for entry in records.stream("notes")] == [{"text": f"note {n}"} for n in range(3)]
    records.close()


def test_an_entry_that_cannot_be_read_stops_the_migration_whole(tmp_path: Path) -> None:
    """Nothing is half migrated."""
    old_workspace(tmp_path / "old", notes=1)
    path = tmp_path / "old" / "records.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO ledger_entries VALUES (3, x'7b')")
    connection.commit()
    connection.close()
    before = shape(path)
    with pytest.raises(LedgerBrokenError):
        migrate_records(path)
    assert shape(path) == before


def shape(path: Path) -> Shape:
    """What a database looks like, without the words it was made with."""
    connection = sqlite3.connect(path)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    # A whole-number key is the row's own number, which is never null: whether it says so is only wording.
    found: Shape = {
        table: [
            (name, kind, bool(key or required), default, key)
            for _, name, kind, required, default, key in connection.execute(f"PRAGMA table_info({table})")
        ]
        for table in names
    }
    found["indexes"] = connection.execute(
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    ).fetchall()
    found["triggers"] = [
        (name, " ".join(sql.replace("IF NOT EXISTS ", "").split()))
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    ]
    found["strict"] = connection.execute(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    connection.close()
    return found
