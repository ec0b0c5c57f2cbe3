"""The cookie of a session, and the one of somebody who has not come in yet; by TLS they are bound to this very host."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from routeproof.app.access.sessions import Session

SESSION = "routeproof_session"
BEFORE = "routeproof_before"
"""Of somebody who has not come in yet; the login form's token follows from it."""
HOST_ONLY = "__Host-"
"""Browsers take a cookie of such a name by TLS alone, from the host itself, for all of it."""


def cookie_of(request: Request, name: str) -> str:
    """What a cookie says; empty if there is none."""
    return request.cookies.get(_named(request, name), "")


def set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    """Give a cookie that scripts cannot read and other sites' forms do not send; it ends with the browser."""
    answer.set_cookie(_named(request, name), value, httponly=True, samesite="lax", secure=_is_tls(request))


def drop_cookie(request: Request, answer: Response, name: str) -> None:
    """Take a cookie back."""
    answer.delete_cookie(_named(request, name), httponly=True, samesite="lax", secure=_is_tls(request))


def come_in(request: Request, answer: Response, session: Session) -> None:
    """Give the cookie of a session that has just begun or was renewed."""
    set_cookie(request, answer, SESSION, session.secret)
    drop_cookie(request, answer, BEFORE)


def _named(request: Request, name: str) -> str:
    return HOST_ONLY + name if _is_tls(request) else name


def _is_tls(request: Request) -> bool:
    return request.url.scheme == "https"
