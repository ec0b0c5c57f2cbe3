"""Tokens for programs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Body
from pydantic import BaseModel, ConfigDict, Field

from routeproof.app.access.tokens import revoke_token, tokens_listed
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import ID
from routeproof.web.own_tokens import token_made
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


class NewToken(BaseModel):
    """What a token may, and until when.

    Attributes:
        scopes: out of read, write.
        expires_on: last day on which it opens, UTC.
        name: what it is for.
    """

    model_config = ConfigDict(extra="forbid")
    scopes: list[str] = Field(min_length=1, max_length=4)
    expires_on: date
    name: str = Field(default="", max_length=100)


@routes.api("GET", "/tokens", needs="anybody", scope="own")
def tokens(visit: Visit) -> dict[str, Any]:
    """One's own tokens, without their secrets."""
    found = tokens_listed(visit.context, visit.person)
    return {"items": found, "total": len(found)}


@routes.api("POST", "/tokens", needs="anybody", scope="own")
def make(visit: Visit, body: Annotated[NewToken, Body()]) -> dict[str, Any]:
    """A token of one's own; its secret is in the answer and nowhere else. A token makes none, so that it ends."""
    return token_made(visit, body.name, body.scopes, body.expires_on)


@routes.api("DELETE", "/tokens/{id}", needs="anybody", scope="own", example=lambda _: None)
def revoke(visit: Visit, object_id: ID) -> dict[str, Any]:
    """End a token of one's own, at once."""
    if not revoke_token(visit.context, object_id, visit.person):
        message = "expected a token of one's own, found none of that name"
        raise NotFoundError(message, where=object_id)
    return {"id": object_id, "revoked": True}
