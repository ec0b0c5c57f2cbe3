"""Single sign-on says who somebody is, by a token that was made for this very question, and opens no key."""

from __future__ import annotations

import base64
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from routeproof.app.access.accounts import disable_account
from routeproof.app.context import open_context
from routeproof.app.ledger.verify import verify_workspace
from routeproof.cli.serve import serve
from routeproof.vocab.errors import UsageError
from web_client import PASSWORD, SOON, Browser, form_token_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx import Response

    from oidc_provider import OidcProvider

pytest.importorskip("authlib", reason="the extra sso is not installed")
ORIGIN = "https://desk.firm.example"


@pytest.fixture(scope="module")
def made(staffed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one person per role, and a case."""
    root = shutil.copytree(staffed, tmp_path_factory.mktemp("web") / "w")
    sam = Browser(root, "sam")
    assert sam.call("POST", "/api/v1/cases/C-1/open", {"kind": "other", "title": "A look"}).status_code == 200
    return root


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    """One provider for all tests."""
    from oidc_provider import oidc_provider  # noqa: PLC0415  # needs the extra

    with oidc_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: OidcProvider) -> OidcProvider:
    """Honest again."""
    running.claims, running.described, running.signed, running.algorithm = {}, {}, None, "RS256"
    running.asked.clear()
    return running


@pytest.fixture
def workspace(made: Path, provider: OidcProvider, tmp_path: Path) -> Path:
    """A copy whose settings name the provider."""
    root = shutil.copytree(made, tmp_path / "w")
    configure(root, provider)
    return root


def configure(root: Path, provider: OidcProvider, more: str = "") -> None:
    """Name the provider in the settings, with the client's secret in a file."""
    from oidc_provider import CLIENT, SECRET  # noqa: PLC0415

    secret = root / "keys" / "sso.secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    secret.chmod(0o600)
    path = root / "routeproof.toml"
    text = path.read_text(encoding="utf-8").split("\n[sso]")[0]
    path.write_text(
        f'{text}\n[sso]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nsecret_file = "keys/sso.secret"\n{more}',
        encoding="utf-8",
    )


def browser_of(workspace: Path) -> Browser:
    """Comes by TLS, under the name that the server knows."""
    browser = Browser(workspace, origin=ORIGIN)
    browser.client.base_url = ORIGIN  # type: ignore[assignment]
    return browser


def sign_on(browser: Browser, provider: OidcProvider, to: str = "/") -> Response:
    """Out to the provider, and back."""
    out = browser.get(f"/login/sso?next={to}")
    assert out.status_code == 303, out.text
    return browser.get(provider.authorized(out.headers["location"]).removeprefix(ORIGIN))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_person_of_the_roster_comes_in_and_goes_where_they_wanted(
    workspace: Path, provider: OidcProvider, algorithm: str
) -> None:
    """The button is there; the session is of the person whom the token names, and looks at what their role may."""
    provider.algorithm = algorithm
    browser = browser_of(workspace)
    assert 'href="/login/sso?next=/duties"' in browser.get("/login?next=/duties").text
    answer = sign_on(browser, provider, "/duties")
    assert (answer.status_code, answer.headers["location"]) == (303, "/duties")
    page = browser.get("/exceptions")
    assert page.status_code == 200
    assert "Open my key" in page.text
    assert browser.get("/admin").status_code == 403


def test_what_is_recorded_needs_the_persons_password(workspace: Path, provider: OidcProvider) -> None:
    """Without it nothing enters the record; with it the step is signed, and the record verifies."""
    provider.claims = {"sub": "sam"}
    browser = browser_of(workspace)
    sign_on(browser, provider)
    browser.form_token = form_token_in(browser.get("/me").text)
    assert browser.send("/me/theme", {"theme": "dark"}).status_code == 303, "what needs no signature is done"
    refused = browser.send("/cases/C-1/note", {"text": "unsigned"})
    assert refused.status_code == 401
    assert 'href="/me/key"' in refused.text
    called = browser.call("POST", "/api/v1/cases/C-1/notes", {"text": "unsigned"})
    assert (called.status_code, called.json()["error"]["code"]) == (401, "key_closed")
    token = browser.call("POST", "/api/v1/tokens", {"scopes": ["write"], "expires_on": SOON})
    assert (token.status_code, token.json()["error"]["code"]) == (401, "key_closed")
    before = browser.client.cookies["__Host-routeproof_session"]
    assert browser.send("/me/key", {"password": "wrong"}).status_code == 401
    assert browser.send("/me/key", {"password": PASSWORD, "next": "/cases/C-1"}).headers["location"] == "/cases/C-1"
    assert browser.client.cookies["__Host-routeproof_session"] != before
    page = browser.get("/me").text
    assert "Open my key" not in page
    browser.form_token = form_token_in(page)
    assert browser.send("/cases/C-1/note", {"text": "signed"}).status_code == 303
    assert [note["text"] for note in browser.get("/api/v1/cases/C-1").json()["notes"]] == ["signed"]
    assert verify_workspace(workspace).ok


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says that it is not signed."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


def by_the_clients_secret(claims: dict[str, Any]) -> str:
    """Signed with a secret that both sides share."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.jwk import OctKey  # noqa: PLC0415

    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("a secret of nobody real that is long enough"))


def by_another_key(claims: dict[str, Any]) -> str:
    """Signed with a key that is not the provider's, under its name."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    return jwt.encode({"alg": "RS256", "kid": "rsa"}, claims, RSAKey.generate_key(2048))


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "of an earlier question"}},
    "no nonce": {"claims": {"nonce": None}},
    "for another client": {"claims": {"aud": "somebody else"}},
    "for several, without saying whom": {"claims": {"aud": ["routeproof", "else"], "azp": "else"}},
    "by another issuer": {"claims": {"iss": "https://elsewhere.example"}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "without end": {"claims": {"exp": None}},
    "of the future": {"claims": {"nbf": 4_000_000_000}},
    "not signed": {"signed": unsigned},
    "signed with a shared secret": {"signed": by_the_clients_secret},
    "signed with another key": {"signed": by_another_key},
    "no token": {"signed": lambda _: "x.y.z"},
    "of nobody on record": {"claims": {"sub": "mallory"}},
    "of no name": {"claims": {"sub": ["ann"]}},
    "a description of another issuer": {"described": {"issuer": "https://elsewhere.example"}},
    "keys at another host": {"described": {"jwks_uri": "http://127.0.0.1:1/jwks"}},
    "keys at a host in the clear": {"described": {"jwks_uri": "http://keys.example/jwks"}},
}


@pytest.mark.parametrize(
    "lie", [pytest.param(lie, marks=pytest.mark.night if at % 2 else []) for at, lie in enumerate(LIES)]
)
def test_a_token_that_does_not_count_lets_nobody_in(workspace: Path, provider: OidcProvider, lie: str) -> None:
    """401, no session, nobody made."""
    browser = browser_of(workspace)
    back = provider.authorized(browser.get("/login/sso").headers["location"]).removeprefix(ORIGIN)
    for name, value in LIES[lie].items():
        setattr(provider, name, value)
    answer = browser.get(back)
    assert answer.status_code == 401
    assert browser.get("/me").status_code == 303


def test_a_way_back_that_was_not_begun_here_lets_nobody_in(workspace: Path, provider: OidcProvider) -> None:
    """Another state, another browser, twice, an error, another issuer in the answer."""
    browser, victim = browser_of(workspace), browser_of(workspace)

    def begun() -> str:
        return provider.authorized(browser.get("/login/sso").headers["location"]).removeprefix(ORIGIN)

    back = begun()
    assert browser.get(back.replace("state=", "state=x")).status_code == 401
    assert browser.get(back).status_code == 401, "the question was answered once"
    assert victim.get(begun()).status_code == 401, "an attacker's way back, in the victim's browser"
    assert browser.get(begun() + "&iss=https%3A%2F%2Felsewhere.example").status_code == 401
    begun()
    assert browser.get("/login/sso/back?error=access_denied").status_code == 401
    assert browser.get("/me").status_code == 303
    back = begun()
    provider.codes[next(reversed(provider.codes))]["code_challenge"] = "of another verifier"
    assert browser.get(back).status_code == 401
    assert sign_on(browser, provider).status_code == 303
    assert browser.get("/me").status_code == 200


def test_a_claim_is_mapped_and_an_address_must_be_verified(workspace: Path, provider: OidcProvider) -> None:
    """By the table of people alone; a value outside it is nobody, also if it is a person's id."""
    configure(workspace, provider, 'claim = "email"\n[sso.people]\n"a.alvarez@firm.example" = "ann"\n')
    browser = browser_of(workspace)
    for claims, status in (
        ({"email": "a.alvarez@firm.example"}, 401),
        ({"email": "a.alvarez@firm.example", "email_verified": "true"}, 401),
        ({"email": "ann", "email_verified": True}, 401),
        ({"email_verified": True}, 401),
        ({"email": "a.alvarez@firm.example", "email_verified": True}, 303),
    ):
        provider.claims = claims
        assert sign_on(browser, provider).status_code == status, claims
    assert 'href="/me">Ann Alvarez</a>' in browser.get("/me").text


def test_an_account_that_is_disabled_stays_so(workspace: Path, provider: OidcProvider) -> None:
    """The provider's word makes no account, and opens none that was closed."""
    with open_context(workspace) as context:
        disable_account(context, "ann", "ada")
    assert sign_on(browser_of(workspace), provider).status_code == 401


def test_without_settings_nobody_is_asked(made: Path, provider: OidcProvider) -> None:
    """No button, no way in, and no request leaves the machine; with settings none leaves before somebody asks."""
    browser = browser_of(made)
    assert "/login/sso" not in browser.get("/login").text
    assert browser.get("/login/sso").status_code == 404
    assert browser.get("/login/sso/back?code=x&state=y").status_code == 404
    assert provider.asked == []


def test_a_server_starts_with_settings_that_can_be_used_alone(workspace: Path, provider: OidcProvider) -> None:
    """Otherwise it says what is missing, before anybody stands at the door."""
    run = CliRunner().invoke(serve, ["--workspace", str(workspace), "--port", "0"])
    assert isinstance(run.exception, UsageError)
    assert "--origin" in run.exception.message
    configure(workspace, provider, 'isuer = "x"\n')
    run = CliRunner().invoke(serve, ["--workspace", str(workspace), "--port", "0", "--origin", ORIGIN])
    assert isinstance(run.exception, UsageError)
    assert "isuer" in run.exception.message


def test_without_the_extra_the_server_says_what_to_install(
    workspace: Path, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And passwords let in as ever."""
    monkeypatch.setitem(sys.modules, "authlib.integrations.httpx_client", None)
    browser = browser_of(workspace)
    refused = browser.get("/login/sso")
    assert refused.status_code == 400
    assert "install routeproof[sso]" in refused.text
    assert provider.asked == []
    assert browser.log_in("ann").status_code == 303


def test_a_login_page_asks_the_provider_nothing(workspace: Path, provider: OidcProvider) -> None:
    """Only who takes the button has it asked."""
    browser = browser_of(workspace)
    browser.get("/login")
    assert provider.asked == []
    assert browser.get("/login/sso?next=https://elsewhere.example").status_code == 303
    assert provider.asked == ["/.well-known/openid-configuration"]
    assert sign_on(browser, provider, "//elsewhere.example").headers["location"] == "/"
