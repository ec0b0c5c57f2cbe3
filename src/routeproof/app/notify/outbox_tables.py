"""The outbox's file: two tables in a SQLite database of the workspace, changed in durable transactions."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIVATE_FOLDER_MODE = 0o700
BUSY_TIMEOUT_S = 30
VERSION = 1
TABLES = """
create table message (
    id text primary key,
    channel text not null,
    kind text not null,
    body blob not null,
    count integer not null,
    urgent integer not null,
    made_at integer not null,
    state text not null check (state in ('waiting', 'sent', 'failed')),
    deliveries integer not null default 0,
    attempts integer not null default 0,
    next_at integer not null,
    tried_at integer,
    reason text not null default ''
) strict;
create index message_state on message (state, made_at);
create table item (
    id text primary key,
    channel text not null,
    notice text not null,
    severity text not null,
    because text not null,
    kept_at integer not null,
    due_at integer not null,
    message text references message (id)
) strict;
create index item_owed on item (channel, due_at) where message is null;
create index item_message on item (message);
"""
"""`item`: a notice that a channel is owed. `message`: what was made of items, and what came of it. Instants: UTC ns."""


class OutboxError(RouteproofError):
    """The outbox cannot be read or written."""

    code = "outbox"


@contextlib.contextmanager
def outbox_transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction on the outbox at `path`, which is made if need be; on disk when the block is left without error.

    Raises:
        OutboxError: if the disk or the file does not take it; nothing of the block is kept then.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER_MODE)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            # The journal's removal is synced with its folder too, so that a power cut brings back nothing.
            connection.execute("pragma synchronous = extra")
            connection.execute("begin immediate")
            _make_tables(connection, path)
            yield connection
            connection.execute("commit")
        finally:
            connection.close()  # what was not committed is rolled back
    except sqlite3.Error as error:
        message = f"expected an outbox that can be read and written, found: {error}"
        raise OutboxError(message, where=str(path)) from error


def _make_tables(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("pragma user_version").fetchone()[0]
    if version == VERSION:
        return
    if version > VERSION:
        message = f"expected an outbox of version up to {VERSION}, found {version}: use a newer routeproof"
        raise OutboxError(message, where=str(path))
    for statement in filter(str.strip, TABLES.split(";")):
        connection.execute(statement)
    connection.execute(f"pragma user_version = {VERSION}")
