"""The second factor: setting it up, and giving a code after the password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse

from routeproof.app.access.accounts import account_of
from routeproof.app.access.log_in import reauthenticate
from routeproof.app.access.passkeys import ask_passkey, give_passkey, has_passkey
from routeproof.app.access.second_factor import give_code, new_factor, set_factor
from routeproof.app.access.sessions import form_token, is_form_token, renewed_session, session_of
from routeproof.app.access.site import site_of
from routeproof.governance.decider import RefusalError
from routeproof.web.answers import NO_STORE
from routeproof.web.cookies import SESSION, come_in, cookie_of
from routeproof.web.entrance import address_of
from routeproof.web.faults import FormTokenError, no_session
from routeproof.web.places import inside
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone, Shown

if TYPE_CHECKING:
    from starlette.responses import Response

    from routeproof.app.access.sessions import Session
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/login/second", needs="public", template="second_factor.html", example=lambda _: None)
def ask(visit: Visit, next: str = "/") -> Shown:  # noqa: A002  # name of the parameter in the address
    """Ask for a code or a passkey, whichever the person has set up."""
    session, context = _begun(visit), visit.context
    account = account_of(context, session.person)
    values = {"session": session, "session_token": form_token(session), "next": inside(next)}
    passkey = ask_passkey(context, site_of(visit.origin), session) if has_passkey(context, session.person) else None
    return Shown({**values, "code": bool(account and account.totp), "passkey": passkey})


@routes.action("/login/second", needs="public")
def give(visit: Visit) -> Response:
    """Take the code or the passkey's answer; then the session is whole, under a new cookie."""
    session, place = _begun(visit), address_of(visit.request)
    if not is_form_token(session, visit.form.get("csrf_token", "")):
        message = "expected the form that was shown, found another one: load the page again"
        raise FormTokenError(message)
    if answer := visit.form.get("passkey", ""):
        give_passkey(visit.context, site_of(visit.origin), session, answer, place=place)
    else:
        give_code(visit.context, session.person, visit.form.get("code", ""), place=place)
    gone = RedirectResponse(inside(visit.form.get("next", "/")), status_code=303, headers=NO_STORE)
    come_in(visit.request, gone, renewed_session(visit.context, session))
    return gone


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
    session = session_of(visit.context, cookie_of(visit.request, SESSION))
    if session is None or session.complete:
        raise no_session()
    return session
