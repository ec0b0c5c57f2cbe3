"""Bring a records database to the version of this program, in one transaction: all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from routeproof.stores.records import BUSY_TIMEOUT_S
from routeproof.stores.records_database import Database, explain
from routeproof.stores.records_tables import ENTRIES, REVISION, VERSION
from routeproof.vocab.errors import LedgerBrokenError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.stores.records_place import Server

FIRST = "0001"
"""The version of databases that do not say one."""


def migrate_records(place: Path | Server, timeout_s: float = BUSY_TIMEOUT_S) -> str:
    """Migrate the database and return the version that it stood at.

    Raises:
        BusyError: somebody else writes.
        WriteFailedError: the disk did not take it; nothing was changed.
        LedgerBrokenError: there are no records, or an entry cannot be read.
    """
    database = Database(place, timeout_s)
    try:
        return _migrate(database)
    except DBAPIError as error:
        database.rollback()
        raise explain(error, database.name) from error
    except BaseException:
        database.rollback()
        raise
    finally:
        database.close()


def _migrate(database: Database) -> str:
    database.lock()
    found = database.revision()
    if not database.has_table(ENTRIES.name):
        message = "expected the ledger, found a database without one"
        raise LedgerBrokenError(message, where=database.name)
    if not found:
        database.execute(f"CREATE TABLE IF NOT EXISTS {VERSION.name} (version_num TEXT NOT NULL PRIMARY KEY) STRICT")
        database.execute(f"INSERT INTO {VERSION.name} VALUES (:first)", {"first": FIRST})  # noqa: S608  # our name
    if found < REVISION:
        database.become_owner()
        _run(database)
        database.become_writer()
    database.commit()
    return found or FIRST


def _run(database: Database) -> None:
    from alembic import command  # noqa: PLC0415  # nothing else needs it, and it is slow to import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "routeproof.stores:migrations")
    config.set_main_option("version_path_separator", "os")
    config.attributes["connection"] = database.connection
    command.upgrade(config, "head")
