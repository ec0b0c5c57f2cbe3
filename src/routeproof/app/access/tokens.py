"""Tokens for programs: they carry a person's name, what they may do and when they end, and are shown once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.access.entering import key_closed
from routeproof.app.access.events import record_access
from routeproof.app.access.sessions import Session
from routeproof.app.access.tables import access_database
from routeproof.app.objects.fold import roster_of
from routeproof.governance.decider import refuse
from routeproof.stores.keys import key_bytes, key_of
from routeproof.stores.sealing import fingerprint, new_secret, seal, unseal
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.context import Context

SCOPES = ("read", "write")
LONGEST_DAYS = 366
PREFIX = "rp_"


def make_token(
    context: Context, person: str, key: Ed25519PrivateKey | None, *, name: str, scopes: Sequence[str], expires_on: date
) -> dict[str, Any]:
    """A token of a person; its secret is in the answer and nowhere else.

    Raises:
        UsageError: unknown scopes, or a day that is over or too far away.
        KeyClosedError: a token that writes, of a session that opened no key.
    """
    now = context.clock()
    today = datetime.fromtimestamp(now // NS_PER_S, tz=UTC).date()
    if not scopes or not set(scopes) <= set(SCOPES):
        message = f"expected scopes out of {', '.join(SCOPES)}, found {', '.join(scopes) or 'none'}"
        raise UsageError(message, where="scopes")
    if not today <= expires_on <= today + timedelta(days=LONGEST_DAYS):
        message = f"expected a last day from today to {LONGEST_DAYS} days from now, found {expires_on}"
        raise UsageError(message, where="expires_on")
    if "write" in scopes and key is None:
        raise key_closed()
    secret = PREFIX + new_secret()
    token_id = f"T-{fingerprint(secret)[:8]}"
    ends = datetime.combine(expires_on + timedelta(days=1), time(), UTC)
    with access_database(context.workspace).transaction() as database:
        database.execute(
            "insert into token (id, hash, person, name, scopes, sealed_key, made_at, ends_at) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                token_id,
                fingerprint(secret),
                person,
                name[:100],
                json.dumps(sorted(set(scopes))),
                seal(key_bytes(key), secret) if key and "write" in scopes else None,
                now,
                int(ends.timestamp()) * NS_PER_S,
            ),
        )
    said = {"id": token_id, "scopes": sorted(set(scopes)), "expires_on": expires_on.isoformat()}
    record_access(context, person, "token_made", said)
    return {**said, "name": name[:100], "token": secret}


def session_of_token(context: Context, secret: str, looks_only: bool) -> Session | None:  # noqa: FBT001  # one question
    """What a token opens: a session without a cookie, as long as it is neither revoked nor over.

    Raises:
        RefusalError: `not_permitted` for a change by a token that may only read.
    """
    now = context.clock()
    with access_database(context.workspace).reading() as database:
        row = database.execute("select * from token where hash = ?", (fingerprint(secret),)).fetchone()
    if row is None or row["revoked_at"] is not None or now >= row["ends_at"]:
        return None
    person = roster_of(context.records).people.get(row["person"])
    if person is None:
        return None
    if not looks_only and "write" not in json.loads(row["scopes"]):
        refuse("not_permitted", "expected a token with the scope write, found one that may only read", where=row["id"])
    opened = unseal(row["sealed_key"], secret) if row["sealed_key"] else None
    return Session(person.id, "password", secret, person.roles(now), key_of(opened) if opened else None, complete=True)


def tokens_listed(context: Context, person: str = "") -> list[dict[str, Any]]:
    """Tokens of a person or of all, without their secrets."""
    with access_database(context.workspace).reading() as database:
        rows = database.execute(
            "select * from token where ? = '' or person = ? order by made_at desc", (person, person)
        ).fetchall()
    return [
        {
            "id": row["id"],
            "person": row["person"],
            "name": row["name"],
            "scopes": json.loads(row["scopes"]),
            "made_at": str(row["made_at"]),
            "ends_at": str(row["ends_at"]),
            "revoked": row["revoked_at"] is not None,
        }
        for row in rows
    ]


def revoke_token(context: Context, token_id: str, person: str = "") -> bool:
    """End a token at once; of one person only, if one is named. Whether there was one."""
    with access_database(context.workspace).transaction() as database:
        found = database.execute(
            "update token set revoked_at = ? where id = ? and (? = '' or person = ?) and revoked_at is null",
            (context.clock(), token_id, person, person),
        )
    if found.rowcount:
        record_access(context, person or "anybody", "token_revoked", {"id": token_id})
    return bool(found.rowcount)
