"""Send a message by HTTP, signed, to the one host and port that the channel names."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.app.notify.message import Outcome, failed, refused
from routeproof.app.notify.time_limit import TimeLimit
from routeproof.stores.secret_file import read_secret
from routeproof.stores.trust import trust_of
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.app.notify.channel_kinds import Webhook
    from routeproof.app.notify.message import Message

SIGNATURE = "Routeproof-Signature"
SHORTEST_SECRET_BYTES = 16
NO_ANSWER = 0
TRANSIENT = frozenset({408, 425, 429})
"""RFC 9110 and 6585: come again later."""


def signature(secret: bytes, at_s: int, body: bytes) -> str:
    """Value of the signature's header: `t=SECONDS,v1=HEX`, HMAC-SHA-256 of `SECONDS.BODY` with the secret.

    The time is under the signature, so that a receiver can refuse what is old.
    """
    digest = hmac.new(secret, str(at_s).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"


def post_webhook(channel: Webhook, message: Message, now: int) -> Outcome:
    """One attempt at `now`, UTC nanoseconds. No proxy, no redirect, no cookie; the answer's body is not read.

    Raises:
        UsageError: if the secret or the certificates cannot be used.
    """
    secret = read_secret(Path(channel.secret_file), at_least_bytes=SHORTEST_SECRET_BYTES)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": message.id,
        SIGNATURE: signature(secret, now // NS_PER_S, message.body),
        "User-Agent": "routeproof",
        "Connection": "close",
    }
    trust = trust_of(channel.ca_file) if channel.is_private else None
    with TimeLimit(channel.timeout_s) as limit:
        try:
            status = _post(channel, message.body, headers, trust, limit)
        except ssl.SSLCertVerificationError:
            return failed("the server's certificate is not trusted for its name")
        except (OSError, http.client.HTTPException) as error:
            if not (limit.has_passed or isinstance(error, TimeoutError)):
                return failed(f"no connection or no HTTP answer ({type(error).__name__})")
            status = NO_ANSWER
    # The library takes headers that break off for whole ones, so an answer cut short by the limit looks like one.
    if limit.has_cut or status == NO_ANSWER:
        return failed(f"no answer within {channel.timeout_s:g} s")
    return _judged(status)


def _post(
    channel: Webhook, body: bytes, headers: dict[str, str], trust: ssl.SSLContext | None, limit: TimeLimit
) -> int:
    connection = (
        http.client.HTTPConnection(channel.host, channel.port)
        if trust is None
        else http.client.HTTPSConnection(channel.host, channel.port, context=trust)
    )
    try:
        # The connection is made here, and not by the library, so that the limit holds for the handshake too.
        plain = limit.watch(socket.create_connection((channel.host, channel.port), channel.timeout_s))
        connection.sock = plain
        if trust is not None:
            connection.sock = trust.wrap_socket(plain, server_hostname=channel.host)
        connection.request("POST", channel.path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _judged(status: int) -> Outcome:
    said = f"HTTP {status}"
    if 200 <= status < 300:  # noqa: PLR2004  # RFC 9110, section 15
        return Outcome(sent=True, reason=said)
    if 300 <= status < 400:  # noqa: PLR2004
        return refused(f"{said}: a redirect is not followed")
    if status >= 500 or status in TRANSIENT:  # noqa: PLR2004
        return failed(said)
    return refused(said)
