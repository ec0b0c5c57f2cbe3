"""The address under which browsers reach the server: said by whoever runs it, never read from a request."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from routeproof.vocab.errors import UsageError

LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server is, as browsers see it.

    Attributes:
        origin: scheme, host and port, such as `https://desk.firm.example`.
        host: without the port; passkeys are bound to it.
    """

    origin: str
    host: str


def site_of(origin: str) -> Site:
    """The site of an origin.

    Raises:
        UsageError: if it is none that browsers let passkeys be used at, or none was said.
    """
    if not origin:
        message = (
            "expected the address under which browsers reach the server, found none: "
            "serve --origin https://desk.firm.example, or set ROUTEPROOF_ORIGIN"
        )
        raise UsageError(message, where="--origin")
    parts = urlsplit(origin)
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host == LOCAL)
    has_name = any(letter.isalpha() for letter in host) and ":" not in host
    if not is_safe or not has_name or origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        message = (
            f"expected an origin such as https://desk.firm.example (http for {LOCAL} alone; a name, no number; "
            f"no path), found {origin!r}"
        )
        raise UsageError(message, where="--origin")
    return Site(origin, host)
