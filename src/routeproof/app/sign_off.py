"""After a sign-off: what its receipt says, and how far the signature can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.fold import roster_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context

UNPROTECTED = "unprotected: keys of this workspace have no passphrase; who can read the key file can sign"
PROTECTED = "protected by a passphrase"


def after_sign_off(context: Context, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The object with how its keys were kept; the one place that follows every sign-off."""
    unprotected = roster_of(context.records).unprotected_keys
    return {**shown, "keys": UNPROTECTED if unprotected else PROTECTED}
