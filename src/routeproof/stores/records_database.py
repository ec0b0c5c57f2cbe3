"""The database under the records: how it is reached, locked, and what its errors mean.

Transactions are opened and closed by hand, on a connection that commits by itself otherwise: a reader then never holds
a lock, and a writer takes it first.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable

from routeproof.stores.records_place import Server
from routeproof.stores.records_still import cannot_change, still_url
from routeproof.stores.records_tables import GRANTS, HEAD, REVISION, TABLES, VERSION, triggers
from routeproof.stores.server_engine import pooled_engine
from routeproof.vocab.errors import LedgerBrokenError, RouteproofError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, CursorResult, Engine, Table

ASKS_AGAIN_S = 0.002
"""How soon a writer asks for SQLite's lock again."""

SQLITE_BUSY = {5, 6}
"""SQLITE_BUSY and SQLITE_LOCKED: another writer, nothing wrong."""
SQLITE_WRITE_FAILED = {8, 10, 13, 14, 23}
"""READONLY, IOERR (fsync among them), FULL, CANTOPEN, AUTH: what was written may not be on the disk."""
POSTGRESQL_BUSY = {"55P03", "40P01", "57014"}
"""Lock not available, deadlock, cancelled."""
POSTGRESQL_WRITE_FAILED = {"53100", "58030", "25006", "XX001", "XX002"}
"""Disk full, input/output error, read-only transaction, corrupted data or index."""


class BusyError(RouteproofError):
    """Another writer holds the record longer than one waits; nothing is wrong, and nothing was recorded."""

    code = "busy"


class UnreachableError(RouteproofError):
    """The database server does not answer, or went away: what was not acknowledged may or may not be recorded."""

    code = "records_unreachable"


class Database:
    """One connection to the records of one workspace.

    Attributes:
        name: what errors call it; never holds a password.
        folder: where a marker about it may stand.
        dialect: `sqlite` or `postgresql`.
    """

    def __init__(self, place: Path | Server, timeout_s: float) -> None:
        engine = pooled_engine(place, timeout_s) if isinstance(place, Server) else _file_engine(place, timeout_s)
        self.dialect = engine.dialect.name
        self.name = engine.url.render_as_string(hide_password=True) if isinstance(place, Server) else str(place)
        self.folder = place.folder if isinstance(place, Server) else place.parent
        self._role = place.role if isinstance(place, Server) else ""
        self._timeout_s = timeout_s
        self._locked = False
        self._snapshot = False
        try:
            self._connection = engine.connect()
        except DBAPIError as error:
            raise explain(error, self.name) from error

    def close(self) -> None:
        """Release the database."""
        self._connection.close()

    @property
    def connection(self) -> Connection:
        """For migrations and bulk copies."""
        return self._connection

    def execute(
        self, statement: str, parameters: Mapping[str, object] | Sequence[Mapping[str, object]] = ()
    ) -> CursorResult[tuple[object, ...]]:
        """Run a statement with `:named` parameters, once, or once for each of several mappings."""
        return self._connection.execute(text(statement), parameters or None)

    def insert(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Insert many rows at the speed of the driver."""
        mark = "?" if self.dialect == "sqlite" else "%s"
        places = ", ".join(mark for _ in columns)
        statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  # our names
        self._connection.exec_driver_sql(statement, [tuple(row) for row in rows])

    def begin(self) -> None:
        """Begin a transaction; in SQLite as the only writer."""
        if self.dialect == "sqlite":
            self._begin_in_file()
        else:
            self._connection.exec_driver_sql("BEGIN")
        self._locked = True

    def _begin_in_file(self) -> None:
        """Ask often for the lock, up to the timeout: SQLite itself looks again after up to a tenth of a second."""
        give_up_at = time.monotonic() + self._timeout_s
        self._wait_within_file(0.0)
        try:
            while True:
                try:
                    self._connection.exec_driver_sql("BEGIN IMMEDIATE")
                except DBAPIError as error:
                    if not _codes(error) & SQLITE_BUSY or time.monotonic() >= give_up_at:
                        raise
                    time.sleep(ASKS_AGAIN_S)
                else:
                    return
        finally:
            self._wait_within_file(self._timeout_s)

    def _wait_within_file(self, timeout_s: float) -> None:
        self._connection.exec_driver_sql(f"PRAGMA busy_timeout={round(1000 * timeout_s)}")

    def lock(self) -> None:
        """Begin a transaction as the only writer; waits for another one up to the timeout."""
        self.begin()
        if self.dialect != "sqlite":
            self._connection.exec_driver_sql("SELECT id FROM ledger_head FOR UPDATE")

    def begin_snapshot(self) -> None:
        """From here on, what is read is of one moment."""
        begin = "BEGIN" if self.dialect == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        self._connection.exec_driver_sql(begin)
        self._snapshot = True

    def end_snapshot(self) -> None:
        """From here on, what is read is what stands then."""
        self._snapshot = False
        with contextlib.suppress(DBAPIError):
            self._connection.exec_driver_sql("ROLLBACK")

    def commit(self) -> None:
        """Make the transaction durable."""
        self._connection.exec_driver_sql("COMMIT")
        self._locked = False

    def checkpoint(self) -> None:
        """Move what SQLite's log holds into the database file; what is in the log is durable already.

        SQLite would do it by itself and keep quiet about a disk that fails, so it is told not to.
        """
        if self.dialect == "sqlite":
            self._connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def rollback(self) -> None:
        """Forget the transaction, as far as the database still answers; a lost connection is made anew when needed."""
        if self._connection.invalidated:
            self._connection.rollback()
        elif self._locked:
            with contextlib.suppress(DBAPIError):
                self._connection.exec_driver_sql("ROLLBACK")
        self._locked = False

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Database errors become ours.

        Raises:
            BusyError: another writer.
            WriteFailedError: the disk did not take it.
            UnreachableError: the server is gone.
            LedgerBrokenError: anything else: the database is not as it should be.
        """
        try:
            yield
        except DBAPIError as error:
            # Within a transaction the connection stays lost: what follows must not run outside it.
            if self._connection.invalidated and not self._locked:
                self._connection.rollback()
            elif self._snapshot and self.dialect != "sqlite":
                # PostgreSQL ends a transaction at its first error; whoever looks for damage reads on.
                self.end_snapshot()
                self.begin_snapshot()
            raise explain(error, self.name) from error

    def make_tables(self) -> None:
        """All tables and triggers of a new database, within the transaction that is open."""
        self.become_owner()
        for table in TABLES.sorted_tables:
            self._connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                self._connection.execute(CreateIndex(index, if_not_exists=True))
        for statement in triggers(self.dialect):
            self._connection.exec_driver_sql(statement)
        self._connection.execute(VERSION.insert(), {"version_num": REVISION})
        self._connection.execute(HEAD.insert(), {"id": 1})
        self.become_writer()

    def become_owner(self) -> None:
        """From here on as the role that the tables belong to."""
        if self._role:
            self._connection.exec_driver_sql(f'SET ROLE "{self._role}_owner"')

    def become_writer(self) -> None:
        """From here on as the role that appends, which may do no more than that."""
        if not self._role:
            return
        for table, rights in GRANTS.items():
            self._connection.exec_driver_sql(f'GRANT {rights} ON {table} TO "{self._role}_writer"')
        self._connection.exec_driver_sql(f'SET ROLE "{self._role}_writer"')

    @property
    def streams_between(self) -> str:
        """Statement for names from `first` to before `after`, byte by byte, whatever language the database sorts in."""
        stream = "stream" if self.dialect == "sqlite" else 'stream COLLATE "C"'
        return f"SELECT DISTINCT stream FROM ledger_leaves WHERE {stream} >= :first AND {stream} < :after"  # noqa: S608  # ours

    def has_table(self, table: str) -> bool:
        """The table is there, in the workspace's own schema."""
        catalog = {
            "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name",
            "postgresql": "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = :name",
        }
        return self.execute(catalog[self.dialect], {"name": table}).fetchone() is not None

    def revision(self) -> str:
        """The migration that the database stands at; empty if it says none."""
        if not self.has_table(VERSION.name):
            return ""
        row = self.execute("SELECT version_num FROM alembic_version").fetchone()
        return "" if row is None else str(row[0])


class WriteFailedError(LedgerBrokenError):
    """The disk did not take a write: nothing more is acknowledged until the record is verified."""

    code = "ledger_read_only"


def explain(error: DBAPIError, name: str) -> RouteproofError:
    """What a database error means for the record."""
    found = str(error.orig).strip().partition("\n")[0]
    codes = _codes(error)
    if codes & (SQLITE_BUSY | POSTGRESQL_BUSY):
        message = f"expected to be the next writer, found another one busy for too long ({found}): try again"
        return BusyError(message, where=name)
    if codes & (SQLITE_WRITE_FAILED | POSTGRESQL_WRITE_FAILED):
        message = f"expected the record to be written, found: {found}; this step is not acknowledged"
        return WriteFailedError(message, where=name)
    if error.connection_invalidated or any(str(code)[:2] in {"08", "57"} for code in codes):
        message = (
            f"expected the database server to answer, found: {found}; whether this step was recorded is unknown: "
            "look before you repeat it"
        )
        return UnreachableError(message, where=name)
    message = f"expected records as this program made them, found: {found}; nothing of this step was recorded"
    return LedgerBrokenError(message, where=name)


def _codes(error: DBAPIError) -> set[int | str]:
    sqlite = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite is not None:
        return {sqlite & 0xFF}
    state = getattr(error.orig, "sqlstate", None)
    # A PostgreSQL error without a state comes from the connection, not from the server.
    return {state or "08000"} if hasattr(error.orig, "pgconn") else set()


def _file_engine(path: Path, timeout_s: float) -> Engine:
    still = cannot_change(path)
    engine = create_engine(
        still_url(path) if still else URL.create("sqlite", database=str(path)),
        connect_args={"timeout": timeout_s},
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own
        for pragma in () if still else ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
