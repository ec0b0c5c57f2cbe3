"""Around everything: a name for each request, headers that close what a page does not need, limits, log and counts."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING

from routeproof.web.counting import COUNTS
from routeproof.web.faults import error_body
from routeproof.web.log import tell
from routeproof.web.pace import Pace

if TYPE_CHECKING:
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
TOO_LARGE, TOO_MANY = 413, 429


class _TooLargeError(Exception):
    """More bytes came than are taken."""


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, begun, status = secrets.token_hex(REQUEST_ID_BYTES), time.perf_counter(), 500
        scope.setdefault("state", {})["request_id"] = request_id

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], *self._headers(scope, request_id)]}
            await send(message)

        try:
            await self._within_limits(scope, receive, told, request_id)
        finally:
            self._tell(scope, request_id, status, time.perf_counter() - begun)

    async def _within_limits(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        most = self._settings.largest_body_bytes
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > most:
            await _refused(send, TOO_LARGE, "too_large", f"expected at most {most} bytes, found more", request_id)
            return
        client = scope["client"][0] if scope.get("client") else ""
        if not self._pace.has_time_for(client + headers.get(b"cookie", b"").decode("latin-1")[-64:]):
            await _refused(send, TOO_MANY, "too_many", "too many requests at once: wait a second", request_id)
            return
        taken, answered = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _TooLargeError
            return message

        async def begun(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, begun)
        except _TooLargeError:
            if not answered:
                await _refused(send, TOO_LARGE, "too_large", f"expected at most {most} bytes, found more", request_id)

    def _headers(self, scope: Scope, request_id: str) -> list[tuple[bytes, bytes]]:
        tls = (TLS_ONLY,) if scope.get("scheme") == "https" else ()
        return [*HEADERS, *tls, (b"x-request-id", request_id.encode())]

    def _tell(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = scope.get("route")
        path = getattr(route, "path", "(none)")
        COUNTS.request(scope["method"], path, status, seconds)
        tell(
            self._settings.log_level,
            "info",
            "request",
            request_id=request_id,
            method=scope["method"],
            route=path,
            status=status,
            ms=round(seconds * 1000, 1),
            person=scope["state"].get("person", ""),
            client=scope["client"][0] if scope.get("client") else "",
        )


async def _refused(send: Send, status: int, code: str, message: str, request_id: str) -> None:
    body = json.dumps(error_body(code, message, "", request_id)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == TOO_MANY:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
