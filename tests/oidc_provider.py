"""An OpenID provider on this machine alone: strict with its clients, and as dishonest in its tokens as a test wants."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "routeproof", "a secret of nobody real"


@dataclass
class OidcProvider:
    """What it is, and what it lies about.

    Attributes:
        issuer: its address.
        algorithm: that it signs with.
        claims: that stand in the token in place of the honest ones; null leaves one out.
        described: members of its description in place of the honest ones.
        signed: whole token in place of an honest one, made from the claims.
        asked: paths that were asked for.
    """

    issuer: str = ""
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    signed: Any = None
    asked: list[str] = field(default_factory=list)
    keys: dict[str, Any] = field(
        default_factory=lambda: {
            "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}, auto_kid=False),
            "ES256": ECKey.generate_key("P-256", {"kid": "ec"}, auto_kid=False),
        }
    )
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorized(self, address: str) -> str:
        """Somebody has logged in here: the address to which the browser is sent back."""
        question = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert question["response_type"] == "code"
        assert question["code_challenge_method"] == "S256"
        assert len(question["nonce"]) >= 22
        code = secrets.token_urlsafe()
        self.codes[code] = question
        return f"{question['redirect_uri']}?{urlencode({'code': code, 'state': question['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """For a code, once, to the client that it was made for, which shows that it began."""
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        question = self.codes.pop(form.get("code", ""), None)
        if authorization != expected or question is None or form["redirect_uri"] != question["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        shown = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if shown != question["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "none needed",
            "token_type": "Bearer",
            "id_token": self.id_token(question["nonce"]),
        }

    def id_token(self, nonce: str) -> str:
        """What the provider says of who logged in."""
        now = int(time.time())
        honest = {"iss": self.issuer, "sub": "ann", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {name: value for name, value in {**honest, **self.claims}.items() if value is not None}
        if self.signed:
            return str(self.signed(claims))
        key = self.keys[self.algorithm]
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key)

    def description(self) -> dict[str, Any]:
        """Of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            **self.described,
        }


@contextlib.contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """A provider on a free port."""
    provider = OidcProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if self.path == "/.well-known/openid-configuration":
                self.answer(200, provider.description())
            else:
                self.answer(200, {"keys": [key.as_dict(private=False) for key in provider.keys.values()]})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*provider.token(form, self.headers.get("authorization", "")))

        def answer(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
