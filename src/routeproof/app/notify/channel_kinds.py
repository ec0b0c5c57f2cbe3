"""The three kinds of channel: a webhook, mail, and a command on this machine."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, TypeAdapter, field_validator, model_validator

from routeproof.rules.notice_channel import Channel

PORTS = {"http": 80, "https": 443}
MAIL_PORT = 25
LAST_PORT = 65_535
Address = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$")]
"""No blank, line end, bracket or comma: an address can become neither two, nor a header."""
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
Host = Annotated[str, Field(pattern=rf"^({_LABEL}\.)*{_LABEL}$|^[0-9a-f]{{0,4}}:[0-9a-f:]{{1,38}}$", max_length=253)]
"""A name or an address that can be looked up, lower case."""
_HOST: TypeAdapter[str] = TypeAdapter(Host)


class Reliable(Channel):
    """How long a channel is waited for, and how often it is tried at a time.

    Attributes:
        timeout_s: seconds for a whole attempt.
        attempts: in one delivery, with pauses of 1, 2, 4 … seconds; a delivery that fails is taken up later.
    """

    timeout_s: float = Field(default=10, gt=0, le=120)
    attempts: int = Field(default=3, ge=1, le=5, strict=True)


class Webhook(Reliable):
    """A POST of the document, signed.

    Attributes:
        url: where to; its host and port must be in `notify_hosts`.
        secret_file: of the signature, mode 0600, 16 bytes or more.
        ca_file: certificates to trust in place of the system's.
    """

    kind: Literal["webhook"]
    url: str = Field(pattern=r"^https?://[!-~]+$")
    secret_file: str = Field(min_length=1)
    ca_file: str = ""

    @field_validator("url")
    @classmethod
    def _is_plain(cls, value: str) -> str:
        parts = urlsplit(value)
        if "@" in parts.netloc or parts.fragment or not _port(parts):
            message = "expected http(s)://HOST[:PORT]/PATH without a user, a password or a fragment"
            raise ValueError(message)
        _HOST.validate_python(parts.hostname)
        return value

    @property
    def host(self) -> str:
        """Of the URL, lower case, without brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Of the URL, or of its scheme."""
        return _port(urlsplit(self.url))

    @property
    def is_private(self) -> bool:
        """Whether it is https."""
        return urlsplit(self.url).scheme == "https"

    @property
    def path(self) -> str:
        """Of the URL, with the query."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def reached_as(self) -> tuple[str, ...]:
        """Texts that stand for it in `notify_hosts`; the port may be left out where it is the scheme's."""
        return _names(self.host, self.port, PORTS["https" if self.is_private else "http"])


class Smtp(Reliable):
    """A mail by SMTP.

    Attributes:
        host, port: of the mail server; must be in `notify_hosts`.
        sender, to: addresses.
        starttls: whether the connection must be made private; a server that cannot is not spoken to further.
        user, password_file: to log in with, over a private connection only.
        ca_file: certificates to trust in place of the system's.
    """

    kind: Literal["smtp"]
    host: Host
    port: int = Field(default=MAIL_PORT, ge=1, le=LAST_PORT, strict=True)
    sender: Address
    to: tuple[Address, ...] = Field(min_length=1)
    starttls: bool = True
    user: str = Field(default="", pattern=r"^[!-~]*$")
    password_file: str = ""
    ca_file: str = ""

    @model_validator(mode="after")
    def _logs_in_privately(self) -> Smtp:
        if bool(self.user) != bool(self.password_file) or (self.user and not self.starttls):
            message = "expected user and password_file together, and with starttls = true"
            raise ValueError(message)
        return self

    def reached_as(self) -> tuple[str, ...]:
        """Texts that stand for it in `notify_hosts`; the port may be left out where it is 25."""
        return _names(self.host, self.port, MAIL_PORT)


class LocalCommand(Reliable):
    """A program of this machine, which reads the document from its standard input.

    Attributes:
        argv: the program by its whole path, and its arguments; no shell sees them.
    """

    kind: Literal["command"]
    argv: tuple[Annotated[str, Field(pattern=r"^[^\x00]*$")], ...] = Field(min_length=1)

    @field_validator("argv")
    @classmethod
    def _is_whole(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value[0].startswith("/"):
            message = f"expected the whole path of the program, found {value[0]!r}"
            raise ValueError(message)
        return value


AnyChannel = Webhook | Smtp | LocalCommand


def _port(parts: SplitResult) -> int:
    """The port of a URL; 0 for one that is none."""
    try:
        return PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        return 0


def _names(host: str, port: int, usual: int) -> tuple[str, ...]:
    shown = f"[{host}]" if ":" in host else host
    return (f"{shown}:{port}", shown) if port == usual else (f"{shown}:{port}",)
