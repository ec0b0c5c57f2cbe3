"""Errors as answers: one shape in JSON, one page in HTML, the same codes as on the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import (
    DataRejectedError,
    LedgerBrokenError,
    RefusedError,
    RouteproofError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FORBIDDEN = frozenset({"not_permitted", "own_work", "unknown_person", "recused"})
"""Refusals that are about the person who asks."""
STATUS_BY_CODE = {
    "outdated_version": 409,
    "too_many": 429,
    "wrong_password": 401,
    "no_session": 401,
    "form_token": 403,
    "reauthenticate": 401,
    "key_closed": 401,
    "sso": 401,
    "not_found": 404,
    "too_large": 413,
    "busy": 503,
    "write_failed": 503,
    "records_unreachable": 503,
    "scanner_failed": 503,
}


_OPTION = re.compile(r"(?<!\S)--(?=[a-z])")


class NotFoundError(RouteproofError):
    """There is nothing of that name, or nothing that the person may see."""

    code = "not_found"


class NoSessionError(RefusedError):
    """Nobody has come in, or their session has ended."""

    code = "no_session"


def no_session() -> NoSessionError:
    """Somebody has to log in."""
    return NoSessionError("expected somebody who has logged in, found no session, or one that has ended")


class FormTokenError(RefusedError):
    """A form that was not made for this session."""

    code = "form_token"


class TooLargeError(RouteproofError):
    """A request of more bytes than are taken."""

    code = "too_large"


def status_of(error: RouteproofError) -> int:
    """The status of HTTP that says what kind of error it is."""
    if error.code in FORBIDDEN:
        return 403
    if error.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[error.code]
    match error:
        case LedgerBrokenError():
            return 503
        case RefusedError() | DataRejectedError():
            return 422
        case UsageError():
            return 400
    return 500


def asked_as(where: str) -> str:
    """Where an option of a command is meant, the parameter of its name; its file is the body."""
    return _OPTION.sub("", where.replace("--file", "body"))


def error_body(
    code: str, message: str, where: str, request_id: str, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The one shape of errors."""
    return {"error": {"code": code, "message": message, "where": where, "request_id": request_id, **(more or {})}}
