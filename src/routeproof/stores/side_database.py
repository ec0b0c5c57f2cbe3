"""A SQLite file of a workspace beside its record: tables made when they are first used, durable transactions."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.vocab.errors import RouteproofError

PRIVATE_FOLDER_MODE = 0o700
BUSY_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class SideDatabase:
    """What is no record: it may be thrown away, or changes too often for a ledger.

    Attributes:
        path: the file; its folder is its owner's alone.
        tables: SQL that makes the tables of this version, and leaves those that an earlier version made.
        version: of the tables.
        name: what errors call it.
        error: class of what is raised.
    """

    path: Path
    tables: str
    version: int
    name: str
    error: type[RouteproofError]

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """As the only writer; on disk when the block is left without error.

        Raises:
            RouteproofError: of class `error`, if the disk or the file does not take it; nothing of the block is kept.
        """
        with self._connected() as connection:
            # The journal's removal is synced with its folder too, so that a power cut brings back nothing.
            connection.execute("pragma synchronous = extra")
            connection.execute("begin immediate")
            self._make_tables(connection)
            yield connection
            connection.execute("commit")

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """What was last committed; a file that is not there yet is made, and one of an earlier version brought along.

        Raises:
            RouteproofError: of class `error`, if it cannot be read.
        """
        if not self.path.exists():
            self._bring_along()
        with self._connected() as connection:
            if connection.execute("pragma user_version").fetchone()[0] != self.version:
                self._bring_along()
            yield connection

    def _bring_along(self) -> None:
        with self.transaction():
            pass

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER_MODE)
            connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                yield connection
            finally:
                connection.close()  # what was not committed is rolled back
        except sqlite3.Error as error:
            message = f"expected {self.name} that can be read and written, found: {error}"
            raise self.error(message, where=str(self.path)) from error

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("pragma user_version").fetchone()[0]
        if found == self.version:
            return
        if found > self.version:
            message = f"expected {self.name} of version up to {self.version}, found {found}: use a newer routeproof"
            raise self.error(message, where=str(self.path))
        for statement in filter(str.strip, self.tables.split(";")):
            connection.execute(statement)
        connection.execute(f"pragma user_version = {self.version}")
