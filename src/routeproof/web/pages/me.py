"""My account: theme, password, second factors, sessions, tokens."""

from __future__ import annotations

from typing import Any

from routeproof.app.access.accounts import change_password
from routeproof.app.access.log_in import reauthenticate
from routeproof.app.access.passkeys import passkeys_listed
from routeproof.app.access.preferences import THEME, prefer
from routeproof.app.access.sessions import end_sessions, sessions_listed
from routeproof.app.access.tokens import tokens_listed
from routeproof.vocab.errors import UsageError
from routeproof.web.entrance import address_of
from routeproof.web.places import inside
from routeproof.web.render import THEMES
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone, Visit

routes = Routes()


@routes.page("/me", needs="anybody", template="me.html")
def me(visit: Visit) -> dict[str, Any]:
    """My account."""
    return {
        "sessions": sessions_listed(visit.context, visit.person),
        "passkeys": passkeys_listed(visit.context, visit.person),
        "tokens": tokens_listed(visit.context, visit.person),
    }


@routes.action("/me/theme", needs="anybody", scope="own")
def theme(visit: Visit) -> Gone:
    """Light, dark, or as the system has it."""
    wanted = visit.form.get("theme", "auto")
    if wanted not in THEMES:
        message = f"expected one of {', '.join(THEMES)}, found {wanted!r}"
        raise UsageError(message, where="theme")
    prefer(visit.context, visit.person, THEME, wanted)
    return Gone(inside(visit.form.get("back", "/me")))


@routes.action("/me/password", needs="anybody", scope="own")
def password(visit: Visit) -> Gone:
    """A new password, for the account and for the key; every session ends."""
    old = visit.form.get("old", "")
    reauthenticate(visit.context, visit.person, old, place=address_of(visit.request))
    change_password(visit.context, visit.person, old, visit.form.get("new", ""))
    return Gone("/login")


@routes.action("/me/sessions/end", needs="anybody", scope="own")
def end(visit: Visit) -> Gone:
    """End one session of mine, or all."""
    ended = end_sessions(visit.context, visit.person, visit.form.get("hash", ""))
    return Gone("/me", f"Ended: {ended}.")
