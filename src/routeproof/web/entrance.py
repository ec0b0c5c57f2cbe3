"""The entrance: who asks, whether they may, and the workspace opened for them. No handler runs before this."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from routeproof.app.access.entering import as_person, key_closed
from routeproof.app.access.events import record_access
from routeproof.app.access.log_in import opened_key, reauthenticate
from routeproof.app.access.matrix import matrix_in_force
from routeproof.app.access.preferences import preferences_of
from routeproof.app.access.reach import limits_of
from routeproof.app.access.sessions import is_form_token, session_of
from routeproof.app.access.tokens import session_of_token
from routeproof.app.context import open_context
from routeproof.governance.decider import refuse
from routeproof.stores.sealing import fingerprint
from routeproof.web.cookies import SESSION, cookie_of
from routeproof.web.faults import FormTokenError, no_session
from routeproof.web.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from starlette.requests import Request

    from routeproof.app.access.sessions import Session
    from routeproof.app.context import Context
    from routeproof.web.routing import Route

SAFE = frozenset({"GET", "HEAD"})
SESSION_DIGITS = 16
OWN_PAGES = frozenset({"same-origin", "none"})
"""Where a browser says a change comes from: a page of ours, or the person themselves; never a sister site."""
EXAMINER = "examiner"
"""What such a person reads is on record."""


@contextlib.contextmanager
def entered(
    request: Request, route: Route, form: Mapping[str, str] | None = None, uploads: Mapping[str, Path] | None = None
) -> Iterator[Visit]:
    """The visit of a request, once its session, its form and the person's role were looked at.

    Raises:
        NoSessionError: nobody came in.
        FormTokenError: the form was made for another session.
        RefusalError: `not_permitted` if no role of the person may, `reauthenticate` where a signature needs a password.
    """
    with open_context(request.app.state.settings.workspace, actor_name="server", role="server") as context:
        context.records.remember_streams()
        if route.is_public:
            yield Visit(request, context, None, {}, form or {}, uploads or {})
            return
        session = _session(request, context)
        request.state.person = session.person
        _require_form_token(request, session, form or {})
        matrix = matrix_in_force(context)
        given = {name: value for name, value in (form or {}).items() if name != "csrf_token"}
        limits = limits_of(context, session.person, session.roles)
        likes = preferences_of(context, session.person)
        visit = Visit(request, context, session, matrix, given, uploads or {}, limits, likes)
        request.state.theme = visit.theme
        if not visit.may(route.needs):
            refuse("not_permitted", f"{route.needs} is for {_for_whom(visit, route)}; you have {_held(session)}")
        if route.signs and form is not None:
            visit = _signing(visit)
        if route.records and visit.session is not None and visit.session.key is None:
            raise key_closed()
        visit = _acting(visit)
        if EXAMINER in session.roles and request.method in SAFE:
            record_access(visit.context, session.person, "read", {"path": str(request.url.path)[:300]})
        yield visit


def _signing(visit: Visit) -> Visit:
    """The password was given once more, and opens the key of a session that came in without it, for this one step."""
    session, password = visit.session, visit.form.get("password", "")
    reauthenticate(visit.context, visit.person, password, place=address_of(visit.request))
    if session is not None and session.key is None:
        session = replace(session, key=opened_key(visit.context, visit.person, password))
    left = {name: value for name, value in visit.form.items() if name != "password"}
    return replace(visit, form=left, session=session)


def _acting(visit: Visit) -> Visit:
    session = visit.session
    assert session is not None  # noqa: S101  # a route that is not public has one
    context = as_person(visit.context, session.person, session.key, fingerprint(session.secret)[:SESSION_DIGITS])
    return replace(visit, context=context)


def address_of(request: Request) -> str:
    """Address of who asks; behind a proxy, as it says."""
    return request.client.host if request.client else ""


def _session(request: Request, context: Context) -> Session:
    if token := bearer_of(request):
        session = session_of_token(context, token, request.method in SAFE)
    else:
        session = session_of(context, cookie_of(request, SESSION))
    if session is None or not session.complete:
        raise no_session()
    return session


def bearer_of(request: Request) -> str:
    """The token of a program, which no browser sends by itself; credentials of another kind are none of ours."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _require_form_token(request: Request, session: Session, form: Mapping[str, str]) -> None:
    if request.method in SAFE or bearer_of(request):
        return
    given = form.get("csrf_token") or request.headers.get("x-csrf-token", "")
    if request.headers.get("sec-fetch-site", "same-origin") not in OWN_PAGES or not is_form_token(session, given):
        message = (
            "expected a form of this session, found another one, or none: load the page again and send it once more"
        )
        raise FormTokenError(message)


def _for_whom(visit: Visit, route: Route) -> str:
    return " or ".join(visit.matrix.get(route.needs, ())) or "nobody: the matrix does not name it"


def _held(session: Session) -> str:
    return ", ".join(session.roles) or "no role"
