"""The file of accounts, sessions and tokens: no secret stands in it as it is typed, and the record names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.stores.side_database import SideDatabase
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from routeproof.app.workspace import Workspace

VERSION = 2
TABLES = """
create table if not exists account (
    person text primary key,
    password text not null,
    totp text not null default '',
    totp_step integer not null default 0,
    must_change integer not null default 0,
    disabled integer not null default 0,
    changed_at integer not null
) strict;
create table if not exists session (
    hash text primary key,
    person text not null,
    kind text not null check (kind in ('password', 'sso')),
    roles text not null,
    sealed_key blob,
    complete integer not null,
    made_at integer not null,
    seen_at integer not null,
    ends_at integer not null,
    agent text not null
) strict;
create index if not exists session_person on session (person);
create table if not exists token (
    id text primary key,
    hash text not null unique,
    person text not null,
    name text not null,
    scopes text not null,
    sealed_key blob,
    made_at integer not null,
    ends_at integer not null,
    used_at integer,
    revoked_at integer
) strict;
create table if not exists attempt (
    who text not null,
    at integer not null
) strict;
create index if not exists attempt_who on attempt (who, at);
create table if not exists preference (
    person text not null,
    name text not null,
    value text not null,
    primary key (person, name)
) strict;
create table if not exists passkey (
    id text primary key,
    person text not null,
    name text not null,
    public_key blob not null,
    sign_count integer not null,
    made_at integer not null,
    used_at integer
) strict;
create index if not exists passkey_person on passkey (person);
create table if not exists once (
    holder text not null,
    purpose text not null,
    value text not null,
    ends_at integer not null,
    primary key (holder, purpose)
) strict;
"""
"""Instants: UTC ns. `hash`: SHA-256 of a cookie or token; `sealed_key`: the person's key, readable with it alone;
`holder`: SHA-256 of the cookie that a one-time value was given to."""


class AccessError(RouteproofError):
    """Accounts and sessions cannot be read or written."""

    code = "access"


def access_database(workspace: Workspace) -> SideDatabase:
    """Accounts and sessions of a workspace."""
    return SideDatabase(workspace.access_path, TABLES, VERSION, "a file of accounts", AccessError)
