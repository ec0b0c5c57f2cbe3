"""A passkey counts after the password, of the right person, at the right place, once."""

from __future__ import annotations

import json
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.access.accounts import accounts_listed, forget_factors
from routeproof.app.access.site import site_of
from routeproof.app.context import open_context
from routeproof.vocab.errors import UsageError
from soft_authenticator import PRESENT, VERIFIED, SoftAuthenticator
from web_client import PASSWORD, Browser, form_token_in

if TYPE_CHECKING:
    from pathlib import Path

    from httpx import Response

pytest.importorskip("webauthn", reason="the extra passkeys is not installed")
ORIGIN = "https://desk.firm.example"
HOST = "desk.firm.example"
OPTIONS = re.compile(r'id="passkey-options">(.*?)</script>', re.DOTALL)


@pytest.fixture
def workspace(staffed: Path, tmp_path: Path) -> Path:
    """A copy of its own."""
    return shutil.copytree(staffed, tmp_path / "w")


def browser_of(workspace: Path) -> Browser:
    """Comes by TLS, under the name that the server knows."""
    browser = Browser(workspace, origin=ORIGIN)
    browser.client.base_url = ORIGIN  # type: ignore[assignment]
    return browser


def options_in(page: Response) -> dict[str, Any]:
    """What a page asks the browser to do."""
    found = OPTIONS.search(page.text)
    assert found is not None, page.text[-400:]
    return dict(json.loads(found.group(1)))


def own_passkey(browser: Browser, person: str = "ann", name: str = "my key") -> SoftAuthenticator:
    """Log in with the password, and add a passkey."""
    browser.log_in(person)
    authenticator = SoftAuthenticator(ORIGIN, HOST)
    page = browser.send("/me/passkeys", {"password": PASSWORD, "name": name})
    answer = authenticator.make(options_in(page))
    assert browser.send("/me/passkeys/made", {"passkey": answer, "name": name}).status_code == 303
    return authenticator


def asked(browser: Browser, person: str = "ann") -> tuple[dict[str, Any], str]:
    """Log in with the password again: what the second step asks, and its form's token."""
    browser.client.cookies.clear()
    answer = browser.log_in(person)
    assert answer.headers["location"].startswith("/login/second")
    page = browser.get(answer.headers["location"])
    return options_in(page), form_token_in(page.text)


def give(browser: Browser, token: str, answer: str) -> int:
    """Send the second step; its status."""
    return browser.client.post("/login/second", data={"csrf_token": token, "passkey": answer}).status_code


def test_a_passkey_is_asked_after_the_password_and_lets_in(workspace: Path) -> None:
    """With the password alone nothing opens; after the passkey the cookie is another one, and the key is open."""
    browser = browser_of(workspace)
    authenticator = own_passkey(browser, name="<b>my key")
    assert "&lt;b&gt;my key" in browser.get("/me").text
    options, token = asked(browser)
    assert options["userVerification"] == "required"
    assert browser.get("/me").status_code == 303
    before = browser.client.cookies["__Host-routeproof_session"]
    assert give(browser, token, authenticator.use(options)) == 303
    assert browser.client.cookies["__Host-routeproof_session"] != before
    assert browser.get("/me").status_code == 200
    browser.client.cookies.clear()
    browser.client.cookies.set("__Host-routeproof_session", before)
    assert browser.get("/me").status_code == 303, "the cookie of before opens nothing"


@pytest.mark.night
def test_what_is_not_the_persons_passkey_here_and_now_lets_nobody_in(workspace: Path) -> None:
    """Each way to lie about one thing: 401, and no page opens; the honest answer then does."""
    browser, other = browser_of(workspace), browser_of(workspace)
    honest, others = own_passkey(browser), own_passkey(other, "sam")
    options, token = asked(browser)
    used = honest.use(options)
    assert give(browser, token, used) == 303
    honest.count = 5
    for what, answer in {
        "another site's page": lambda o: _as(honest, origin="https://desk.firm.example.evil.example").use(o),
        "bound to another host": lambda o: _as(honest, host="evil.example").use(o),
        "an answer that was used": lambda _: used,
        "another challenge": lambda o: honest.use({**o, "challenge": "AAAA"}),
        "somebody else's passkey": others.use,
        "somebody else's handle": lambda o: honest.use(o, userHandle="AAAA"),
        "nobody was verified": lambda o: _as(honest, flags=PRESENT).use(o),
        "nobody was there": lambda o: _as(honest, flags=VERIFIED).use(o),
        "another key under its name": lambda o: _as(SoftAuthenticator(ORIGIN, HOST, count=50), id=honest.id).use(o),
        "no JSON": lambda _: "{",
        "no object": lambda _: "[]",
        "no credential": lambda _: '{"id": "\u0000", "rawId": "é", "type": "public-key", "response": {}}',
        "torn": lambda o: honest.use(o).replace('"authenticatorData": "', '"authenticatorData": "A'),
    }.items():
        with open_context(workspace) as context:
            forget_failures(context)
        options, token = asked(browser)
        assert give(browser, token, answer(options)) == 401, what
        assert browser.get("/me").status_code == 303, what
    options, token = asked(browser)
    honest.count = 100
    assert give(browser, token, honest.use(options)) == 303


def test_a_count_that_goes_back_is_a_copy_of_the_passkey(workspace: Path) -> None:
    """Count 8 was seen; 8 and 3 are refused, 9 counts."""
    browser = browser_of(workspace)
    authenticator = own_passkey(browser)
    for count, status in ((8, 303), (8, 401), (3, 401), (9, 303)):
        options, token = asked(browser)
        authenticator.count = count - 1
        assert give(browser, token, authenticator.use(options)) == status


def test_a_challenge_counts_once_and_for_five_minutes_and_for_one_session(workspace: Path) -> None:
    """The answer of one browser is none in another, and a challenge that was answered wrongly is over."""
    browser, thief = browser_of(workspace), browser_of(workspace)
    authenticator = own_passkey(browser)
    options, token = asked(browser)
    _, thief_token = asked(thief)
    assert give(thief, thief_token, authenticator.use(options)) == 401
    assert give(browser, token, "{}") == 401
    assert give(browser, token, authenticator.use(options)) == 401


def test_several_passkeys_each_named_and_removed_after_the_password(workspace: Path) -> None:
    """Without the password none is added or removed; somebody else's cannot be removed; the last one gone asks none."""
    browser, other = browser_of(workspace), browser_of(workspace)
    own_passkey(other, "sam")
    own_passkey(browser, name="first")
    page = browser.send("/me/passkeys", {"password": PASSWORD, "name": "second"})
    second = SoftAuthenticator(ORIGIN, HOST)
    assert len(options_in(page)["excludeCredentials"]) == 1
    answer = second.make(options_in(page))
    assert browser.send("/me/passkeys/made", {"passkey": answer, "name": "second"}).status_code == 303
    again = browser.send("/me/passkeys/made", {"passkey": answer, "name": "again"})
    assert again.status_code == 401, "its challenge was used"
    assert browser.send("/me/passkeys", {"password": "wrong", "name": "x"}).status_code == 401
    ids = re.findall(r'name="passkey" value="([^"]+)"', browser.get("/me").text)
    assert len(ids) == 2
    assert browser.send("/me/passkeys/remove", {"passkey": ids[0], "password": "wrong"}).status_code == 401
    theirs = other.send("/me/passkeys/remove", {"passkey": ids[0], "password": PASSWORD})
    assert theirs.status_code == 404
    for one in ids:
        assert browser.send("/me/passkeys/remove", {"passkey": one, "password": PASSWORD}).status_code == 303
    browser.client.cookies.clear()
    assert browser.log_in("ann").headers["location"] == "/"


def test_a_passkey_made_elsewhere_or_without_its_person_is_not_kept(workspace: Path) -> None:
    """At registration too: origin, host and verification."""
    browser = browser_of(workspace)
    browser.log_in("ann")
    for lie in ({"origin": "http://desk.firm.example"}, {"host": "firm.example"}, {"flags": PRESENT}):
        page = browser.send("/me/passkeys", {"password": PASSWORD, "name": "x"})
        answer = _as(SoftAuthenticator(ORIGIN, HOST), **lie).make(options_in(page))
        assert browser.send("/me/passkeys/made", {"passkey": answer, "name": "x"}).status_code == 401, lie


def test_a_lost_device_is_forgotten_by_whoever_runs_the_server(workspace: Path) -> None:
    """From the command line, on record; every session of the person ends."""
    browser = browser_of(workspace)
    own_passkey(browser)
    with open_context(workspace) as context:
        assert next(row for row in accounts_listed(context) if row["person"] == "ann")["second_factor"] is True
        forget_factors(context, "ann")
        assert next(row for row in accounts_listed(context) if row["person"] == "ann")["second_factor"] is False
    assert browser.get("/me").status_code == 303
    browser.client.cookies.clear()
    assert browser.log_in("ann").headers["location"] == "/"


def test_a_server_that_does_not_know_its_address_offers_none(workspace: Path) -> None:
    """It says what to do; it never believes the address in a request."""
    browser = Browser(workspace, "ann")
    assert "serve --origin" in browser.get("/me").text
    refused = browser.send("/me/passkeys", {"password": PASSWORD, "name": "x"})
    assert refused.status_code == 400
    assert "ROUTEPROOF_ORIGIN" in refused.text


def test_without_the_extra_the_server_says_what_to_install(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All else works."""
    browser = browser_of(workspace)
    browser.log_in("ann")
    monkeypatch.setitem(sys.modules, "webauthn", None)
    refused = browser.send("/me/passkeys", {"password": PASSWORD, "name": "x"})
    assert refused.status_code == 400
    assert "install routeproof[passkeys]" in refused.text
    assert browser.get("/me").status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://desk.example", "https://10.0.0.1", "https://desk.example/", "desk.example", "https://u@desk.example", ""],
)
def test_an_address_that_browsers_bind_no_passkey_to_is_refused(origin: str) -> None:
    """Plain HTTP but for localhost, numbers, paths."""
    with pytest.raises(UsageError):
        site_of(origin)


def test_addresses_that_count() -> None:
    """By name over TLS, and this machine."""
    assert site_of("https://desk.example:8443").host == "desk.example"
    assert site_of("http://localhost:8080").origin == "http://localhost:8080"


def _as(authenticator: SoftAuthenticator, **lie: Any) -> SoftAuthenticator:  # noqa: ANN401
    return SoftAuthenticator(**{**vars(authenticator), **lie})


def forget_failures(context: Any) -> None:  # noqa: ANN401
    """So that the next lie is looked at, and not only counted."""
    from routeproof.app.access.tables import access_database  # noqa: PLC0415

    with access_database(context.workspace).transaction() as database:
        database.execute("delete from attempt")
