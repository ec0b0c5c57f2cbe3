"""A token of one's own, by page or by call: one way to make it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.access.tokens import make_token
from routeproof.governance.decider import refuse
from routeproof.web.entrance import bearer_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.web.visit import Visit


def token_made(visit: Visit, name: str, scopes: Sequence[str], expires_on: date) -> dict[str, Any]:
    """The token with its secret, which is kept nowhere; a token makes none, so that it ends.

    Raises:
        RefusalError: `not_permitted` to a token; else as `make_token`.
    """
    if bearer_of(visit.request):
        refuse("not_permitted", "expected a person who has logged in, found a token, which makes no other")
    key = visit.session.key if visit.session else None
    return make_token(visit.context, visit.person, key, name=name, scopes=scopes, expires_on=expires_on)
