"""Talking to an OpenID provider: where its doors are, a code for a token, and what the token must say to count.

Protocol, signatures and claims are authlib's and joserfc's; this says which of them are demanded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from routeproof.app.access.sso_settings import client_secret
from routeproof.stores.trust import trust_of
from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from authlib.integrations.httpx_client import OAuth2Client

    from routeproof.app.access.sso_settings import SsoSettings

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures with a public key; never `none`, never one whose key is a shared secret."""
CLOCKS_DIFFER_S = 60
TIMEOUT_S = 10.0
DOORS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SsoError(RefusedError):
    """Single sign-on lets nobody in."""

    code = "sso"


def not_in(why: str) -> NoReturn:
    """Let nobody in, and say why."""
    message = f"expected a sign-on that was begun here and names a person on record, found: {why}"
    raise SsoError(message)


def client_of(settings: SsoSettings, redirect_uri: str) -> OAuth2Client:
    """A client of the provider; it follows no redirects, and takes no proxy from the environment.

    Raises:
        UsageError: if the extra is not installed, or a file of the settings cannot be read.
    """
    try:
        from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = "expected the client of single sign-on, found none: install routeproof[sso]"
        raise UsageError(message, where="sso") from error
    client: OAuth2Client = OAuth2Client(
        client_id=settings.client_id,
        client_secret=client_secret(settings),
        scope=settings.scope,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        verify=trust_of(settings.ca_file),
        timeout=TIMEOUT_S,
        trust_env=False,
        follow_redirects=False,
    )
    return client


def doors_of(settings: SsoSettings, client: OAuth2Client) -> dict[str, str]:
    """Addresses of the provider by its own description: of the issuer, and at hosts that may be spoken to.

    Raises:
        SsoError: if the provider does not answer, or names another issuer or a host that is not allowed.
    """
    _require_allowed(settings, settings.issuer)
    said = fetched(client, f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != settings.issuer:
        not_in("a provider of another name")
    doors = {name: str(said.get(name, "")) for name in DOORS}
    for address in doors.values():
        _require_allowed(settings, address)
    return doors


def fetched(client: OAuth2Client, address: str) -> dict[str, Any]:
    """A JSON object of the provider.

    Raises:
        SsoError: if there is none.
    """
    import httpx  # noqa: PLC0415  # an extra

    try:
        answer = client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        not_in(f"a provider that does not answer ({type(error).__name__})")
    if not isinstance(found, dict):
        not_in("an answer of the provider that is no object")
    return found


def token_of(client: OAuth2Client, address: str, code: str, verifier: str) -> Mapping[str, Any]:
    """What the provider gives for the code.

    Raises:
        SsoError: if it gives nothing.
    """
    import httpx  # noqa: PLC0415  # an extra
    from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415

    try:
        token: Mapping[str, Any] = client.fetch_token(
            address, grant_type="authorization_code", code=code, code_verifier=verifier
        )
    except (OAuthError, httpx.HTTPError, ValueError) as error:
        not_in(f"a code that the provider gives nothing for ({type(error).__name__})")
    return token


def claims_of(
    settings: SsoSettings, token: Mapping[str, Any], keys: dict[str, Any], nonce: str, now_s: int
) -> Mapping[str, Any]:
    """What the provider says of who came: signed by it, for us, now, and in answer to this very question.

    Raises:
        SsoError: otherwise.
    """
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415  # an extra
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    published: Any = keys
    try:
        read = jwt.decode(str(token.get("id_token", "")), KeySet.import_key_set(published), algorithms=ALGORITHMS)
        claims: Any = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
                "exp": {"essential": True},
            },
            {"nonce": nonce, "client_id": settings.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(now=now_s, leeway=CLOCKS_DIFFER_S)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        not_in(f"a token that does not count ({error})")
    return dict(claims)


def _require_allowed(settings: SsoSettings, address: str) -> None:
    """The issuer's own host, or one that the settings name; by TLS, but for a provider on this very machine."""
    parts, issuer = urlsplit(address), urlsplit(settings.issuer)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or parts.netloc not in {issuer.netloc, *settings.hosts}:
        not_in(f"an address that may not be spoken to, {address[:100]!r}: name its host in hosts of [sso]")
