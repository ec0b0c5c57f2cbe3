"""Passkeys as a second factor after the password: WebAuthn, with the person verified by their device (PIN, finger).

A passkey opens no signing key: the password does that, and stays the first factor. See decision 0061.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NoReturn

from routeproof.app.access.accounts import account_of
from routeproof.app.access.events import record_access
from routeproof.app.access.once import keep_once, take_once
from routeproof.app.access.tables import access_database
from routeproof.app.access.throttle import counted_try
from routeproof.governance.decider import refuse
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from types import ModuleType

    from routeproof.app.access.sessions import Session
    from routeproof.app.access.site import Site
    from routeproof.app.context import Context

MOST_PASSKEYS = 10
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000
MADE, ASKED = "passkey made", "passkey asked"


def webauthn() -> ModuleType:
    """The library of passkeys.

    Raises:
        UsageError: if the extra is not installed.
    """
    try:
        import webauthn as library  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = "expected the library of passkeys, found none: install routeproof[passkeys]"
        raise UsageError(message, where="passkeys") from error
    return library


def asks_second_factor(context: Context, person: str) -> bool:
    """Whether the password alone does not let a person in."""
    account = account_of(context, person)
    return bool(account and account.totp) or has_passkey(context, person)


def has_passkey(context: Context, person: str) -> bool:
    """Whether a passkey of the person is known."""
    return bool(_kept(context, person))


def passkeys_listed(context: Context, person: str) -> list[dict[str, Any]]:
    """A person's passkeys, the newest first: `id, name, made_at, used_at` (null: never)."""
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "made_at": str(row["made_at"]),
            "used_at": None if row["used_at"] is None else str(row["used_at"]),
        }
        for row in _kept(context, person)
    ]


def offer_passkey(context: Context, site: Site, session: Session) -> dict[str, Any]:
    """What a browser needs to make a passkey for the person; its challenge counts once.

    Raises:
        UsageError: if the person has as many as are kept, or the extra is not installed.
    """
    library, kept = webauthn(), _kept(context, session.person)
    if len(kept) >= MOST_PASSKEYS:
        message = f"expected at most {MOST_PASSKEYS} passkeys, found {len(kept)}: remove one that is not used"
        raise UsageError(message, where="passkeys")
    structs = library.helpers.structs
    options = library.generate_registration_options(
        rp_id=site.host,
        rp_name="routeproof",
        user_id=_handle(context, session.person),
        user_name=session.person,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(library, kept),
    )
    keep_once(context, session.secret, MADE, options.challenge.hex())
    return _json(library, options)


def add_passkey(context: Context, site: Site, session: Session, name: str, answer: str) -> None:
    """Take the passkey that a browser made; from now on, logging in asks for one of the person's.

    Raises:
        RefusalError: `reauthenticate` if it does not answer the challenge that this session was given last.
    """
    library, challenge = webauthn(), take_once(context, session.secret, MADE)
    if challenge is None or len(answer) > LONGEST_ANSWER:
        _refuse("no challenge waits for this answer")
    try:
        made = library.verify_registration_response(
            credential=answer,
            expected_challenge=bytes.fromhex(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _unfit(library) as error:
        _refuse(str(error))
    known = library.helpers.bytes_to_base64url(made.credential_id)
    shown = name.strip()[:LONGEST_NAME] or "passkey"
    with access_database(context.workspace).transaction() as database:
        added = database.execute(
            "insert into passkey values (?, ?, ?, ?, ?, ?, null) on conflict (id) do nothing",
            (known, session.person, shown, made.credential_public_key, made.sign_count, context.clock()),
        )
    if not added.rowcount:
        _refuse("this passkey is known already")
    record_access(context, session.person, "passkey_added", {"id": known[:16]})


def remove_passkey(context: Context, person: str, passkey_id: str) -> bool:
    """Forget a passkey of a person; whether there was one."""
    with access_database(context.workspace).transaction() as database:
        gone = database.execute("delete from passkey where id = ? and person = ?", (passkey_id, person))
    if gone.rowcount:
        record_access(context, person, "passkey_removed", {"id": passkey_id[:16]})
    return bool(gone.rowcount)


def ask_passkey(context: Context, site: Site, session: Session) -> dict[str, Any]:
    """What a browser needs to use one of the person's passkeys; its challenge counts once."""
    library = webauthn()
    options = library.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_descriptors(library, _kept(context, session.person)),
        user_verification=library.helpers.structs.UserVerificationRequirement.REQUIRED,
    )
    keep_once(context, session.secret, ASKED, options.challenge.hex())
    return _json(library, options)


def give_passkey(context: Context, site: Site, session: Session, answer: str, *, place: str) -> None:
    """Hold a browser's answer against the person's passkeys and the challenge that this session was given last.

    Raises:
        TooManyError: after too many failures.
        RefusalError: `reauthenticate` if it is of another person, site or challenge, or its count does not go up.
    """
    with counted_try(context, session.person, place):
        library, challenge = webauthn(), take_once(context, session.secret, ASKED)
        try:
            _require_right(context, site, session, answer, library, challenge)
        except _unfit(library) as error:
            _refuse(str(error))


def _require_right(
    context: Context, site: Site, session: Session, answer: str, library: ModuleType, challenge: str | None
) -> None:
    if challenge is None or len(answer) > LONGEST_ANSWER:
        message = "no challenge waits for this answer"
        raise ValueError(message)
    given = library.helpers.parse_authentication_credential_json(answer)
    passkey = next((row for row in _kept(context, session.person) if row["id"] == given.id), None)
    handle = given.response.user_handle
    if passkey is None or (handle and handle != _handle(context, session.person)):
        message = "it is no passkey of this person"
        raise ValueError(message)
    right = library.verify_authentication_response(
        credential=given,
        expected_challenge=bytes.fromhex(challenge),
        expected_rp_id=site.host,
        expected_origin=site.origin,
        credential_public_key=passkey["public_key"],
        credential_current_sign_count=passkey["sign_count"],
        require_user_verification=True,
    )
    with access_database(context.workspace).transaction() as database:
        used = database.execute(
            "update passkey set sign_count = ?, used_at = ? where id = ? and sign_count = ?",
            (right.new_sign_count, context.clock(), passkey["id"], passkey["sign_count"]),
        )
    if not used.rowcount:
        message = "its count moved meanwhile"
        raise ValueError(message)


def _kept(context: Context, person: str) -> list[sqlite3.Row]:
    with access_database(context.workspace).reading() as database:
        return database.execute("select * from passkey where person = ? order by made_at desc", (person,)).fetchall()


def _handle(context: Context, person: str) -> bytes:
    """What an authenticator knows the person by; it says nothing of them."""
    return hashlib.sha256(f"routeproof passkey\n{context.workspace.firm_id}\n{person}".encode()).digest()


def _descriptors(library: ModuleType, kept: list[sqlite3.Row]) -> list[Any]:
    return [
        library.helpers.structs.PublicKeyCredentialDescriptor(id=library.helpers.base64url_to_bytes(row["id"]))
        for row in kept
    ]


def _json(library: ModuleType, options: object) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(library.options_to_json(options))
    return read


def _unfit(library: ModuleType) -> tuple[type[Exception], ...]:
    """What the library raises: its own errors, and those of what it reads with."""
    return library.helpers.exceptions.WebAuthnException, ValueError, KeyError, TypeError, OverflowError


def _refuse(why: str) -> NoReturn:
    refuse("reauthenticate", f"expected a passkey of yours, made and used here, found another answer: {why[:200]}")
