"""Copies of a records database: a SQLite file, whichever database it came from and whichever it goes to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from routeproof.stores.files import publish
from routeproof.stores.records import BUSY_TIMEOUT_S
from routeproof.stores.records_database import Database, explain
from routeproof.stores.records_tables import HEAD, TABLES, VERSION
from routeproof.vocab.errors import LedgerBrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Table

    from routeproof.stores.records_place import Server

BLOCK = 10_000
"""Rows held at a time."""
_MADE_WITH_THE_TABLES = (HEAD.name, VERSION.name)


def copy_records(place: Path | Server, file: Path) -> None:
    """Write the records as they stand at one instant into a new SQLite file, durable on return.

    Whoever writes meanwhile is neither stopped nor copied.

    Raises:
        LedgerBrokenError: if the records cannot be read, or the copy cannot be written.
        UnreachableError: if the server does not answer.
    """
    temporary = file.with_name(file.name + ".part")
    temporary.unlink(missing_ok=True)
    if isinstance(place, Path):
        _copy_file(place, temporary)
    else:
        _copy_tables(place, temporary, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    publish(temporary, file)


def load_records(file: Path, server: Server) -> None:
    """Put the records of a copy into a database that has none yet.

    Raises:
        LedgerBrokenError: if the copy cannot be read, or the records cannot be written.
        UnreachableError: if the server does not answer.
    """
    _copy_tables(file, server, "BEGIN")


def _copy_file(source: Path, target: Path) -> None:
    """SQLite's own online copy: one snapshot, page by page."""
    try:
        with (
            closing(
                sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
            ) as found,
            closing(sqlite3.connect(target)) as made,
        ):
            found.backup(made)
    except sqlite3.Error as error:
        message = f"expected a copy of the records, found: {error}"
        raise LedgerBrokenError(message, where=str(source)) from error


def _copy_tables(source: Path | Server, target: Path | Server, begin: str) -> None:
    with closing(Database(source, BUSY_TIMEOUT_S)) as found, closing(Database(target, BUSY_TIMEOUT_S)) as made:
        try:
            found.connection.exec_driver_sql(begin)
            made.begin()
            made.make_tables()
            for table in TABLES.sorted_tables:
                if table.name not in _MADE_WITH_THE_TABLES:
                    columns = [column.name for column in table.columns]
                    for rows in _blocks(found, table):
                        made.insert(table, columns, rows)
            made.commit()
        except DBAPIError as error:
            raise explain(error, found.name) from error
        finally:
            made.rollback()
            found.rollback()


def _blocks(database: Database, table: Table) -> Iterator[Sequence[Sequence[object]]]:
    """Rows of a table in the order of its key, a block at a time."""
    columns = ", ".join(column.name for column in table.columns)
    key = ", ".join(column.name for column in table.primary_key)
    statement = f"SELECT {columns} FROM {table.name} ORDER BY {key} LIMIT :block OFFSET :start"  # noqa: S608  # our names
    if key == "entry_index":
        statement = f"SELECT {columns} FROM {table.name} WHERE entry_index >= :start ORDER BY entry_index LIMIT :block"  # noqa: S608
    start = 0
    while rows := database.execute(statement, {"start": start, "block": BLOCK}).fetchall():
        yield [tuple(row) for row in rows]
        start += len(rows)
