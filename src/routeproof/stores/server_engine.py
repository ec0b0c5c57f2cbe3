"""How a PostgreSQL server is reached: one small pool of connections for each place of records, kept by the process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine, Pool

    from routeproof.stores.records_place import Server

SCHEMES = ("postgresql", "postgres")
CONNECT_TIMEOUT_S = 10
MS_PER_S = 1_000
KEPT_CONNECTIONS = 8
"""Idle connections that a pool keeps; more are made when they are needed, and closed when they are given back."""
KEPT_POOLS = 4


def server_url(url: str) -> URL:
    """The URL of a PostgreSQL database, for the driver that is used.

    Raises:
        UsageError: if it is none; the message never repeats the URL, which may hold a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        message = "expected a URL such as postgresql://user@host/database, found text that is no URL"
        raise UsageError(message, where="records") from error
    if parsed.drivername not in SCHEMES:
        message = f"expected a URL that begins with postgresql://, found {parsed.drivername}://"
        raise UsageError(message, where="records")
    return parsed.set(drivername="postgresql+psycopg")


def server_engine(url: str, pool: type[Pool] = NullPool, **pooled: object) -> Engine:
    """Connections to a PostgreSQL database that commit by themselves.

    Raises:
        UsageError: no PostgreSQL URL, or the driver is not installed.
    """
    parsed = server_url(url)
    try:
        return create_engine(
            parsed,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
            isolation_level="AUTOCOMMIT",
            poolclass=pool,
            hide_parameters=True,
            **pooled,
        )
    except ModuleNotFoundError as error:
        message = "expected the PostgreSQL driver, found none: install routeproof[postgres]"
        raise UsageError(message, where="records") from error


class _Pools:
    """Engines by place, the last used last; threads share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str, str, float], Engine] = OrderedDict()

    def engine(self, server: Server, timeout_s: float) -> Engine:
        key = (server.url, server.schema, server.role, timeout_s)
        with self._lock:
            if key not in self._held:
                self._held[key] = _settled(server, timeout_s)
            self._held.move_to_end(key)
            if len(self._held) > KEPT_POOLS:
                self._held.popitem(last=False)[1].dispose()
            return self._held[key]


_POOLS = _Pools()


def pooled_engine(server: Server, timeout_s: float) -> Engine:
    """The engine of a place of records, whose connections stay for the next who asks.

    A connection that is given back is rolled back, and is tried before it is given out again: a server that was
    restarted meanwhile is met by a new one.
    """
    return _POOLS.engine(server, timeout_s)


def _settled(server: Server, timeout_s: float) -> Engine:
    engine = server_engine(server.url, QueuePool, pool_size=KEPT_CONNECTIONS, max_overflow=-1, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own
        connection.execute(f'SET search_path TO "{server.schema}"')
        connection.execute(f"SET lock_timeout = {int(timeout_s * MS_PER_S)}")
        # An acknowledged step is on the disk, whatever the server's default says.
        connection.execute("SET synchronous_commit = on")
        if server.role:
            connection.execute(f'SET ROLE "{server.role}_writer"')

    return engine
