"""Opening one's key in a session that came in without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from routeproof.app.access.log_in import opened_key, reauthenticate
from routeproof.app.access.sessions import renewed_session
from routeproof.vocab.errors import UsageError
from routeproof.web.answers import NO_STORE
from routeproof.web.cookies import come_in
from routeproof.web.entrance import address_of
from routeproof.web.places import inside
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from starlette.responses import Response

    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/me/key", needs="anybody", template="me_key.html")
def closed(visit: Visit, next: str = "/") -> dict[str, str]:  # noqa: A002  # name of the parameter in the address
    """Ask for the password that opens the key."""
    del visit
    return {"next": inside(next)}


@routes.action("/me/key", needs="anybody", scope="own")
def open_(visit: Visit) -> Response:
    """Open the key: from now on the session may record, under a new cookie."""
    session, password = visit.session, visit.form.get("password", "")
    reauthenticate(visit.context, visit.person, password, place=address_of(visit.request))
    gone = RedirectResponse(inside(visit.form.get("next", "/")), status_code=303, headers=NO_STORE)
    if session is None or session.key is not None:
        return gone
    key = opened_key(visit.context, visit.person, password)
    if key is None:
        message = "expected a password that opens your key of the roster, found a key that it does not open"
        raise UsageError(message, where="password")
    come_in(visit.request, gone, renewed_session(visit.context, session, key=key))
    return gone
