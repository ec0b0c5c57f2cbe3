"""Coming in by single sign-on: out to the provider, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from routeproof.app.access.site import site_of
from routeproof.app.access.sso import BACK, begin_sign_on, finish_sign_on
from routeproof.app.access.sso_settings import SsoSettings, sso_settings
from routeproof.stores.sealing import new_secret
from routeproof.web.answers import NO_STORE
from routeproof.web.cookies import BEFORE, cookie_of, set_cookie
from routeproof.web.entrance import address_of
from routeproof.web.faults import NotFoundError
from routeproof.web.pages.login import came_in
from routeproof.web.places import inside
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from starlette.responses import Response

    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/login/sso", needs="public", example=lambda _: None)
def out(visit: Visit, next: str = "/") -> Response:  # noqa: A002  # name of the parameter in the address
    """To the provider."""
    settings, before = _settings(visit), cookie_of(visit.request, BEFORE) or new_secret()
    to = begin_sign_on(visit.context, site_of(visit.origin), settings, before, inside(next))
    gone = RedirectResponse(to, status_code=303, headers=NO_STORE)
    set_cookie(visit.request, gone, BEFORE, before)
    return gone


@routes.page(BACK, needs="public", example=lambda _: None)
def back(visit: Visit) -> Response:
    """Back from the provider, with a code or an error."""
    session, to = finish_sign_on(
        visit.context,
        site_of(visit.origin),
        _settings(visit),
        cookie_of(visit.request, BEFORE),
        dict(visit.request.query_params),
        place=address_of(visit.request),
        agent=visit.request.headers.get("user-agent", ""),
    )
    return came_in(visit, session, to)


def _settings(visit: Visit) -> SsoSettings:
    settings = sso_settings(visit.context.workspace)
    if settings is None:
        message = "expected a server with single sign-on, found one without"
        raise NotFoundError(message)
    return settings
