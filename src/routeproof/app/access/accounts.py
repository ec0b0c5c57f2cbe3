"""Accounts: one per person of the roster; its password is the passphrase of the person's key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.access.events import record_access
from routeproof.app.access.known_passwords import FOLDER, listed_in, without_walks
from routeproof.app.access.tables import access_database
from routeproof.app.acting import key_path
from routeproof.app.objects.fold import roster_of
from routeproof.governance.decider import refuse
from routeproof.stores.keys import change_passphrase, is_protected, open_key
from routeproof.stores.sealing import hash_password
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from sqlite3 import Connection

    from routeproof.app.context import Context

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
FEWEST_LEFT = 6
EASY_WORDS = ("password", "passphrase", "routeproof", "execution", "letmein", "welcome", "qwerty", "secret", "admin")
"""Taken out of a password before what is left is counted; see docs/security/measures.md."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account.

    Attributes:
        person: id in the roster.
        password: argon2id.
        totp: secret of the second factor, base32; empty if there is none.
        totp_step: last time step whose code was used: no code counts twice.
        must_change: the password was given by somebody else.
        disabled: nobody gets in with it.
    """

    person: str
    password: str
    totp: str
    totp_step: int
    must_change: bool
    disabled: bool


def account_of(context: Context, person: str) -> Account | None:
    """A person's account, or none."""
    with access_database(context.workspace).reading() as database:
        row = database.execute("select * from account where person = ?", (person,)).fetchone()
    if row is None:
        return None
    return Account(
        person=row["person"],
        password=row["password"],
        totp=row["totp"],
        totp_step=row["totp_step"],
        must_change=bool(row["must_change"]),
        disabled=bool(row["disabled"]),
    )


def make_account(context: Context, person: str, password: str, *, must_change: bool = False) -> dict[str, Any]:
    """Give a person of the roster an account whose password opens their key; it replaces an earlier one.

    Raises:
        RefusalError: `unknown_person` if nobody of that id is in the roster.
        UsageError: if the password is too short or too long.
        PassphraseError: if it is not the passphrase of their key.
    """
    roster = roster_of(context.records)
    if person not in roster.people:
        known = ", ".join(sorted(roster.people)) or "nobody"
        refuse("unknown_person", f"expected a person of the roster ({known}), found {person!r}", where="person")
    require_strength(password)
    key = key_path(context.workspace, person)
    if is_protected(key):
        open_key(key, password.encode())
    with access_database(context.workspace).transaction() as database:
        database.execute(
            "insert into account (person, password, must_change, changed_at) values (?, ?, ?, ?) "
            "on conflict (person) do update set password = excluded.password, must_change = excluded.must_change, "
            "disabled = 0, changed_at = excluded.changed_at",
            (person, hash_password(password), int(must_change), context.clock()),
        )
        _end_all(database, person, context.clock())
    record_access(context, person, "account_made", {})
    return {"person": person, "must_change": must_change}


def change_password(context: Context, person: str, old: str, new: str) -> None:
    """Give an account and its key a new password; every session and token of the person ends.

    Whoever knew the old one may have begun some of them.

    Raises:
        UsageError: if it is too short or too long, or little but words that anybody would try.
        PassphraseError: if the old one does not open the key.
    """
    require_strength(new)
    require_uncommon(context, person, new)
    key = key_path(context.workspace, person)
    if is_protected(key):
        change_passphrase(key, old.encode(), new.encode())
    with access_database(context.workspace).transaction() as database:
        database.execute(
            "update account set password = ?, must_change = 0, changed_at = ? where person = ?",
            (hash_password(new), context.clock(), person),
        )
        _end_all(database, person, context.clock())
    record_access(context, person, "password_changed", {})


def disable_account(context: Context, person: str, by: str) -> None:
    """Let nobody in with an account any more; its sessions and tokens end at once.

    Raises:
        UsageError: if there is no such account.
    """
    with access_database(context.workspace).transaction() as database:
        known = database.execute("update account set disabled = 1 where person = ?", (person,)).rowcount
        _end_all(database, person, context.clock())
    if not known:
        message = f"expected somebody with an account, found {person[:100]!r}"
        raise UsageError(message, where="person")
    record_access(context, person, "account_disabled", {"by": by})


def _end_all(database: Connection, person: str, now: int) -> None:
    """End the sessions and tokens of a person."""
    database.execute("delete from session where person = ?", (person,))
    database.execute("update token set revoked_at = ? where person = ? and revoked_at is null", (now, person))


def forget_factors(context: Context, person: str) -> int:
    """Ask for no second factor until the person sets one up again, as after a device was lost; how many there were.

    Their sessions end. It is on record, and for whoever runs the server: nobody does it by the browser.
    """
    with access_database(context.workspace).transaction() as database:
        codes = database.execute(
            "update account set totp = '', totp_step = 0 where person = ? and totp <> ''", (person,)
        ).rowcount
        passkeys = database.execute("delete from passkey where person = ?", (person,)).rowcount
        database.execute("delete from session where person = ?", (person,))
    record_access(context, person, "second_factors_forgotten", {"count": codes + passkeys})
    return codes + passkeys


def accounts_listed(context: Context) -> list[dict[str, Any]]:
    """Accounts, without a secret of theirs, by person."""
    with access_database(context.workspace).reading() as database:
        rows = database.execute(
            "select *, exists (select 1 from passkey where passkey.person = account.person) as with_passkey "
            "from account order by person"
        ).fetchall()
    return [
        {
            "person": row["person"],
            "second_factor": bool(row["totp"] or row["with_passkey"]),
            "disabled": bool(row["disabled"]),
            "must_change": bool(row["must_change"]),
            "changed_at": str(row["changed_at"]),
        }
        for row in rows
    ]


def require_strength(password: str) -> None:
    """Refuse a password that is too short to last, or too long to hash.

    Raises:
        UsageError: naming the length that is expected.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = (
            f"expected a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, found {len(password)}: "
            "a sentence is easy to remember"
        )
        raise UsageError(message, where="password")


def require_uncommon(context: Context, person: str, password: str) -> None:
    """Refuse a password of little but names of the firm, the program and the person, usual words and keyboard walks.

    One that a list of the firm has is refused too; see `known_passwords`.

    Raises:
        UsageError: saying what is expected.
    """
    known = roster_of(context.records).people.get(person)
    words = {context.workspace.firm_id, person, *(known.name.split() if known else ()), *EASY_WORDS}
    left = password.lower()
    for word in sorted(filter(None, words), key=len, reverse=True):
        left = left.replace(word.lower(), "")
    if len(set(without_walks(left))) < FEWEST_LEFT:
        message = (
            f"expected a password with {FEWEST_LEFT} different characters beside names of the firm, the program and "
            f"the person, words such as {EASY_WORDS[0]} and rows of keys, found fewer: a sentence is easy to remember"
        )
        raise UsageError(message, where="password")
    listed = listed_in(context.workspace.root / FOLDER, password)
    if listed is not None:
        message = f"expected a password that no list of known ones has, found it in {listed}: choose another"
        raise UsageError(message, where="password")
