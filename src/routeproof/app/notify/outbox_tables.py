"""The outbox's file: two tables in a SQLite database of the workspace, changed in durable transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.stores.side_database import SideDatabase
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 2
TABLES = """
create table if not exists message (
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
create index if not exists message_state on message (state, made_at);
create table if not exists item (
    id text primary key,
    channel text not null,
    notice text not null,
    severity text not null,
    because text not null,
    kept_at integer not null,
    due_at integer not null,
    message text references message (id)
) strict;
create index if not exists item_owed on item (channel, due_at) where message is null;
create index if not exists item_message on item (message);
create table if not exists addressee (
    message text not null references message (id),
    address text not null,
    is_refused integer not null,
    primary key (message, address)
) strict;
create table if not exists listener (
    channel text primary key,
    heard integer not null
) strict;
"""
"""`item`: a notice that a channel is owed. `message`: what was made of items, and what came of it. `addressee`: of a
message that others have, who is owed it still, and who refused it for good. `listener`: how many entries of the record
a channel has heard. Instants: UTC ns."""


class OutboxError(RouteproofError):
    """The outbox cannot be read or written."""

    code = "outbox"


def outbox_database(path: Path) -> SideDatabase:
    """The outbox at `path`, made when it is first used; what cannot be read or written raises OutboxError."""
    return SideDatabase(path, TABLES, VERSION, "an outbox", OutboxError)
