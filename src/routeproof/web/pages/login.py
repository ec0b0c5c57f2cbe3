"""Coming in and going out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse

from routeproof.app.access.log_in import WrongPasswordError, log_in
from routeproof.app.access.sessions import Session, end_session
from routeproof.app.access.sso_settings import sso_settings
from routeproof.app.access.throttle import TooManyError
from routeproof.app.objects.fold import roster_of
from routeproof.stores.sealing import derived, is_same, new_secret
from routeproof.web.answers import NO_STORE, answer
from routeproof.web.cookies import BEFORE, SESSION, come_in, cookie_of, drop_cookie, set_cookie
from routeproof.web.entrance import address_of
from routeproof.web.faults import FormTokenError
from routeproof.web.log import tell
from routeproof.web.places import inside
from routeproof.web.routing import Routes
from routeproof.web.visit import Shown, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

routes = Routes()


@routes.page("/login", needs="public", template="login.html")
def login_page(visit: Visit, next: str = "/") -> Response:  # noqa: A002  # name of the parameter in the address
    """The form that lets people in."""
    return _form(visit, next, "", 200)


@routes.action("/login", needs="public")
def login(visit: Visit) -> Response:
    """Begin a session, with a new cookie."""
    before, given = cookie_of(visit.request, BEFORE), visit.form.get("csrf_token", "")
    if not before or not is_same(derived(before, "login form"), given):
        message = "expected the form that was shown, found another one: load the page again"
        raise FormTokenError(message)
    name, password = visit.form.get("username", "").strip(), visit.form.get("password", "")
    agent = visit.request.headers.get("user-agent", "")
    try:
        session = log_in(visit.context, name, password, place=address_of(visit.request), agent=agent)
    except WrongPasswordError as error:
        _tell_wrong_password(visit, name)
        return _form(visit, visit.form.get("next", "/"), error.message, 401)
    except TooManyError as error:
        return _form(visit, visit.form.get("next", "/"), error.message, 429)
    return came_in(visit, session, inside(visit.form.get("next", "/")))


@routes.action("/logout", needs="anybody")
def logout(visit: Visit) -> Response:
    """End the session, everywhere and at once."""
    assert visit.session is not None  # noqa: S101  # the route needs one
    end_session(visit.context, visit.session.secret)
    gone = RedirectResponse("/login", status_code=303, headers=NO_STORE)
    drop_cookie(visit.request, gone, SESSION)
    return gone


def came_in(visit: Visit, session: Session, to: str) -> Response:
    """Go where one wanted to go with the cookie of the session, by way of the second factor if one is asked for."""
    there = to if session.complete else f"/login/second?next={quote(to, safe='')}"
    came = RedirectResponse(there, status_code=303, headers=NO_STORE)
    come_in(visit.request, came, session)
    return came


def _tell_wrong_password(visit: Visit, name: str) -> None:
    """To the log; a name that is nobody's is not written, because people type passwords in its place."""
    known = name if name in roster_of(visit.context.records).people else "(nobody)"
    level = visit.request.app.state.settings.log_level
    about = {"request_id": visit.request.state.request_id, "client": address_of(visit.request)}
    tell(level, "warning", "refused", code="wrong_password", status=401, person=known, **about)


def _form(visit: Visit, to: str, problem: str, status: int) -> Response:
    before = cookie_of(visit.request, BEFORE) or new_secret()
    values = {"next": inside(to), "problem": problem, "csrf_token": derived(before, "login form")}
    sso = sso_settings(visit.context.workspace)
    values["sso"] = sso.label if sso else ""
    shown = answer(_LOGIN, visit, Shown(values, status))
    set_cookie(visit.request, shown, BEFORE, before)
    if status == 429:  # noqa: PLR2004  # HTTP
        shown.headers["Retry-After"] = "300"
    return shown


_LOGIN = routes.all[0]
