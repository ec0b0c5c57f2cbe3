"""Sessions: a cookie's secret opens them; they end by idleness, by age, by word, and when roles change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from routeproof.app.access.tables import access_database
from routeproof.app.objects.fold import roster_of
from routeproof.stores.keys import key_bytes, key_of
from routeproof.stores.sealing import derived, fingerprint, is_same, new_secret, seal, unseal
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    import sqlite3

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.context import Context

Kind = Literal["password", "sso"]
KIND_WORDS = {"password": "password", "sso": "single sign-on"}
IDLE_NS = 30 * 60 * NS_PER_S
LONGEST_NS = 12 * 3600 * NS_PER_S
TOUCH_NS = 60 * NS_PER_S
"""A session's last use is written at most so often: looking at a page is no write."""


@dataclass(frozen=True, slots=True)
class Session:
    """One person's way in.

    Attributes:
        person: id in the roster.
        kind: how they came in.
        secret: the cookie's value; the forms' token follows from it.
        roles: that counted when it began; others since end it.
        key: the person's private key; null where none was opened (single sign-on).
        complete: whether a second factor that is demanded was given.
    """

    person: str
    kind: Kind
    secret: str
    roles: tuple[str, ...]
    key: Ed25519PrivateKey | None
    complete: bool


def begin_session(
    context: Context,
    person: str,
    kind: Kind,
    key: Ed25519PrivateKey | None,
    *,
    agent: str = "",
    complete: bool = True,
) -> Session:
    """A session with a new secret, durable on return."""
    secret, now = new_secret(), context.clock()
    roles = roster_of(context.records).people[person].roles(now)
    with access_database(context.workspace).transaction() as database:
        database.execute("delete from session where ends_at <= ? or seen_at <= ?", (now, now - IDLE_NS))
        database.execute(
            "insert into session values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fingerprint(secret),
                person,
                kind,
                " ".join(roles),
                seal(key_bytes(key), secret) if key else None,
                int(complete),
                now,
                now,
                now + LONGEST_NS,
                agent[:200],
            ),
        )
    return Session(person, kind, secret, roles, key, complete)


def session_of(context: Context, secret: str) -> Session | None:
    """The session that a cookie opens, if it still counts: neither ended, nor idle, nor of other roles than now."""
    now, hashed = context.clock(), fingerprint(secret)
    with access_database(context.workspace).reading() as database:
        row = database.execute("select * from session where hash = ?", (hashed,)).fetchone()
    if row is None or now >= row["ends_at"] or now - row["seen_at"] >= IDLE_NS:
        return None
    person = roster_of(context.records).people.get(row["person"])
    if person is None or " ".join(person.roles(now)) != row["roles"]:
        end_session(context, secret)
        return None
    if now - row["seen_at"] >= TOUCH_NS:
        _touch(context, hashed, now)
    return _session(row, secret)


def _session(row: sqlite3.Row, secret: str) -> Session:
    opened = unseal(row["sealed_key"], secret) if row["sealed_key"] else None
    return Session(
        person=row["person"],
        kind=row["kind"],
        secret=secret,
        roles=tuple(row["roles"].split()),
        key=key_of(opened) if opened else None,
        complete=bool(row["complete"]),
    )


def _touch(context: Context, hashed: str, now: int) -> None:
    with access_database(context.workspace).transaction() as database:
        database.execute("update session set seen_at = ? where hash = ?", (now, hashed))


def end_session(context: Context, secret: str) -> None:
    """End the session of a cookie, at once and everywhere."""
    with access_database(context.workspace).transaction() as database:
        database.execute("delete from session where hash = ?", (fingerprint(secret),))


def end_sessions(context: Context, person: str, hashed: str = "") -> int:
    """End sessions of a person: the one of a fingerprint, or all; how many there were."""
    with access_database(context.workspace).transaction() as database:
        found = database.execute(
            "delete from session where person = ? and (? = '' or hash = ?)", (person, hashed, hashed)
        )
    return found.rowcount


def sessions_listed(context: Context, person: str = "") -> list[dict[str, Any]]:
    """Sessions that have not ended, of one person or of all, without their secrets."""
    now = context.clock()
    with access_database(context.workspace).reading() as database:
        rows = database.execute(
            "select * from session where (? = '' or person = ?) and ends_at > ? and seen_at > ? order by seen_at desc",
            (person, person, now, now - IDLE_NS),
        ).fetchall()
    names = ("hash", "person", "kind", "agent")
    instants = ("made_at", "seen_at", "ends_at")
    shown = [{name: row[name] for name in names} | {name: str(row[name]) for name in instants} for row in rows]
    return [one | {"kind": KIND_WORDS[one["kind"]]} for one in shown]


def form_token(session: Session) -> str:
    """What every form of a session carries, so that no other site can send one."""
    return derived(session.secret, "form token")


def is_form_token(session: Session, given: str) -> bool:
    """Whether a form was made for this session."""
    return is_same(form_token(session), given)


def renewed_session(
    context: Context, session: Session, *, key: Ed25519PrivateKey | None = None, complete: bool = True
) -> Session:
    """The same session with more rights under a new secret; the old one opens nothing any more.

    Args:
        context: of the workspace.
        session: as it was until now.
        key: the person's key, if it was opened now; else the session's own.
        complete: whether nothing is missing any more.
    """
    secret, opened = new_secret(), key or session.key
    sealed = seal(key_bytes(opened), secret) if opened else None
    with access_database(context.workspace).transaction() as database:
        database.execute(
            "update session set hash = ?, sealed_key = ?, complete = ? where hash = ?",
            (fingerprint(secret), sealed, int(complete), fingerprint(session.secret)),
        )
    return replace(session, secret=secret, key=opened, complete=complete)
