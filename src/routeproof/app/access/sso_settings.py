"""Single sign-on, as `[sso]` of the workspace's settings says; without it, nobody is asked and nothing is sent."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from routeproof.app.workspace import SETTINGS
from routeproof.stores.secret_file import read_secret
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.app.workspace import Workspace

TABLE = "sso"
SECRET = "ROUTEPROOF_SSO_SECRET"  # noqa: S105  # the name of a variable
FILES = ("secret_file", "ca_file")


class SsoSettings(BaseModel):
    """Whom to believe, and of whom.

    Attributes:
        issuer: of the OpenID provider, exactly as its tokens name it.
        client_id: that the provider knows us by.
        secret_file: file with the client's secret, for its owner alone; else the environment's ROUTEPROOF_SSO_SECRET;
            a client without a secret is known by PKCE alone.
        claim: of the provider's token that says who it is; `email` counts only where the provider has verified it.
        people: person of the roster by the claim's value; without this table the value is the person's id.
        hosts: `host` or `host:port` of the provider that may be spoken to beside the issuer's.
        scope: that is asked for.
        label: on the button.
        ca_file: PEM certificates to believe in place of the system's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    issuer: str = Field(pattern=r"^https?://[^\s?#]+$")
    client_id: str = Field(min_length=1)
    secret_file: str = ""
    claim: str = Field(default="sub", min_length=1)
    people: dict[str, str] = {}
    hosts: tuple[str, ...] = ()
    scope: str = "openid email profile"
    label: str = Field(default="Single sign-on", max_length=60)
    ca_file: str = ""


def sso_settings(workspace: Workspace) -> SsoSettings | None:
    """The settings; null where single sign-on is not configured.

    Raises:
        UsageError: if they are not of their shape.
    """
    path = workspace.root / SETTINGS
    table = tomllib.loads(path.read_text(encoding="utf-8")).get(TABLE)
    if table is None:
        return None
    try:
        found = SsoSettings.model_validate(table)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        message = f"expected [{TABLE}] with issuer and client_id, found: {problems}"
        raise UsageError(message, where=str(path)) from error
    named = {name: str(path.parent / value) for name in FILES if (value := getattr(found, name))}
    return found.model_copy(update=named)


def client_secret(settings: SsoSettings) -> str | None:
    """The secret that the provider knows the client by; null for a client without one.

    Raises:
        UsageError: as `read_secret`.
    """
    if settings.secret_file:
        from pathlib import Path  # noqa: PLC0415

        return read_secret(Path(settings.secret_file)).decode()
    return os.environ.get(SECRET) or None
