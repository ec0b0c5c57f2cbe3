"""What `/openapi.json` says beside paths and bodies: how errors look, and how a caller says who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict

from routeproof.web.cookies import SESSION

if TYPE_CHECKING:
    from fastapi import FastAPI

    from routeproof.web.routing import Route


class ErrorDetail(BaseModel):
    """What is wrong.

    Attributes:
        code: stable word, the same as on the command line.
        message: what was expected, what was found, what to do.
        where: member, file or object; empty if there is none.
        request_id: number under which the log has it.
    """

    model_config = ConfigDict(extra="allow")
    code: str
    message: str
    where: str
    request_id: str


class ErrorBody(BaseModel):
    """The one shape of errors."""

    error: ErrorDetail


MEANINGS = {
    400: "Malformed.",
    401: "Nobody came in, or a password that a step asks for is wrong.",
    403: "Not permitted, or one's own work.",
    404: "Nothing there, or nothing that the person may see.",
    409: "Changed since it was looked at: `current_version_hash` and `diff` say how.",
    413: "Too large.",
    422: "Refused by a rule.",
    429: "Too often.",
    503: "Not now: busy, or the record takes no more until it is verified.",
}
SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION},
    "token": {"type": "http", "scheme": "bearer"},
}


def errors_of(route: Route) -> dict[int | str, dict[str, Any]]:
    """Answers of a call that are errors, for its description."""
    if route.path == "/readyz":
        return {503: {"description": "Something of it cannot be used."}}
    if route.kind != "api" or route.is_public:
        return {}
    return {status: {"model": ErrorBody, "description": meaning} for status, meaning in MEANINGS.items()}


def describe(app: FastAPI) -> None:
    """Have the description name the ways to say who one is; what is public needs none."""

    def described() -> dict[str, Any]:
        if not app.openapi_schema:
            whole = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            whole["components"]["securitySchemes"] = SCHEMES
            for path, operations in whole["paths"].items():
                for operation in operations.values():
                    operation["security"] = [] if path in PUBLIC else [{name: []} for name in SCHEMES]
            for schema in whole["components"]["schemas"].values():
                for member in schema.get("properties", {}).values():
                    if "contentMediaType" in member:
                        member.pop("type", None)  # bytes of a file are of no type of JSON, whatever they spell
            for name, member in NESTED:
                whole["components"]["schemas"][name]["properties"][member]["additionalProperties"] = True
            app.openapi_schema = whole
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


NESTED = (("config_propose", "settings"),)
"""Members that take tables within tables, and make names with dots of them."""
PUBLIC = ("/healthz", "/readyz")
