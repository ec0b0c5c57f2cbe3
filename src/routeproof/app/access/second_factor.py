"""A second factor: codes of six digits that change every half minute (RFC 6238), each of which counts once."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from routeproof.app.access.accounts import account_of
from routeproof.app.access.events import record_access
from routeproof.app.access.tables import access_database
from routeproof.app.access.throttle import counted_try
from routeproof.governance.decider import refuse
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.app.context import Context

SECRET_BYTES = 20
DIGITS = 6
STEP_S = 30
NEAR = (0, -1, 1)
"""Steps that are tried: now, and one before and after, for clocks that differ a little."""


def new_factor(context: Context, person: str) -> tuple[str, str]:
    """A secret for an authenticator, as base32 and as an address that it reads; it counts once a code was given."""
    secret = base64.b32encode(os.urandom(SECRET_BYTES)).decode()
    name = quote(f"{context.workspace.firm_id or 'routeproof'}:{person}")
    return secret, f"otpauth://totp/{name}?secret={secret}&issuer=routeproof&digits={DIGITS}&period={STEP_S}"


def set_factor(context: Context, person: str, secret: str, code: str) -> None:
    """Demand codes of this secret from now on, once one shows that the person has it.

    Raises:
        RefusalError: `reauthenticate` if the code is not of the secret.
    """
    step = _step_of(context, secret, code, after=0)
    if step is None:
        refuse("reauthenticate", "expected a code of the new authenticator, found another one", where="code")
    with access_database(context.workspace).transaction() as database:
        database.execute("update account set totp = ?, totp_step = ? where person = ?", (secret, step, person))
    record_access(context, person, "second_factor_set", {})


def give_code(context: Context, person: str, code: str, *, place: str) -> None:
    """Hold a code against the account's secret; a code that was used, or an older one, is none.

    Raises:
        TooManyError: after too many failures.
        RefusalError: `reauthenticate` if it is not the code.
    """
    with counted_try(context, person, place):
        account = account_of(context, person)
        step = _step_of(context, account.totp, code, after=account.totp_step) if account and account.totp else None
        if step is None:
            message = "expected the code that your authenticator shows now, found another one"
            refuse("reauthenticate", message, where="code")
    with access_database(context.workspace).transaction() as database:
        used = database.execute(
            "update account set totp_step = ? where person = ? and totp_step < ?", (step, person, step)
        )
    if not used.rowcount:
        refuse("reauthenticate", "expected a code that was not used before, found one that was", where="code")


def _step_of(context: Context, secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code this is; null if it is none near now, or none after the last that was used."""
    now = context.clock() // NS_PER_S
    totp = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_S)  # noqa: S303  # RFC 6238's own, which all apps have
    given = code.replace(" ", "").encode("ascii", "replace")
    for near in NEAR:
        try:
            totp.verify(given, now + near * STEP_S)
        except InvalidToken:
            continue
        step = now // STEP_S + near
        return step if step > after else None
    return None
