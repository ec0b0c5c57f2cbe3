"""A context in which the person at the other end acts: with the key that their session or token opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from routeproof.app.acting import Acting
from routeproof.vocab.errors import RefusedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.context import Context


class KeyClosedError(RefusedError):
    """The session opened no key, and what is asked for is recorded with a signature."""

    code = "key_closed"


def key_closed() -> KeyClosedError:
    """The person's password opens the key."""
    message = (
        "expected a session that can sign, found one that came in without your key: open it with your password "
        "(My account, or POST /me/key), then send this once more"
    )
    return KeyClosedError(message)


def as_person(context: Context, person: str, key: Ed25519PrivateKey | None, session: str) -> Context:
    """The context, with whoever came in; without their key they look, and record nothing."""
    acting = Acting(person, key, context.business_day) if key else None
    return replace(context, acting=acting, actor=replace(context.actor, name=person, role="person", session=session))
