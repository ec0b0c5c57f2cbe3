"""Errors as they go out: JSON below `/api/`, a page elsewhere, and to the login where nobody has come in."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Match

from routeproof.vocab.errors import RouteproofError
from routeproof.web.answers import NO_STORE, ExactJSON
from routeproof.web.entrance import entered
from routeproof.web.faults import asked_as, error_body, no_session, status_of
from routeproof.web.log import tell
from routeproof.web.places import inside
from routeproof.web.render import environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException
    from starlette.requests import Request

    from routeproof.web.routing import Route

TITLES = {
    400: "This cannot be read",
    401: "Who are you?",
    403: "Not permitted",
    404: "Nothing there",
    405: "Not a way in",
    409: "Changed meanwhile",
    413: "Too large",
    422: "Refused",
    429: "Too often",
    503: "Not now",
}
SUSPECT = (401, 403, 429)
"""Answers to somebody who is not who they say, or may not: such a refusal is an event of its own."""
_SENT = re.compile(r"scratch/upload-\w+/\d+/")
MACHINES = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json")


async def our_error(request: Request, error: RouteproofError) -> Response:
    """An error that says what to do."""
    status = status_of(error)
    if status in SUSPECT and (error.code != "no_session" or "authorization" in request.headers):
        _tell(request, "warning", "refused", code=error.code, status=status)
    if status == 401 and not _for_machine(request) and error.code == "no_session":  # noqa: PLR2004  # HTTP
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to = f"/login?next={quote(back if request.method == 'GET' else '/', safe='')}"
        return RedirectResponse(to, status_code=303, headers=NO_STORE)
    message, where = (_within_workspace(request, text) for text in (error.message, asked_as(error.where)))
    return answered(request, status, error.code, message, where, error.more)


def _within_workspace(request: Request, text: str) -> str:
    """Where the workspace stands on the machine, and a file in it that was sent, is nothing for outside."""
    root = request.app.state.settings.workspace
    return _SENT.sub("", text.replace(f"{root.resolve()}/", "").replace(f"{root}/", ""))


async def malformed(request: Request, error: RequestValidationError) -> Response:
    """Parameters or a body of the wrong shape; who may not come in at all is told that, and nothing of shapes."""
    way_in = getattr(request.scope.get("endpoint"), "way_in", None)
    if way_in is not None:
        try:
            await run_in_threadpool(_come_in, request, way_in)
        except RouteproofError as refused:
            return await our_error(request, refused)
    problems = error.errors()
    said = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in problems)
    where = ".".join(map(str, problems[0]["loc"])) if problems else ""
    return answered(request, 400, "malformed", f"expected a request of the documented shape, found: {said}", where)


def _come_in(request: Request, way_in: Route) -> None:
    with entered(request, way_in):
        pass


async def http_error(request: Request, error: HTTPException) -> Response:
    """What the framework refuses by itself: no such path, no such method."""
    if error.status_code in {404, 405} and not {"cookie", "authorization"} & set(request.headers):
        return await our_error(request, no_session())  # who has not come in learns of no path whether it is there
    codes = {404: "not_found", 405: "method_not_allowed", 400: "malformed", 408: "too_slow", 413: "too_large"}
    code = codes.get(error.status_code, "http_error")
    methods = ", ".join(sorted(_methods(request)))
    words = {
        404: "expected an address that leads somewhere, found one that does not",
        405: f"expected one of {methods}, found {request.method}",
    }
    shown = answered(request, error.status_code, code, words.get(error.status_code, str(error.detail)))
    shown.headers.update(error.headers or {})
    if error.status_code == 405:  # noqa: PLR2004  # HTTP
        shown.headers["Allow"] = methods
    return shown


def _methods(request: Request) -> set[str]:
    """All ways into a path; the framework names those of the first route alone."""
    found = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return {method for route in found for method in getattr(route, "methods", None) or ()}


async def any_error(request: Request, error: Exception) -> Response:
    """A fault of the program: it is told nothing of outside, and everything to the log."""
    trace = "".join(traceback.format_exception(error))
    _tell(request, "error", "fault", path=request.url.path, trace=trace)
    message = "a fault of the program; nothing was recorded. Tell whoever runs it the number of the request"
    return answered(request, 500, "internal", message)


def _tell(request: Request, level: str, event: str, **values: object) -> None:
    state = request.state
    tell(
        request.app.state.settings.log_level,
        level,
        event,
        request_id=state.request_id,
        route=getattr(request.scope.get("route"), "path", "(none)"),
        person=getattr(state, "person", ""),
        client=request.client.host if request.client else "",
        **values,
    )


def _came_from(request: Request) -> str:
    """The page of ours whose form or link it was; empty if there is none."""
    here, came = urlsplit(str(request.url)), urlsplit(request.headers.get("referer", ""))
    if came.netloc != here.netloc or came.path == here.path:
        return ""
    return inside(came.path + (f"?{came.query}" if came.query else ""))


def _for_machine(request: Request) -> bool:
    return request.url.path.startswith(MACHINES)


def answered(
    request: Request, status: int, code: str, message: str, where: str = "", more: Mapping[str, Any] | None = None
) -> Response:
    """An error in the shape that whoever asks can read."""
    more = more or {}
    request_id = request.state.request_id
    if _for_machine(request):
        return ExactJSON(error_body(code, message, where, request_id, more), status_code=status, headers=NO_STORE)
    values = {
        "status": status,
        "title": TITLES.get(status, "A fault"),
        "code": code,
        "message": message,
        "where": where,
        "more": more,
        "request_id": request_id,
        "back": _came_from(request),
        "theme": getattr(request.state, "theme", "auto"),
    }
    html = environment().get_template("error.html").render(values)
    return HTMLResponse(html, status_code=status, headers=NO_STORE)
