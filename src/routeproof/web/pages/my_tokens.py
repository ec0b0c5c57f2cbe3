"""One's own tokens for programs: made, shown once, revoked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from routeproof.app.access.tokens import SCOPES, revoke_token
from routeproof.vocab.errors import UsageError
from routeproof.web.answers import answer
from routeproof.web.faults import NotFoundError
from routeproof.web.own_tokens import token_made
from routeproof.web.routing import Route, Routes
from routeproof.web.visit import Gone, Shown, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

routes = Routes()


@routes.action("/me/tokens", needs="anybody", scope="own")
def make(visit: Visit) -> Response:
    """A token, shown on the page that answers and nowhere else."""
    may = visit.form.get("may", "read")
    scopes = SCOPES if may == "write" else (may,)
    made = token_made(visit, visit.form.get("name", ""), scopes, _day(visit.form.get("expires_on", "")))
    return answer(_MADE, visit, Shown({"made": made}))


@routes.action("/me/tokens/revoke", needs="anybody", scope="own")
def revoke(visit: Visit) -> Gone:
    """End a token of one's own, at once."""
    if not revoke_token(visit.context, visit.form.get("token", ""), visit.person):
        message = "expected a token of yours, found none of that name"
        raise NotFoundError(message)
    return Gone("/me", "Revoked: it opens nothing any more.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"expected a last day as 2026-12-31, found {text[:40]!r}"
        raise UsageError(message, where="expires_on") from error


_MADE = Route(method="POST", path="/me/tokens", kind="page", needs="anybody", handler=make, template="me_token.html")
