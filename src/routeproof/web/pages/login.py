"""Coming in and going out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse

from routeproof.app.access.log_in import WrongPasswordError, log_in
from routeproof.app.access.sessions import Session, end_session
from routeproof.app.access.throttle import TooManyError
from routeproof.stores.sealing import derived, is_same, new_secret
from routeproof.web.answers import NO_STORE, answer
from routeproof.web.entrance import COOKIE, address_of
from routeproof.web.faults import FormTokenError
from routeproof.web.places import inside
from routeproof.web.routing import Routes
from routeproof.web.visit import Shown, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

routes = Routes()
BEFORE = "routeproof_before"
"""Cookie of somebody who has not come in yet; the login form's token follows from it."""


@routes.page("/login", needs="public", template="login.html")
def login_page(visit: Visit, next: str = "/") -> Response:  # noqa: A002  # name of the parameter in the address
    """The form that lets people in."""
    return _form(visit, next, "", 200)


@routes.action("/login", needs="public")
def login(visit: Visit) -> Response:
    """Begin a session, with a new cookie."""
    before, given = visit.request.cookies.get(BEFORE, ""), visit.form.get("csrf_token", "")
    if not before or not is_same(derived(before, "login form"), given):
        message = "expected the form that was shown, found another one: load the page again"
        raise FormTokenError(message)
    name, password = visit.form.get("username", "").strip(), visit.form.get("password", "")
    agent = visit.request.headers.get("user-agent", "")
    try:
        session = log_in(visit.context, name, password, place=address_of(visit.request), agent=agent)
    except WrongPasswordError as error:
        return _form(visit, visit.form.get("next", "/"), error.message, 401)
    except TooManyError as error:
        return _form(visit, visit.form.get("next", "/"), error.message, 429)
    return _came_in(visit, session)


@routes.action("/logout", needs="anybody")
def logout(visit: Visit) -> Response:
    """End the session, everywhere and at once."""
    assert visit.session is not None  # noqa: S101  # the route needs one
    end_session(visit.context, visit.session.secret)
    gone = RedirectResponse("/login", status_code=303, headers=NO_STORE)
    gone.delete_cookie(COOKIE)
    return gone


def _came_in(visit: Visit, session: Session) -> Response:
    secure = visit.request.url.scheme == "https"
    to = inside(visit.form.get("next", "/"))
    there = to if session.complete else f"/login/second?next={quote(to, safe='')}"
    came = RedirectResponse(there, status_code=303, headers=NO_STORE)
    came.set_cookie(COOKIE, session.secret, httponly=True, samesite="lax", secure=secure)
    came.delete_cookie(BEFORE)
    return came


def _form(visit: Visit, to: str, problem: str, status: int) -> Response:
    before = visit.request.cookies.get(BEFORE) or new_secret()
    values = {"next": inside(to), "problem": problem, "csrf_token": derived(before, "login form")}
    shown = answer(_LOGIN, visit, Shown(values, status))
    shown.set_cookie(BEFORE, before, httponly=True, samesite="lax", secure=visit.request.url.scheme == "https")
    if status == 429:  # noqa: PLR2004  # HTTP
        shown.headers["Retry-After"] = "300"
    return shown


_LOGIN = routes.all[0]
