"""The second factor: setting it up, and giving a code after the password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse

from routeproof.app.access.log_in import reauthenticate
from routeproof.app.access.second_factor import give_code, new_factor, set_factor
from routeproof.app.access.sessions import complete_session, form_token, is_form_token, session_of
from routeproof.governance.decider import RefusalError
from routeproof.web.answers import NO_STORE
from routeproof.web.entrance import COOKIE, address_of
from routeproof.web.faults import FormTokenError, no_session
from routeproof.web.places import inside
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone, Shown

if TYPE_CHECKING:
    from starlette.responses import Response

    from routeproof.app.access.sessions import Session
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/login/second", needs="public", template="second_factor.html")
def ask(visit: Visit, next: str = "/") -> Shown:  # noqa: A002  # name of the parameter in the address
    """Ask for the code."""
    session = _begun(visit)
    return Shown({"session": session, "session_token": form_token(session), "next": inside(next)})


@routes.action("/login/second", needs="public")
def give(visit: Visit) -> Response:
    """Take the code; then the session is whole."""
    session = _begun(visit)
    if not is_form_token(session, visit.form.get("csrf_token", "")):
        message = "expected the form that was shown, found another one: load the page again"
        raise FormTokenError(message)
    give_code(visit.context, session.person, visit.form.get("code", ""), place=address_of(visit.request))
    complete_session(visit.context, session.secret)
    return RedirectResponse(inside(visit.form.get("next", "/")), status_code=303, headers=NO_STORE)


@routes.page("/me/second-factor", needs="anybody", template="me_second_factor.html")
def offer(visit: Visit) -> dict[str, Any]:
    """A new secret to be read by an authenticator."""
    secret, address = new_factor(visit.context, visit.person)
    return {"secret": secret, "address": address}


@routes.action("/me/second-factor", needs="anybody", scope="own")
def take(visit: Visit) -> Gone:
    """Demand codes from now on."""
    reauthenticate(visit.context, visit.person, visit.form.get("password", ""), place=address_of(visit.request))
    secret = visit.form.get("secret", "")
    try:
        set_factor(visit.context, visit.person, secret, visit.form.get("code", ""))
    except ValueError as error:
        code, message = "reauthenticate", "expected the secret that the page showed, found another text"
        raise RefusalError(code, message, where="secret") from error
    return Gone("/me", "From now on, logging in asks for a code.")


def _begun(visit: Visit) -> Session:
    session = session_of(visit.context, visit.request.cookies.get(COOKIE, ""))
    if session is None or session.complete:
        raise no_session()
    return session
