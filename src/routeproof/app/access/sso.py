"""Coming in by an OpenID provider: authorization code with PKCE. It says who somebody is, and opens no key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from routeproof.app.access.accounts import account_of
from routeproof.app.access.events import record_access
from routeproof.app.access.once import keep_once, take_once
from routeproof.app.access.passkeys import asks_second_factor
from routeproof.app.access.sessions import begin_session
from routeproof.app.access.sso_provider import claims_of, client_of, doors_of, fetched, not_in, token_of
from routeproof.app.access.throttle import counted_try
from routeproof.app.objects.fold import roster_of
from routeproof.stores.sealing import is_same, new_secret
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from routeproof.app.access.sessions import Session
    from routeproof.app.access.site import Site
    from routeproof.app.access.sso_settings import SsoSettings
    from routeproof.app.context import Context

BACK = "/login/sso/back"
BEGUN = "sso begun"
TRIES = "(single sign-on)"
"""Tries that failed are counted under this name, by place."""


def begin_sign_on(context: Context, site: Site, settings: SsoSettings, before: str, to: str) -> str:
    """Address of the provider for the holder of the cookie `before`; what comes back must answer this very question.

    Raises:
        SsoError: if the provider cannot be asked.
        UsageError: if the extra is not installed.
    """
    with client_of(settings, site.origin + BACK) as client:
        doors = doors_of(settings, client)
        nonce, verifier = new_secret(), new_secret()
        address, state = client.create_authorization_url(
            doors["authorization_endpoint"], state=new_secret(), nonce=nonce, code_verifier=verifier
        )
    keep_once(context, before, BEGUN, json.dumps({"state": state, "nonce": nonce, "verifier": verifier, "to": to}))
    return str(address)


def finish_sign_on(
    context: Context,
    site: Site,
    settings: SsoSettings,
    before: str,
    said: Mapping[str, str],
    *,
    place: str,
    agent: str = "",
) -> tuple[Session, str]:
    """The session of the person whom the provider names, and where they wanted to go; a code counts once.

    Args:
        context: of the workspace.
        site: address of the server.
        settings: of the provider.
        before: cookie of the browser that began.
        said: parameters with which the provider sent the browser back.
        place: address of who asks.
        agent: their browser.

    Raises:
        TooManyError: after too many failures.
        SsoError: if the way back is not of this way out, the token does not count, or it names nobody on record.
    """
    with counted_try(context, TRIES, place):
        person, to = _who(context, site, settings, take_once(context, before, BEGUN), said)
    complete = not asks_second_factor(context, person)
    session = begin_session(context, person, "sso", None, agent=agent, complete=complete)
    record_access(context, person, "session_begun", {"kind": "sso", "issuer": urlsplit(settings.issuer).netloc})
    return session, to


def _who(
    context: Context, site: Site, settings: SsoSettings, begun: str | None, said: Mapping[str, str]
) -> tuple[str, str]:
    """Person, and where they wanted to go."""
    held = json.loads(begun or "{}")
    if not held or not is_same(held["state"], said.get("state", "")):
        not_in("a way back that was not begun in this browser within five minutes")
    if said.get("iss", settings.issuer) != settings.issuer:
        not_in("an answer of another provider")
    if not said.get("code"):
        not_in(f"no code ({said.get('error', 'none')[:60]})")
    with client_of(settings, site.origin + BACK) as client:
        doors = doors_of(settings, client)
        token = token_of(client, doors["token_endpoint"], said["code"], held["verifier"])
        keys = fetched(client, doors["jwks_uri"])
    claims = claims_of(settings, token, keys, held["nonce"], context.clock() // NS_PER_S)
    return _person_of(context, settings, claims), str(held["to"])


def _person_of(context: Context, settings: SsoSettings, claims: Mapping[str, Any]) -> str:
    """Whom a claim names: somebody of the roster with an account that is in use; nobody is made."""
    value = claims.get(settings.claim)
    if settings.claim == "email" and claims.get("email_verified") is not True:
        not_in("an address that the provider has not verified")
    if not isinstance(value, str):
        not_in(f"a token without the claim {settings.claim}")
    person = settings.people.get(value, "") if settings.people else value
    account = account_of(context, person)
    if account is None or account.disabled or person not in roster_of(context.records).people:
        not_in("nobody on record, or nobody who may log in")
    return person
