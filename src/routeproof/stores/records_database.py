"""The database under the records: how it is reached, locked, and what its errors mean.

Transactions are opened and closed by hand, on a connection that commits by itself otherwise: a reader then never holds
a lock, and a writer takes it first.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.schema import CreateIndex, CreateTable

from routeproof.stores.records_tables import HEAD, REVISION, TABLES, VERSION, triggers
from routeproof.vocab.errors import LedgerBrokenError, RouteproofError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, CursorResult, Engine

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


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL database that holds the records of one workspace.

    Attributes:
        url: `postgresql://…`; a password may also come from the environment or the password file, as libpq reads them.
        schema: where the tables are.
        folder: where the marker `READ_ONLY` is put when a write failed.
        role: the role that appends, if the tables belong to another one; the login's own role if empty.
    """

    url: str
    schema: str
    folder: Path
    role: str = ""


class Database:
    """One connection to the records of one workspace.

    Attributes:
        name: what errors call it; never holds a password.
        folder: where a marker about it may stand.
        dialect: `sqlite` or `postgresql`.
    """

    def __init__(self, place: Path | Server, timeout_s: float) -> None:
        engine = _server_engine(place, timeout_s) if isinstance(place, Server) else _file_engine(place, timeout_s)
        self.dialect = engine.dialect.name
        self.name = engine.url.render_as_string(hide_password=True) if isinstance(place, Server) else str(place)
        self.folder = place.folder if isinstance(place, Server) else place.parent
        with self.explained():
            self._connection = engine.connect()

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

    def lock(self) -> None:
        """Begin a transaction as the only writer; waits for another one up to the timeout."""
        if self.dialect == "sqlite":
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        self._connection.exec_driver_sql("BEGIN")
        self._connection.exec_driver_sql("SELECT id FROM ledger_head FOR UPDATE")

    def commit(self) -> None:
        """Make the transaction durable."""
        self._connection.exec_driver_sql("COMMIT")

    def rollback(self) -> None:
        """Forget the transaction, as far as the database still answers."""
        with contextlib.suppress(DBAPIError):
            self._connection.exec_driver_sql("ROLLBACK")

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
            raise explain(error, self.name) from error

    def make_tables(self) -> None:
        """All tables and triggers of a new database, within the transaction that is open."""
        for table in TABLES.sorted_tables:
            self._connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                self._connection.execute(CreateIndex(index, if_not_exists=True))
        for statement in triggers(self.dialect):
            self._connection.exec_driver_sql(statement)
        self._connection.execute(VERSION.insert(), {"version_num": REVISION})
        self._connection.execute(HEAD.insert(), {"id": 1})

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
    found = str(error.orig).strip()
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
    message = f"expected a readable record, found: {found}; nothing of this step was recorded"
    return LedgerBrokenError(message, where=name)


def _codes(error: DBAPIError) -> set[int | str]:
    sqlite = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite is not None:
        return {sqlite & 0xFF}
    state = getattr(error.orig, "sqlstate", None)
    # A PostgreSQL error without a state comes from the connection, not from the server.
    return {state or "08000"} if hasattr(error.orig, "pgconn") else set()


def _file_engine(path: Path, timeout_s: float) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": timeout_s},
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _durable(connection: object, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    return engine


def _server_engine(server: Server, timeout_s: float) -> Engine:
    from sqlalchemy.engine import make_url  # noqa: PLC0415  # only where a server is used

    try:
        url = make_url(server.url).set(drivername="postgresql+psycopg")
        engine = create_engine(
            url,
            connect_args={"options": f"-c search_path={server.schema} -c lock_timeout={int(timeout_s * 1000)}"},
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            hide_parameters=True,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        message = "expected the PostgreSQL driver, found none: install routeproof[postgres]"
        raise UsageError(message, where="records") from error
    if server.role:

        @event.listens_for(engine, "connect")
        def _as_writer(connection: object, _record: object) -> None:
            connection.execute(f'SET ROLE "{server.role}"')  # type: ignore[attr-defined]

    return engine
