"""What a handler found, as an answer of HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from routeproof.web.render import page_html
from routeproof.web.visit import Gone, Sent, Shown, Visit

if TYPE_CHECKING:
    from routeproof.web.routing import Route

SAID = "routeproof_said"
SAID_S = 60
NO_STORE = {"Cache-Control": "no-store"}


class ExactJSON(JSONResponse):
    """JSON as the command line prints it: no NaN, text as it is."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401  # JSON
        """Bytes of a JSON value."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str).encode()


def answer(route: Route, visit: Visit, found: Any) -> Response:  # noqa: ANN401  # what the kind of route gives
    """The answer to a request, by the kind of its route and of what was found."""
    match found:
        case Response():
            return found
        case Sent(content, media_type, name):
            headers = {**NO_STORE, **({"Content-Disposition": _attached(name)} if name else {})}
            return Response(content, media_type=media_type, headers=headers)
        case Gone(to, said):
            gone = RedirectResponse(to, status_code=303, headers=NO_STORE)
            if said:
                tls = visit.request.url.scheme == "https"
                gone.set_cookie(SAID, quote(said[:300]), max_age=SAID_S, httponly=True, samesite="lax", secure=tls)
            return gone
        case Shown(values, status):
            return _page(route, visit, dict(values), status)
    if route.kind == "page":
        return _page(route, visit, found, 200)
    return ExactJSON(found, headers=NO_STORE)


def _page(route: Route, visit: Visit, values: dict[str, Any], status: int) -> Response:
    shown = HTMLResponse(page_html(route.template, visit, values), status_code=status, headers=NO_STORE)
    if SAID in visit.request.cookies:
        shown.delete_cookie(SAID)
    return shown


def _attached(name: str) -> str:
    plain = "".join(
        character if character.isascii() and (character.isalnum() or character in "._-") else "_" for character in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
