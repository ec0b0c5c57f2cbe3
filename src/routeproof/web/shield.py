"""Around everything: a name for each request, headers that close what a page does not need, limits, log and counts."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from routeproof.web.counting import COUNTS
from routeproof.web.error_answers import answered
from routeproof.web.log import tell
from routeproof.web.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from routeproof.web.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing inline, no evaluation of text."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
TLS_ONLY = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
REQUEST_ID_BYTES = 8
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST_METHOD = 16
TEMPORARY_REDIRECT, TOO_SLOW, TOO_LARGE, TOO_MANY = 307, 408, 413, 429


class _TooLargeError(HTTPException):
    """More bytes came than are taken; of this kind, as the framework takes any other for a body that cannot be read."""

    def __init__(self, most: int) -> None:
        super().__init__(TOO_LARGE, _too_large(most))


def _too_large(most: int) -> str:
    return f"expected at most {most:,} bytes, found more"


class Shield:
    """ASGI middleware.

    Args:
        app: what is protected.
        settings: of the server.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._pace = Pace()
        self._told_of_strangers = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        request_id, begun, status = secrets.token_hex(REQUEST_ID_BYTES), time.perf_counter(), 500
        scope.setdefault("state", {})["request_id"] = request_id

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [_within(name, value, status) for name, value in message["headers"]]
                message = {**message, "headers": [*headers, *self._headers(scope, request_id)]}
            await send(message)

        try:
            await self._within_limits(scope, receive, told)
        finally:
            self._tell(scope, request_id, status, time.perf_counter() - begun)

    async def _within_limits(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        most = self._most_bytes(headers)
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > most:
            await _refused(scope, receive, send, TOO_LARGE, "too_large", _too_large(most))
            return
        client = scope["client"][0] if scope.get("client") else ""
        if not self._pace.has_time_for(client + headers.get(b"cookie", b"").decode("latin-1")[-64:]):
            await _refused(scope, receive, send, TOO_MANY, "too_many", "too many requests at once: wait a second")
            return
        taken, whole = 0, False

        async def counted() -> Message:
            nonlocal taken, whole
            # Once all of it is there, what is waited for is the end of the connection.
            try:
                message = await (receive() if whole else asyncio.wait_for(receive(), self._settings.patience_s))
            except TimeoutError:
                raise HTTPException(TOO_SLOW, "expected the rest of the body, waited in vain") from None
            taken, whole = taken + len(message.get("body", b"")), not message.get("more_body", False)
            if taken > most:
                raise _TooLargeError(most)
            return message

        await self._app(scope, counted, send)

    def _most_bytes(self, headers: Mapping[bytes, bytes]) -> int:
        """Only a form with files is large."""
        most = self._settings.largest_body_bytes
        is_form = headers.get(b"content-type", b"").lower().startswith(b"multipart/")
        return most if is_form else min(most, self._settings.largest_text_bytes)

    def _headers(self, scope: Scope, request_id: str) -> list[tuple[bytes, bytes]]:
        tls = (TLS_ONLY,) if scope.get("scheme") == "https" else ()
        return [*HEADERS, *tls, (b"x-request-id", request_id.encode())]

    def _tell(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = scope.get("route")
        path = getattr(route, "path", "(none)")
        COUNTS.request(_known(scope["method"]), path, status, seconds)
        tell(
            self._settings.log_level,
            "info",
            "request",
            request_id=request_id,
            method=scope["method"][:LONGEST_METHOD],
            route=path,
            status=status,
            ms=round(seconds * 1000, 1),
            person=scope["state"].get("person", ""),
            client=scope["client"][0] if scope.get("client") else "",
        )
        self._tell_of_strangers(scope)

    def _tell_of_strangers(self, scope: Scope) -> None:
        """Say once that somebody speaks as the proxy does and is not believed: cookies then go without TLS."""
        says_so = any(name == b"x-forwarded-proto" for name, _ in scope["headers"])
        if self._settings.behind_proxy and says_so and scope.get("scheme") == "http" and not self._told_of_strangers:
            self._told_of_strangers = True
            client = scope["client"][0] if scope.get("client") else ""
            tell(
                self._settings.log_level, "warning", "proxy_not_trusted", client=client, trusted=self._settings.proxies
            )


def _known(method: str) -> str:
    """The method as it is counted: whoever makes words up makes no row for each."""
    return method if method in METHODS else "other"


def _without_body(send: Send) -> Send:
    """A look at the head alone, as watchers of a server do: what a GET would answer, without its body."""

    async def headed(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headed


def _within(name: bytes, value: bytes, status: int) -> tuple[bytes, bytes]:
    """The framework sends from `/x/` to `/x` by the host that the request named; whoever asks knows where they are."""
    if status != TEMPORARY_REDIRECT or name.lower() != b"location":
        return name, value
    there = urlsplit(value.decode("latin-1"))
    return name, urlunsplit(("", "", there.path, there.query, "")).encode("latin-1")


async def _refused(scope: Scope, receive: Receive, send: Send, status: int, code: str, message: str) -> None:
    answer = answered(Request(scope), status, code, message)
    if status == TOO_MANY:
        answer.headers["Retry-After"] = "1"
    await answer(scope, receive, send)
