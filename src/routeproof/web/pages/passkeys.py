"""One's own passkeys: made, named, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.access.log_in import reauthenticate
from routeproof.app.access.passkeys import add_passkey, offer_passkey, remove_passkey
from routeproof.app.access.site import site_of
from routeproof.web.answers import answer
from routeproof.web.entrance import address_of
from routeproof.web.faults import NotFoundError
from routeproof.web.routing import Route, Routes
from routeproof.web.visit import Gone, Shown, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

    from routeproof.app.access.sessions import Session

routes = Routes()


@routes.action("/me/passkeys", needs="anybody", scope="own")
def offer(visit: Visit) -> Response:
    """After the password, the page on which a browser makes a passkey."""
    _require_password(visit)
    options = offer_passkey(visit.context, site_of(visit.origin), _session(visit))
    return answer(_MAKE, visit, Shown({"options": options, "name": visit.form.get("name", "")}))


@routes.action("/me/passkeys/made", needs="anybody", scope="own")
def made(visit: Visit) -> Gone:
    """Keep the passkey that the browser made."""
    given = visit.form.get("passkey", "")
    add_passkey(visit.context, site_of(visit.origin), _session(visit), visit.form.get("name", ""), given)
    return Gone("/me", "From now on, logging in asks for a second factor.")


@routes.action("/me/passkeys/remove", needs="anybody", scope="own")
def remove(visit: Visit) -> Gone:
    """Forget one of mine, after the password."""
    _require_password(visit)
    if not remove_passkey(visit.context, visit.person, visit.form.get("passkey", "")):
        message = "expected a passkey of yours, found none of that name"
        raise NotFoundError(message)
    return Gone("/me", "Removed.")


def _require_password(visit: Visit) -> None:
    reauthenticate(visit.context, visit.person, visit.form.get("password", ""), place=address_of(visit.request))


def _session(visit: Visit) -> Session:
    assert visit.session is not None  # noqa: S101  # the routes need one
    return visit.session


_MAKE = Route(
    method="POST", path="/me/passkeys", kind="page", needs="anybody", handler=offer, template="me_passkey.html"
)
