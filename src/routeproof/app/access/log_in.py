"""Logging in: a name and a password, and a second factor where one is set up."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from routeproof.app.access.accounts import account_of
from routeproof.app.access.events import record_access
from routeproof.app.access.passkeys import asks_second_factor
from routeproof.app.access.sessions import begin_session
from routeproof.app.access.throttle import counted_try
from routeproof.app.acting import key_path
from routeproof.app.objects.fold import roster_of
from routeproof.governance.decider import refuse
from routeproof.stores.keys import PassphraseError, is_protected, open_key, public_text
from routeproof.stores.sealing import is_password
from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.access.sessions import Session
    from routeproof.app.context import Context

HASHED_AT_ONCE = BoundedSemaphore(2)
"""A hash takes 64 MiB: whoever asks forty times at once gets as much memory as two."""


class WrongPasswordError(RefusedError):
    """Name and password do not belong together; which of them is wrong is not told."""

    code = "wrong_password"


def log_in(context: Context, name: str, password: str, *, place: str, agent: str = "") -> Session:
    """Begin a session of the person who gives their name and password.

    Raises:
        TooManyError: after too many failures.
        WrongPasswordError: for an unknown name and a wrong password alike.
    """
    with HASHED_AT_ONCE, counted_try(context, name, place):
        if not knows_password(context, name, password):
            message = "expected a name and its password, found that they do not belong together"
            raise WrongPasswordError(message)
    complete = not asks_second_factor(context, name)
    session = begin_session(
        context, name, "password", opened_key(context, name, password), agent=agent, complete=complete
    )
    record_access(context, name, "session_begun", {"kind": "password"})
    return session


def knows_password(context: Context, name: str, password: str) -> bool:
    """Whether it is the password of an account that is in use; takes as long whatever the answer is."""
    account = account_of(context, name)
    right = is_password(account.password if account else None, password)
    return right and account is not None and not account.disabled and name in roster_of(context.records).people


def reauthenticate(context: Context, name: str, password: str, *, place: str) -> None:
    """Ask once more before a signature.

    Raises:
        TooManyError: after too many failures.
        RefusalError: `reauthenticate` if it is not the password.
    """
    with HASHED_AT_ONCE, counted_try(context, name, place):
        if not knows_password(context, name, password):
            refuse("reauthenticate", "expected your password once more, as this step signs, found none or another one")


def opened_key(context: Context, person: str, password: str) -> Ed25519PrivateKey | None:
    """The person's key, opened with their password; none if there is no such key, or it is not the roster's."""
    path = key_path(context.workspace, person)
    try:
        key = open_key(path, password.encode() if is_protected(path) else None)
    except (PassphraseError, UsageError):
        return None
    return key if public_text(key.public_key()) == roster_of(context.records).people[person].key else None
